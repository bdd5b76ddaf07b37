"""What a text can hold at all, told from one pass in C over its characters.

Deleting every byte that no identifier depends on leaves a skeleton of a few bytes: digits, "@" and
":". Most texts are done with then, at well under a microsecond; the others are looked at only
by the recognisers whose characters they have.
"""

from __future__ import annotations

from typing import NamedTuple

_KEPT = b"0123456789@:"
_DELETED = bytes(sorted(set(range(256)) - set(_KEPT)))
LEAST_DIGITS = 4
"""The least that an identifier of digits has: 3/4/85, a date of birth."""
LEAST_COLONS = 2


class Signs(NamedTuple):
    """What stands in a text: how many digits, and whether there may be an address of some sort."""

    digits: int
    at: bool
    colons: int
    link: bool


def holds_nothing(text: str) -> bool:
    """Whether no recogniser of a form can find anything in a folded text. Takes about a microsecond."""
    skeleton = text.encode("ascii", "ignore").translate(None, _DELETED)
    if len(skeleton) >= LEAST_DIGITS or b"@" in skeleton or skeleton.count(b":") >= LEAST_COLONS:
        return False
    return not _has_link(text) and not _has_bracketed_at(text)


def signs(text: str) -> Signs:
    """What a folded text can hold. Takes linear time, most of it in two passes of C."""
    skeleton = text.encode("ascii", "ignore").translate(None, _DELETED)
    at, colons = skeleton.count(b"@"), skeleton.count(b":")
    return Signs(len(skeleton) - at - colons, at > 0 or _has_bracketed_at(text), colons, _has_link(text))


def _has_bracketed_at(text: str) -> bool:
    """Whether an "@" may be spelled out: (at), [AT]."""
    return "at)" in text or "at]" in text or "AT)" in text or "AT]" in text


def _has_link(text: str) -> bool:
    """Whether there is a scheme, or a dot with a letter right after it, as in a host's name."""
    return "://" in text or ("." in text and any(part[:1].isalpha() for part in text.split(".")[1:]))
