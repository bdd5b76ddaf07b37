"""Which texts can hold an identifier at all, told for many texts at once by one automaton (RE2).

Most numbers in texts are prices, years and amounts. A recogniser finds something only where seven digits
stand linked, where letters and digits make a word of eight, in a few other forms, or beside a word of the
lexicon; a text with none of these is done with at about the speed at which it can be read. Every condition
here is a necessary one: `tests/curation/redaction/test_candidates.py` holds each recogniser against it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

import pyarrow as pa
import pyarrow.compute as pc

from curation.redaction import context
from curation.redaction.recognisers.codes import NAMED
from curation.redaction.recognisers.ibans import LENGTHS

LINKED_DIGITS = 7
"""What a telephone, card or personal number has at least, where no word beside it says what it is."""
SHORTEST_CODE = 8
"""Characters of the shortest word of letters and digits that can be a number of its own."""

_GAP = r"[ \t\r\n.\-/()]{0,3}"
_HEX = "[0-9A-Fa-f]"
_FORMS = (
    "@", r"(?:at|AT)[)\]]", "://", r"\.[A-Za-z]{2}",  # addresses and links
    rf"[0-9](?:{_GAP}[0-9]){{{LINKED_DIGITS - 1}}}",
    *(
        f"[A-Za-z]{{{letters}}}[0-9][A-Za-z0-9]{{{SHORTEST_CODE - 1 - letters}}}"
        for letters in range(SHORTEST_CODE)
    ),
    r"(?:[0-9]{1,3}\.){3}[0-9]", f":{_HEX}{{0,4}}:",  # IPv4, IPv6
    f"(?:{_HEX}{{2}}-){{4}}", rf"{_HEX}{{4}}\.{_HEX}{{4}}\.",  # MAC
    f"(?:^|[^A-Za-z0-9])(?i:{'|'.join(LENGTHS)}) ?[0-9]{{2}}",  # IBAN
)  # fmt: skip
_NAMING = frozenset({"phone", "birth"}) | NAMED
"""The kinds of words that make something of digits that would be nothing by themselves."""


def may_hold(texts: Sequence[str]) -> list[bool]:
    """For each folded text whether any recogniser of a form can find something in it. Takes linear time."""
    try:
        column = pa.array(texts, pa.string())
    except UnicodeEncodeError:  # half a surrogate pair, which no identifier has
        column = pa.array([text.encode("utf-8", "replace") for text in texts], pa.string())
    found: list[bool] = pc.match_substring_regex(column, _pattern()).to_pylist()
    return found


@cache
def _pattern() -> str:
    """Any of the forms, or a word of the lexicon that names a number."""
    whole, beginnings, within = (sorted(words) for words in context.words_of_kinds(_NAMING))
    words = f"(?:^|[^\\pL])(?i:(?:{_any(beginnings)})|(?:{_any(whole)})(?:[^\\pL]|$))"
    return "|".join([*_FORMS, words, *_escaped(within)])


def _any(words: Sequence[str]) -> str:
    return "|".join(_escaped(words))


def _escaped(words: Sequence[str]) -> Iterator[str]:
    return map(re.escape, words)
