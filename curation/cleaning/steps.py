"""What every step of a recipe is: its options, and one method that changes texts or judges them.

A step is a frozen model: its options are its fields, so that they can be stored, hashed and shown.
Texts come in lists, because most of them need nothing and a list can be looked through at once.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar

from pydantic import BaseModel, ConfigDict


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
    return [
        place
        for place, text in enumerate(texts)
        if not (text.isascii() and text.isprintable()) or "  " in text or text != text.strip()
    ]
