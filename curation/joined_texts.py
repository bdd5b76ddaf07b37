"""Many ASCII texts as one array of bytes, so that a question about all of them is a few passes of numpy.

    joined = Joined(texts)
    joined.texts_at(np.flatnonzero(joined.bytes == ord("@")))     # places of the texts with an "@"

Texts beyond ASCII are left to the caller: `others` are their places.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Positions = npt.NDArray[np.intp]
_BETWEEN = "_"


class Joined:
    """`bytes` are the texts one after the other, an underscore between two of them and after the last.

    `places` are theirs in the list given, `starts` and `ends` theirs in `bytes`.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        ascii_only = list(map(str.isascii, texts))
        plain = list(texts) if all(ascii_only) else [text for text in texts if text.isascii()]
        self.places: Positions = np.flatnonzero(ascii_only)
        self.others: list[int] = np.flatnonzero(~np.array(ascii_only, bool)).tolist()
        lengths = np.fromiter(map(len, plain), np.intp, len(plain))
        self.ends: Positions = np.cumsum(lengths + 1) - 1
        self.starts: Positions = self.ends - lengths
        whole = _BETWEEN.join([*plain, ""]).encode("ascii")
        self.bytes: npt.NDArray[np.uint8] = np.frombuffer(whole, np.uint8)

    def counts(self, positions: Positions) -> Positions:
        """How many of these positions, which rise, lie in each text."""
        rows = np.searchsorted(self.starts, positions, side="right") - 1
        return np.bincount(rows, minlength=len(self.starts))

    def next_to(self, positions: Positions, by: int) -> npt.NDArray[np.uint8]:
        """The bytes so many further; before the first and after the last an underscore."""
        beside = positions + by
        inside = (beside >= 0) & (beside < len(self.bytes))
        found = np.full(len(positions), ord(_BETWEEN), np.uint8)
        found[inside] = self.bytes[beside[inside]]
        return found

    def in_list(self, which: npt.NDArray[np.bool_]) -> list[int]:
        """The places in the list given of the texts that are marked."""
        found: list[int] = self.places[which].tolist()
        return found
