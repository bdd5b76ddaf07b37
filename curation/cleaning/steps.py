"""What every step of a recipe is: its options, and one method that changes texts or judges them.

A step is a frozen model: its options are its fields, so that they can be stored, hashed and shown.
Texts come in lists, because most of them need nothing and a list can be looked through at once.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from pydantic import BaseModel, ConfigDict

from curation.joined_texts import Joined

DELETE = 127


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
    not be asked.
    """

    leaves_plain: ClassVar[bool] = False

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
    found = joined.bytes
    controls = np.flatnonzero((found < ord(" ")) | (found == DELETE))
    spaces = found == ord(" ")
    doubled = np.flatnonzero(spaces[1:] & spaces[:-1])
    unlike = (joined.counts(controls) > 0) | (joined.counts(doubled) > 0)
    filled = joined.ends > joined.starts
    unlike[filled] |= spaces[joined.starts[filled]] | spaces[joined.ends[filled] - 1]
    return sorted([*joined.others, *joined.in_list(unlike)])
