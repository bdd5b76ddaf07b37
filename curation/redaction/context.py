"""What the words beside a number say it is.

The nearest word decides: in "order A was paid, call 555 0123" the number is a phone's. A word does
not reach over another number, nor further than `LEFT` characters to what follows it and `RIGHT` to
what precedes it. The words, of some fifteen languages, are in `lexicon.toml`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any

LEFT = 48
RIGHT = 28
OTHER = "other"
"""The kind of words for what is no identifier of a person."""

_WORD = re.compile(r"[^\W\d_]+")
_BREAK = re.compile(r"\d\d|@\S+|://\S+|[.!?]\s+(?=[^\W\d_a-zß-öø-ÿ])|[\u3002\uff01\uff1f]|\n\s*\n")
"""What a word does not reach over: a number, an address, the end of a sentence, an empty line."""
_PERSON = "~"
_OF_NUMBER = re.compile(r"num|nr\b|no\b|\bn\b|n[.º°]|№|\bid|ref|cod|[#:=]", re.IGNORECASE)
"""What makes "customer" the customer's number."""
_NUMBER_WORD_REACH = 10


@dataclass(frozen=True)
class _Lexicon:
    whole: dict[str, str]
    beginnings: dict[str, str]
    lengths: tuple[int, ...]
    within: tuple[tuple[str, str], ...]


def kind_beside(text: str, start: int, end: int) -> str:
    """The kind that the words beside [start, end) name: a key of the lexicon, or "" if they name none."""
    return _before(text, start) or _after(text, end)


def is_about(kind: str, text: str, start: int, end: int) -> bool:
    """Whether the nearest telling word on either side is of this kind; what precedes not being of `OTHER`."""
    before = _before(text, start)
    return before == kind or (before != OTHER and _after(text, end) == kind)


def words_of_kinds(kinds: Collection[str]) -> tuple[set[str], set[str], set[str]]:
    """The words that name any of these kinds: whole ones, beginnings of words, and what stands within one."""
    lexicon = _lexicon()
    named = {
        words: {word for word, kind in known.items() if kind.removeprefix(_PERSON) in kinds}
        for words, known in (("whole", lexicon.whole), ("beginnings", lexicon.beginnings))
    }
    return named["whole"], named["beginnings"], {word for word, kind in lexicon.within if kind in kinds}


def _before(text: str, start: int) -> str:
    window = text[max(0, start - LEFT) : start]
    past = 0
    for found in _BREAK.finditer(window):
        past = found.end()
    return _nearest(window[past:], last=True)


def _after(text: str, end: int) -> str:
    window = text[end : end + RIGHT]
    stop = _BREAK.search(window)
    return _nearest(window[: stop.start()] if stop else window, last=False)


def _nearest(window: str, *, last: bool) -> str:
    """The kind of the window's last word, or first, that has one."""
    best, place = "", -1
    words: list[str] = _WORD.findall(window)
    for word in reversed(words) if last else words:
        best = _kind(word.lower())
        if best:
            place = window.rfind(word) if last else window.find(word)
            if best.startswith(_PERSON):
                said = window[place:] if last else window[: place + len(word) + _NUMBER_WORD_REACH]
                best = best[1:] if _OF_NUMBER.search(said) else ""
        if best:
            break
    if window.isascii():
        return best
    for word, kind in _lexicon().within:
        at = window.rfind(word) if last else window.find(word)
        if at >= 0 and (place < 0 or (at >= place if last else at <= place)):
            best, place = kind, at
    return best


@lru_cache(maxsize=65_536)
def _kind(word: str) -> str:
    """The kind of a word, after `_PERSON` where it is a person's and not a number's."""
    lexicon = _lexicon()
    known = lexicon.whole.get(word, "")
    if known:
        return known
    for length in lexicon.lengths:  # the longest beginning first
        if length <= len(word):
            known = lexicon.beginnings.get(word[:length], "")
            if known:
                return known
    return ""


@cache
def _lexicon() -> _Lexicon:
    source = resources.files("curation.redaction").joinpath("lexicon.toml").read_text(encoding="utf-8")
    kinds: dict[str, Any] = tomllib.loads(source)
    within = tuple((word, kind) for kind, words in kinds.pop("within").items() for word in words)
    words = [
        (word.removeprefix(_PERSON), f"{_PERSON}{kind}" if word.startswith(_PERSON) else kind)
        for kind, known in kinds.items()
        for word in known
    ]
    whole = {word[:-1]: kind for word, kind in words if word.endswith("$")}
    beginnings = {word: kind for word, kind in words if not word.endswith("$")}
    lengths = tuple(sorted({len(word) for word in beginnings}, reverse=True))
    return _Lexicon(whole, beginnings, lengths, within)
