"""A text under examination: its signs, its codes (words with digits in them) and what stands beside a place.

Recognisers share one `Subject`, so what several of them need is worked out once.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import NamedTuple

from curation.redaction import context
from curation.redaction.prefilter import Signs, signs

LONGEST_GAP = 3
"""Characters between two groups of one number: " - "."""
LONGEST_CODE = 80

_FROM_ITS_DIGITS = re.compile(r"[0-9][A-Za-z0-9]*")
_LETTERS = re.compile(r"[A-Za-z]*")
_MOST_LETTERS_BEFORE = 8
_SEPARATORS = " \t\r\n.-/()"
_SHAPE = str.maketrans(
    {chr(code): "9" if chr(code).isdigit() else "A" for code in range(128) if chr(code).isalnum()}
)
_JOINING = re.compile(r"[-/._,:'+]")


class Code(NamedTuple):
    """A word of ASCII letters and digits with a digit in it.

    Only separators part a `linked` one from the one before; `shape` has 9 for a digit and A for a letter.
    """

    start: int
    end: int
    text: str
    shape: str
    linked: bool

    @property
    def is_number(self) -> bool:
        """Whether it is digits throughout."""
        return "A" not in self.shape


class Subject:
    """A folded text, and what recognisers ask of it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.signs: Signs = signs(text)
        self._beside: dict[tuple[int, int], str] = {}

    @cached_property
    def codes(self) -> list[Code]:
        """The words with digits in them, in order; none longer than `LONGEST_CODE`."""
        made: list[Code] = []
        ended = -LONGEST_GAP - 1
        for found in _FROM_ITS_DIGITS.finditer(self.text):
            start, end = found.span()
            letters = self._letters_before(start)
            if letters > _MOST_LETTERS_BEFORE:
                continue
            start -= letters
            linked = start - ended <= LONGEST_GAP and not self.text[ended:start].strip(_SEPARATORS)
            ended = end
            if end - start <= LONGEST_CODE:
                word = self.text[start:end]
                made.append(Code(start, end, word, word.translate(_SHAPE), linked))
            else:
                ended = -LONGEST_GAP - 1
        return made

    def _letters_before(self, place: int) -> int:
        """How many ASCII letters end right before a place, as far as it matters."""
        before = self.text[max(0, place - _MOST_LETTERS_BEFORE - 1) : place]
        letters = _LETTERS.match(before[::-1])
        return letters.end() if letters else 0

    def kind_beside(self, start: int, end: int) -> str:
        """What the words beside a place say it is; see `context.kind_beside`."""
        beside = self._beside.get((start, end))
        if beside is None:
            beside = self._beside[start, end] = context.kind_beside(self.text, start, end)
        return beside

    def is_about(self, kind: str, start: int, end: int) -> bool:
        """Whether the words beside a place are about a kind; see `context.is_about`."""
        return context.is_about(kind, self.text, start, end)

    def stands_alone(self, start: int, end: int) -> bool:
        """Whether nothing joins a place to a longer number, word or price: no "1.5", "x-12", "$12"."""
        text = self.text
        left, right = text[max(0, start - 2) : start], text[end : end + 2]
        if left and ((left[-1].isascii() and left[-1].isalnum()) or left[-1] in "$€£¥_"):
            return False
        if len(left) == 2 and _JOINING.match(left[1]) and left[0].isascii() and left[0].isalnum():
            return left[1] == ":"
        if right and right[0].isascii() and (right[0].isalnum() or right[0] == "_"):
            return False
        if len(right) == 2 and _JOINING.match(right[0]) and right[1].isascii():
            return not (right[1].isdigit() or (right[0] in "-/_'" and right[1].isalpha()))
        return True
