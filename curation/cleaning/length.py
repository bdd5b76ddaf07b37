"""The filter by length."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from curation.cleaning.steps import Filter


class Length(Filter):
    """Texts shorter or longer than the bounds are rejected; None is no bound. Words have no white space."""

    title: ClassVar[str] = "Length"
    step: Literal["length"] = "length"
    least_characters: int = Field(default=1, ge=0)
    most_characters: int | None = Field(default=None, ge=1)
    least_words: int = Field(default=0, ge=0)
    most_words: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        for unit in ("characters", "words"):
            least, most = getattr(self, f"least_{unit}"), getattr(self, f"most_{unit}")
            if most is not None and least > most:
                raise ValueError(f"at least {least:,} and at most {most:,} {unit} leave nothing")
        return self

    def reasons(self, texts: Sequence[str]) -> list[str | None]:  # noqa: D102
        return [self._reason(text) for text in texts]

    def _reason(self, text: str) -> str | None:
        reason = _outside(len(text), self.least_characters, self.most_characters, "character")
        if reason is None and (self.least_words or self.most_words is not None):
            reason = _outside(len(text.split()), self.least_words, self.most_words, "word")
        return reason


def _outside(found: int, least: int, most: int | None, unit: str) -> str | None:
    counted = f"It has {found:,} {unit}{'' if found == 1 else 's'}"
    if found < least:
        return f"{counted}; {least:,} are the least."
    if most is not None and found > most:
        return f"{counted}; {most:,} are the most."
    return None
