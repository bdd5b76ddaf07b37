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
from typing import Any

import numpy as np

from curation.joined_texts import Joined
from curation.redaction import context
from curation.redaction.folding import fold
from curation.redaction.prefilter import LEAST_COLONS, LEAST_DIGITS
from curation.redaction.recognisers.codes import NAMED
from curation.redaction.recognisers.ibans import LENGTHS
from curation.text_columns import TextColumn, texts_at

LINKED_DIGITS = 7
"""What a telephone, card or personal number has at least, where no word beside it says what it is."""
WORTH_AN_AUTOMATON = 100
"""Fewer texts are sooner looked at by the recognisers."""
SHORTEST_CODE = 8
"""Characters of the shortest word of letters and digits that can be a number of its own."""

_ZERO = np.uint8(ord("0"))
_SMALL = np.uint8(0x20)
"""The bit that makes a letter a small one."""
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


def candidates(columns: Sequence[Sequence[str]]) -> list[list[int]]:
    """Of each column the places of the texts in which a recogniser of a form may find something, rising.

    Takes linear time. A call costs some two milliseconds to make the automaton: ask about many texts at once.
    """
    signed = [_signed(texts) for texts in columns]
    if sum(map(len, signed)) < WORTH_AN_AUTOMATON:
        return signed
    matched = _matched(*(texts_at(texts, places) for texts, places in zip(columns, signed, strict=True)))
    found, past = [], 0
    for places in signed:
        marks = matched[past : past + len(places)]
        found.append([place for place, may in zip(places, marks, strict=True) if may] if any(marks) else [])
        past += len(places)
    return found


def may_hold(texts: Sequence[str]) -> list[bool]:
    """For each text whether any recogniser of a form can find something in it."""
    [found] = map(set, candidates([texts]))
    return [place in found for place in range(len(texts))]


def _signed(texts: Sequence[str]) -> list[int]:
    """The places of the texts that have a sign of an identifier at all; most have none.

    A sign is an "@", in brackets or not, a scheme, a dot before a letter, two colons, or four digits; but a
    number by itself, such as a price, has seven digits at least.
    """
    joined = Joined(texts)
    found = joined.bytes
    digits = np.flatnonzero((found - _ZERO).view(np.uint8) < 10)
    ats = np.flatnonzero(found == ord("@"))
    colons = np.flatnonzero(found == ord(":"))
    dots = np.flatnonzero(found == ord("."))
    after = joined.next_to(dots, 1) | _SMALL
    dots = dots[(after >= ord("a")) & (after <= ord("z"))]
    closing = np.flatnonzero((found == ord(")")) | (found == ord("]")))
    spelled = closing[
        ((joined.next_to(closing, -1) | _SMALL) == ord("t"))
        & ((joined.next_to(closing, -2) | _SMALL) == ord("a"))
    ]
    links = colons[(joined.next_to(colons, 1) == ord("/")) & (joined.next_to(colons, 2) == ord("/"))]
    of_digits = joined.counts(digits)
    signs = of_digits + joined.counts(colons) >= LEAST_DIGITS
    signs &= (of_digits >= LINKED_DIGITS) | (of_digits < joined.ends - joined.starts)
    for each in (ats, dots, spelled, links):
        signs |= joined.counts(each) > 0
    signs |= joined.counts(colons) >= LEAST_COLONS
    return joined.marked(signs)


def _folded(texts: Sequence[str]) -> Any:
    """The texts folded, as an Arrow array of strings."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if isinstance(texts, TextColumn):
        beyond = pc.indices_nonzero(pc.invert(pc.string_is_ascii(texts.array))).to_pylist()
        texts = texts.changed(
            {place: fold(text).text for place, text in zip(beyond, texts.at(beyond), strict=True)}
        )
        if isinstance(texts, TextColumn):
            return texts.array
    folded = [fold(text).text for text in texts]
    try:
        return pa.array(folded, pa.string())
    except UnicodeEncodeError:  # half a surrogate pair, which no identifier has
        return pa.array([text.encode("utf-8", "replace") for text in folded], pa.string())


def _matched(*columns: Sequence[str]) -> list[bool]:
    """For each text of these columns whether it has one of the forms, or a word that names a number."""
    import pyarrow as pa
    import pyarrow.compute as pc

    whole = pa.concat_arrays([_folded(texts) for texts in columns])
    found: list[bool] = pc.match_substring_regex(whole, _pattern()).to_pylist()
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
