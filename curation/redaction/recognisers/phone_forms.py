"""Groups of digits that may be one telephone number: where it begins, how far it may reach."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from curation.redaction.recognisers.phone_plans import LONGEST_NUMBER
from curation.redaction.subject import Code, Subject

LEAST_DIGITS_BESIDE_WORD = 6
MOST_GROUPS = 8
MOST_PREFIX_DIGITS = 3
"""Of what is dialled to leave a country: 00, 011."""

WITH_EXTENSION = re.compile(r"(\d+)[xX]\d{1,6}")
_LEAD = re.compile(r"(?:\(?\+ ?\(?|\()\Z")


class Window(NamedTuple):
    """Groups of digits taken together: where they end, their digits, the groups' sizes, what parts them."""

    end: int
    digits: str
    sizes: tuple[int, ...]
    gaps: frozenset[str]


def lead_of(text: str, start: int) -> int:
    """Where a number begins that has a plus sign or a bracket before its first digit."""
    lead = _LEAD.search(text[max(0, start - 4) : start])
    return start - len(lead[0]) if lead else start


def continues(subject: Subject, first: int) -> bool:
    """Whether this group only continues a longer number: a decimal, a part number, thousands."""
    text, code = subject.text, subject.codes[first]
    before = text[max(0, code.start - 2) : code.start]
    if before and before[-1] in "$€£¥_":
        return True
    if len(before) == 2 and before[1] in "-/.,:'" and before[0].isascii() and before[0].isalnum():
        return before[1] != ":" or before[0].isdigit()
    return _goes_on(subject, first)


def _goes_on(subject: Subject, first: int) -> bool:
    """Whether what parts this group from the one before also parts it from the next: 512 345 678."""
    text, codes = subject.text, subject.codes
    if not (first and codes[first].linked and codes[first - 1].is_number and first + 1 < len(codes)):
        return False
    before, code, following = codes[first - 1 : first + 2]
    return following.linked and text[before.end : code.start] == text[code.end : following.start]


def windows_at(subject: Subject, first: int) -> Iterator[Window]:
    """The numbers of a fitting length that begin with this group, the shortest first."""
    text, codes = subject.text, subject.codes
    digits, sizes, gaps = "", [], set()
    for at in range(first, min(first + MOST_GROUPS, len(codes))):
        code = codes[at]
        extended = WITH_EXTENSION.fullmatch(code.text)
        if at > first:
            if not code.linked or not (code.is_number or extended):
                return
            gaps.add(text[codes[at - 1].end : code.start])
        group = extended[1] if extended else code.text
        digits += group
        sizes.append(len(group))
        if len(digits) > LONGEST_NUMBER + MOST_PREFIX_DIGITS:
            return
        if len(digits) >= LEAST_DIGITS_BESIDE_WORD and _may_end(text, code):
            yield Window(code.end, digits, tuple(sizes), frozenset(gaps))
        if extended:
            return


def _may_end(text: str, code: Code) -> bool:
    after = text[code.end : code.end + 2]
    if not after or not (after[0].isascii()):
        return True
    if after[0].isalnum() or after[0] in "_%€$£":
        return False
    return not (len(after) == 2 and after[0] in "-/.,:'" and after[1].isascii() and after[1].isdigit())
