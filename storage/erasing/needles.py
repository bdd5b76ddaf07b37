"""What is looked for: ids and texts, in every spelling that our files and databases have for them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

ERASED = "[erased]"
"""What stands where a text stood, in a cell that has to stay."""

SIEVE_CHARACTERS = 32
_SIEVE_NEEDLES = 200


@dataclass(frozen=True)
class Needles:
    """Texts to be found. Each is looked for as it is and as JSON, SQL, CSV and Python write it."""

    texts: frozenset[str]

    @classmethod
    def of(cls, texts: Iterable[str]) -> Needles:
        """The needles for some texts; empty ones are none."""
        return cls(frozenset(text for text in texts if text))

    @cached_property
    def spelled(self) -> tuple[str, ...]:
        """Every spelling, the longest first, so that none is cut by another that it holds."""
        return tuple(
            sorted({form for text in self.texts for form in spellings(text)}, key=lambda f: (-len(f), f))
        )

    @cached_property
    def sieves(self) -> tuple[str, ...]:
        """Regular expressions for the beginnings of all spellings: few, short, and linear in RE2.

        What they let through must be looked at again with `found_in`.
        """
        beginnings = sorted({re.escape(form[:SIEVE_CHARACTERS]) for form in self.spelled})
        parts = [
            beginnings[start : start + _SIEVE_NEEDLES] for start in range(0, len(beginnings), _SIEVE_NEEDLES)
        ]
        return tuple("|".join(part) for part in parts)

    def found_in(self, text: str) -> bool:
        """Whether any spelling stands in `text`."""
        return any(form in text for form in self.spelled)

    def which(self, text: str) -> list[str]:
        """Those of the texts of which a spelling stands in `text`."""
        return [each for each, forms in self._forms.items() if any(form in text for form in forms)]

    @cached_property
    def _forms(self) -> dict[str, set[str]]:
        return {text: spellings(text) for text in self.texts}

    def masked(self, text: str) -> str:
        """`text` with ERASED in place of every spelling."""
        for form in self.spelled:
            if form in text:
                text = text.replace(form, ERASED)
        return text

    def masked_value(self, value: Any) -> Any:
        """The same for every text within lists and mappings, keys too."""
        if isinstance(value, str):
            return self.masked(value)
        if isinstance(value, dict):
            return {self.masked_value(key): self.masked_value(each) for key, each in value.items()}
        if isinstance(value, list | tuple):
            return [self.masked_value(each) for each in value]
        return value


NONE = Needles(frozenset())


def spellings(text: str) -> set[str]:
    """`text` as JSON writes it, once and within another JSON, and as SQL, CSV and Python quote it."""
    once = {json.dumps(text, ensure_ascii=ascii_only)[1:-1] for ascii_only in (False, True)}
    twice = {json.dumps(each, ensure_ascii=ascii_only)[1:-1] for each in once for ascii_only in (False, True)}
    return {text, *once, *twice, repr(text)[1:-1], text.replace("'", "''"), text.replace('"', '""')}
