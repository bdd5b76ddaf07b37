"""What every step of a recipe is: its options, and one method that changes texts or judges them.

A step is a frozen model: its options are its fields, so that they can be stored, hashed and shown.
Texts come in lists, because most of them need nothing and a list can be looked through at once.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict

from curation.joined_texts import Joined

DELETE = 127
LINE_FEED = 10


class Step(BaseModel):
    """One step: `step` is its name, `title` how a page calls it.

    `libraries` are the packages whose version its results depend on.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    title: ClassVar[str]
    step: str
    libraries: ClassVar[tuple[str, ...]] = ()


class Change(Step, ABC):
    """A step that changes texts; applying it twice is applying it once.

    `leaves_plain` promises that a plain text (see `rough`) comes back as it is, so that it need
    not be asked; `leaves_lines` promises the same of a text of tidy lines (see `untidy`).
    """

    leaves_plain: ClassVar[bool] = False

    @property
    def leaves_lines(self) -> bool:
        """As most steps do that leave plain texts."""
        return self.leaves_plain

    @abstractmethod
    def apply(self, texts: Sequence[str]) -> list[str]:
        """The texts, changed where they need it; as many, in the same order."""


class Filter(Step, ABC):
    """A step that judges texts and changes none."""

    @abstractmethod
    def reasons(self, texts: Sequence[str]) -> list[str | None]:
        """Per text why it is to be rejected, as a sentence, or None where it is not."""


def rough(texts: Sequence[str]) -> list[int]:
    """The places of the texts that are not plain.

    A plain text is printable ASCII with single spaces, none of them at an end: most texts are.
    """
    joined = Joined(texts)
    controls = np.flatnonzero((joined.bytes < ord(" ")) | (joined.bytes == DELETE))
    return joined.marked(_badly_spaced(joined) | (joined.counts(controls) > 0))


def untidy(texts: Sequence[str]) -> list[int]:
    """The places of the texts that are neither plain nor plain lines.

    Between such lines stand one line feed or two, with no space beside them, and none at an end.
    """
    joined = Joined(texts)
    found = joined.bytes
    controls = np.flatnonzero((found < ord(" ")) | (found == DELETE))
    feeds = found[controls] == LINE_FEED
    breaks = controls[feeds]
    before, after = joined.next_to(breaks, -1), joined.next_to(breaks, 1)
    ill = (before <= ord(" ")) & (before != LINE_FEED) | (after <= ord(" ")) & (after != LINE_FEED)
    ill |= (before == LINE_FEED) & (after == LINE_FEED)
    ill |= joined.at_an_end(breaks)
    unlike = (joined.counts(controls[~feeds]) > 0) | (joined.counts(breaks[ill]) > 0)
    return joined.marked(_badly_spaced(joined) | unlike)


def _badly_spaced(joined: Joined) -> npt.NDArray[np.bool_]:
    """Which texts have two spaces together, or one at an end."""
    spaces = joined.bytes == ord(" ")
    unlike = joined.counts(np.flatnonzero(spaces[1:] & spaces[:-1])) > 0
    filled = joined.ends > joined.starts
    unlike[filled] |= spaces[joined.starts[filled]] | spaces[joined.ends[filled] - 1]
    return unlike
