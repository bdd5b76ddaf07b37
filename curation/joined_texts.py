"""Many ASCII texts as one array of bytes, so that a question about all of them is a few passes of numpy.

    joined = Joined(texts)
    joined.marked(joined.counts(np.flatnonzero(joined.bytes == ord("@"))) > 0)     # the texts with an "@"

Texts beyond ASCII are left to the caller: every question counts them in.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from curation.text_columns import TextColumn

Positions = npt.NDArray[np.intp]
Marks = npt.NDArray[np.bool_]
_BETWEEN = "_"
_BEYOND_ASCII = 0x80


class Joined:
    """`bytes` are the texts in their order, `starts` and `ends` where each of them stands there.

    A column of Arrow's is looked at where it lies, its texts beyond ASCII among the others. Of a list a copy
    is made of the ASCII texts alone, an underscore after each.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self.bytes: npt.NDArray[np.uint8]
        self.starts: Positions
        self.ends: Positions
        self._beyond: Marks
        self._places: Positions | None = None
        """Of each text here its place in what was given, where those are not the same."""
        if isinstance(texts, TextColumn):
            self._look_at(texts)
        else:
            self._copy(texts)

    def _look_at(self, texts: TextColumn) -> None:
        bounds, self.bytes = texts.buffers()
        self.starts, self.ends = bounds[:-1], bounds[1:]
        self._beyond = np.zeros(len(texts), bool)
        if len(self.bytes) and int(self.bytes.max()) >= _BEYOND_ASCII:
            self._beyond = self.counts(np.flatnonzero(self.bytes >= _BEYOND_ASCII)) > 0

    def _copy(self, texts: Sequence[str]) -> None:
        ascii_only = np.fromiter(map(str.isascii, texts), bool, len(texts))
        plain = [text for text in texts if text.isascii()]
        lengths = np.fromiter(map(len, plain), np.intp, len(plain))
        self.ends = np.cumsum(lengths + 1) - 1
        self.starts = self.ends - lengths
        self.bytes = np.frombuffer(_BETWEEN.join([*plain, ""]).encode("ascii"), np.uint8)
        self._places = np.flatnonzero(ascii_only)
        self._beyond = ~ascii_only

    @property
    def others(self) -> list[int]:
        """The places, in what was given, of the texts beyond ASCII."""
        found: list[int] = np.flatnonzero(self._beyond).tolist()
        return found

    def counts(self, positions: Positions) -> Positions:
        """How many of these positions, which rise, lie in each text."""
        return np.bincount(self._texts_of(positions), minlength=len(self.starts))

    def next_to(self, positions: Positions, by: int) -> npt.NDArray[np.uint8]:
        """The bytes so many further; an underscore where that is in another text."""
        beside = positions + by
        texts = self._texts_of(positions)
        inside = (beside >= self.starts[texts]) & (beside < self.ends[texts])
        found = np.full(len(positions), ord(_BETWEEN), np.uint8)
        found[inside] = self.bytes[beside[inside]]
        return found

    def at_an_end(self, positions: Positions) -> Marks:
        """Which of the positions are the first or the last of their text."""
        texts = self._texts_of(positions)
        found: Marks = (positions == self.starts[texts]) | (positions == self.ends[texts] - 1)
        return found

    def marked(self, which: Marks) -> list[int]:
        """The places, in what was given, of the texts that are marked, and of all beyond ASCII; rising."""
        all_marked = self._beyond.copy()
        all_marked[which if self._places is None else self._places[which]] = True
        found: list[int] = np.flatnonzero(all_marked).tolist()
        return found

    def _texts_of(self, positions: Positions) -> Positions:
        return np.searchsorted(self.starts, positions, side="right") - 1
