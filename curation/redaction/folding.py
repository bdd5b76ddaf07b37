"""A text as recognisers see it: wide letters narrow, every digit 0-9, every dash a hyphen, nothing hidden.

People copy identifiers out of web pages and Japanese forms. `fold` makes those look like the plain
ones, one character for one, so that places stay; only characters of no width are taken out, and
`Folded.original` finds the place in the text as it was.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from typing import NamedTuple

_HIDDEN = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff]")
_WIDE = range(0xFF01, 0xFF5F)
_MINUS = 0x2212
_LONG_VOWEL = re.compile(r"(?<=\d)\u30fc(?=\d)")
"""The Japanese sign for a long vowel, which between digits is a hyphen."""


class _Table(dict[int, int]):
    """For str.translate: works out each character once."""

    def __missing__(self, code: int) -> int:
        self[code] = folded = _fold_one(code)
        return folded


class Folded(NamedTuple):
    """`text` to look for identifiers in; `cuts` are where hidden characters were taken out.

    `cuts[n]` is the place in `text` before which the nth hidden character stood, in rising order.
    """

    text: str
    cuts: tuple[int, ...] = ()

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Where the characters [start, end) of `text` stand in the text that was folded."""
        if not self.cuts:
            return start, end
        return start + bisect_right(self.cuts, start), end + bisect_right(self.cuts, end - 1)


def fold(text: str) -> Folded:
    """The text with its characters folded. Takes linear time."""
    if text.isascii():
        return Folded(text)
    translated = _LONG_VOWEL.sub("-", text.translate(_TABLE))
    cuts = tuple(found.start() - number for number, found in enumerate(_HIDDEN.finditer(translated)))
    return Folded(_HIDDEN.sub("", translated), cuts) if cuts else Folded(translated)


def _fold_one(code: int) -> int:
    letter = chr(code)
    if code < 128:
        return code
    if code in _WIDE:
        return code - 0xFEE0
    if letter.isdecimal():
        return ord("0") + unicodedata.decimal(letter)
    category = unicodedata.category(letter)
    if category == "Pd" or code == _MINUS:
        return ord("-")
    return ord(" ") if category == "Zs" else code


_TABLE = _Table()
