r"""What a word is: the rules by which Elasticsearch's standard analyser cuts text (Unicode annex 29).

"it's", "3.14" and "snake_case" are one word each; every Han or Hiragana character is one; a run
of Katakana is one; so is an emoji. The same pattern cuts records, in the database's triggers, and
search texts, here: it names its characters itself, so that no locale and no regex engine disagrees.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

LONGEST_WORD = 255
"""Characters; what lies beyond is cut off, in records and in search texts alike."""

SINGLE = (
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3041-\u3096\u309d-\u309f"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_KATAKANA = "\u3031-\u3035\u309b\u309c\u30a0-\u30fa\u30fc-\u30ff\u31f0-\u31ff\uff66-\uff9f"
_WITHOUT_SPACES = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u19e0-\u19ff\uaa60-\uaa7f"
_EMOJI = "\u2600-\u27bf\u2b05-\u2b07\u2b1b\u2b1c\u2b50\u2b55\U0001f300-\U0001f3fa\U0001f400-\U0001faff"
_SKIN = "\ufe0f\U0001f3fb-\U0001f3ff"
_FLAG = "\U0001f1e6-\U0001f1ff"
_BETWEEN_LETTERS = "'\u2018\u2019.\u2024\ufe52\uff07\uff0e:\u00b7\u0387\u055f\u05f4\u2027\ufe13\ufe55\uff1a"
_BETWEEN_DIGITS = (
    ",;.'\u2018\u2019\u2024\ufe52\uff07\uff0e\u037e\u0589\u060c\u060d\u066c\u07f8\u2044\ufe10\ufe14"
    "\ufe50\ufe54\uff0c\uff1b"
)
_JOINERS = "\u00ad\u200c\u200d"
_LAST_ALPHABET = 0x20000  # beyond lie Han characters, each a word, and marks nobody searches for


def _pattern() -> str:
    elsewhere = re.compile(f"[{SINGLE}{_KATAKANA}{_WITHOUT_SPACES}]")
    letters = _ranges(lambda c: _category(c) in ("L", "Nl") and not elsewhere.match(c))
    marks = _ranges(lambda c: _category(c) == "M" and not elsewhere.match(c)) + _JOINERS
    digits = _ranges(lambda c: _category(c) == "Nd" and not elsewhere.match(c))
    spelt = f"[{letters}][{letters}{marks}]*"
    alphabetic = f"{spelt}(?:[{_BETWEEN_LETTERS}]{spelt})*"
    numeric = f"[{digits}]+(?:[{_BETWEEN_DIGITS}][{digits}]+)*"
    part = f"(?:[{_KATAKANA}]+|(?:{alphabetic}|{numeric})+)"
    emoji = f"[{_EMOJI}][{_SKIN}]*(?:\u200d[{_EMOJI}][{_SKIN}]*)*|[{_FLAG}][{_FLAG}]"
    return f"[{SINGLE}][{marks}]*|[{_WITHOUT_SPACES}]+|_*{part}(?:_+{part})*_*|{emoji}"


def _category(character: str) -> str:
    found = unicodedata.category(character)
    return found if found in ("Nd", "Nl") else found[0]


def _ranges(wanted: Callable[[str], bool]) -> str:
    """The wanted characters as the inside of a bracket expression."""
    found: list[list[int]] = []
    for code in range(0x30, _LAST_ALPHABET):
        if 0xD800 <= code <= 0xDFFF or not wanted(chr(code)):
            continue
        if found and found[-1][1] == code - 1:
            found[-1][1] = code
        else:
            found.append([code, code])
    return "".join(chr(first) if first == last else f"{chr(first)}-{chr(last)}" for first, last in found)


PATTERN = _pattern()
"""One word, for Python's `re` and for PostgreSQL's regular expressions alike."""

_WORD = re.compile(PATTERN)


def words_of(text: str) -> tuple[str, ...]:
    """The words of `text` as they are written; the database folds their case, as it does for records."""
    return tuple(match.group()[:LONGEST_WORD] for match in _WORD.finditer(text))
