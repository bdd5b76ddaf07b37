"""What a text can hold at all, told from one pass in C over its characters.

Deleting every byte that no identifier depends on leaves a skeleton of a few bytes: digits, "@" and
":". Most texts are done with then, at well under a microsecond; the others are looked at only
by the recognisers whose characters they have.
"""

from __future__ import annotations

from dataclasses import dataclass

_KEPT = b"0123456789@:"
_DELETED = bytes(sorted(set(range(256)) - set(_KEPT)))
LEAST_DIGITS = 4
"""The least that an identifier of digits has: 3/4/85, a date of birth."""


@dataclass(frozen=True)
class Signs:
    """What stands in a text: how many digits, and whether there may be an address of some sort."""

    digits: int
    at: bool
    colons: int
    link: bool

    @property
    def nothing(self) -> bool:
        """Whether no recogniser of ours can find anything."""
        return self.digits < LEAST_DIGITS and not self.at and self.colons < 2 and not self.link


def signs(text: str) -> Signs:
    """What a folded text can hold. Takes linear time, most of it in two passes of C."""
    skeleton = text.encode("ascii", "ignore").translate(None, _DELETED)
    at, colons = skeleton.count(b"@"), skeleton.count(b":")
    bracketed = "at)" in text or "at]" in text or "AT)" in text or "AT]" in text
    dotted = "://" in text or _joins_words(text)
    return Signs(len(skeleton) - at - colons, at > 0 or bracketed, colons, dotted)


def _joins_words(text: str) -> bool:
    """Whether some dot has a letter right after it, as in a host's name."""
    parts = text.split(".")
    return any(part[:1].isalpha() for part in parts[1:])
