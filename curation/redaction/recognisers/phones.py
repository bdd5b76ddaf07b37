"""Telephone and fax numbers, with a country code or as dialled at home, with an extension or without.

A number with its country code is told by the numbering plans alone. One without needs either a form that
little else has (a trunk 0 or brackets, 3-3-4) and to be valid somewhere, or a word beside it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from curation.redaction.recognisers import phone_plans
from curation.redaction.recognisers.networks import is_date_or_ipv4_at
from curation.redaction.spans import CERTAIN, FAINT, LIKELY, WEAK, Found
from curation.redaction.subject import Code, Subject

LEAST_DIGITS = 7
LEAST_DIGITS_BESIDE_WORD = 6
MOST_GROUPS = 8
_BARELY = 0.62

_EXTENSION = re.compile(
    r"[ ,]{0,2}(?:x|ext\.?|extension|#|Durchwahl|доб\.?) ?\d{1,6}(?![A-Za-z0-9])", re.IGNORECASE
)
_WITH_EXTENSION = re.compile(r"(\d+)[xX]\d{1,6}")
_LEAD = re.compile(r"(?:\(?\+ ?\(?|\()\Z")
_NORTH_AMERICAN = re.compile(r"1?[2-9]\d\d[2-9]\d{6}")
_GROUPINGS = frozenset(
    {
        (3, 3, 3),
        (3, 2, 2, 2),
        (2, 3, 2, 2),
        (2, 4, 4),
        (2, 5, 4),
        (2, 3, 4),
        (3, 4, 4),
        (3, 7),
        (3, 6),
        (3, 3, 4),
    }
)
"""Of numbers without a trunk 0: Poland, Spain and Portugal, Brazil, Italy."""
_PLAIN_GAPS = frozenset({" ", "-"})
_BARE_LENGTHS = (10, 11)


@dataclass(frozen=True)
class _Window:
    """Groups of digits taken together: where they end, their digits, the groups' sizes, what parts them."""

    end: int
    digits: str
    sizes: tuple[int, ...]
    gaps: frozenset[str]


def phones_in(regions: Sequence[str]) -> Callable[[Subject], Iterator[Found]]:
    """What finds numbers as they are dialled in these regions (ISO 3166 codes), and international ones."""

    def phones(subject: Subject) -> Iterator[Found]:
        if subject.signs.digits < LEAST_DIGITS_BESIDE_WORD:
            return
        past = -1
        for first, code in enumerate(subject.codes):
            if code.start >= past and (code.is_number or _WITH_EXTENSION.fullmatch(code.text)):
                found = _at(subject, first, regions)
                if found:
                    past = found.end
                    yield found

    return phones


def _at(subject: Subject, first: int, regions: Sequence[str]) -> Found | None:
    """The telephone number that begins with this group of digits, if one does."""
    text, code = subject.text, subject.codes[first]
    windows = list(_windows(subject, first))
    if not windows:
        return None
    lead = _lead(text, code.start)
    has_plus = "+" in text[lead : code.start]
    if not has_plus and (is_date_or_ipv4_at(text, code.start) or _continues(subject, first)):
        return None
    found = _international(windows, has_plus) if has_plus or code.text.startswith(("00", "011")) else None
    if found is None and not has_plus:
        found = _national(subject, lead, windows, regions)
    if found is None:
        return None
    end, score = found
    start = lead if has_plus or ")" in text[code.start : end] else code.start
    extension = _EXTENSION.match(text, end)
    return Found(start, extension.end() if extension else end, "phone", score, "phone")


def _lead(text: str, start: int) -> int:
    """Where a number begins that has a plus sign or a bracket before its first digit."""
    lead = _LEAD.search(text[max(0, start - 4) : start])
    return start - len(lead[0]) if lead else start


def _continues(subject: Subject, first: int) -> bool:
    """Whether this group only continues a longer number: a decimal, a part number, thousands."""
    text, code = subject.text, subject.codes[first]
    before = text[max(0, code.start - 2) : code.start]
    if before and (before[-1] in "$€£¥" or before[-1] == "_"):
        return True
    if len(before) == 2 and before[1] in "-/.,:'" and before[0].isascii() and before[0].isalnum():
        return before[1] != ":" or before[0].isdigit()
    if code.linked and first:
        following = subject.codes[first + 1] if first + 1 < len(subject.codes) else None
        gap = text[subject.codes[first - 1].end : code.start]
        return bool(
            following
            and following.linked
            and text[code.end : following.start] == gap
            and subject.codes[first - 1].is_number
        )
    return False


def _windows(subject: Subject, first: int) -> Iterator[_Window]:
    """The numbers of a fitting length that begin with this group, the shortest first."""
    text, codes = subject.text, subject.codes
    digits, sizes, gaps = "", [], set()
    for at in range(first, min(first + MOST_GROUPS, len(codes))):
        code = codes[at]
        extended = _WITH_EXTENSION.fullmatch(code.text)
        if at > first:
            if not code.linked or not (code.is_number or extended):
                return
            gaps.add(text[codes[at - 1].end : code.start])
        group = extended[1] if extended else code.text
        digits += group
        sizes.append(len(group))
        if len(digits) > phone_plans.LONGEST_NUMBER + 3:
            return
        if len(digits) >= LEAST_DIGITS_BESIDE_WORD and _may_end(text, code):
            yield _Window(code.end, digits, tuple(sizes), frozenset(gaps))
        if extended:
            return


def _may_end(text: str, code: Code) -> bool:
    after = text[code.end : code.end + 2]
    if not after or not (after[0].isascii()):
        return True
    if after[0].isalnum() or after[0] in "_%€$£":
        return False
    return not (len(after) == 2 and after[0] in "-/.,:'" and after[1].isascii() and after[1].isdigit())


def _international(windows: list[_Window], has_plus: bool) -> tuple[int, float] | None:
    """The longest valid number; else, after a plus sign, the longest of a possible length, less sure."""
    fallback: tuple[int, float] | None = None
    for window in reversed(windows):
        digits = window.digits
        if not has_plus:
            digits = digits[2:] if digits.startswith("00") else digits[3:]
        possible, valid = phone_plans.international(digits)
        if valid:
            return window.end, CERTAIN if has_plus else LIKELY
        if has_plus and possible and fallback is None:
            fallback = window.end, LIKELY
    return fallback


def _national(
    subject: Subject, start: int, windows: list[_Window], regions: Sequence[str]
) -> tuple[int, float] | None:
    kind = subject.kind_beside(start, windows[-1].end)
    if kind == "phone":
        for window in reversed(windows):
            if phone_plans.national(window.digits, regions):
                return window.end, CERTAIN
        longest = max(windows, key=lambda one: len(one.digits) if len(one.digits) <= 15 else 0)
        return longest.end, LIKELY
    for window in reversed(windows):
        if len(window.digits) >= LEAST_DIGITS:
            bracketed = "(" in subject.text[start : window.end] and ")" in subject.text[start : window.end]
            score = _unnamed(window, bracketed=bracketed, regions=regions)
            if score:
                return window.end, min(score, WEAK) - (0.2 if kind == "other" else 0.05) if kind else score
    return None


def _unnamed(window: _Window, *, bracketed: bool, regions: Sequence[str]) -> float:
    """How sure a number is that no word names; 0 if it is none."""
    digits, grouped = window.digits, len(window.sizes) > 1
    if len(window.gaps) > 2 or len(window.sizes) > 6:
        return 0.0
    if grouped and window.sizes[-3:] == (3, 3, 4) and _NORTH_AMERICAN.fullmatch(digits):
        return LIKELY
    if not phone_plans.national(digits, regions):
        return 0.0
    if bracketed or (digits[0] == "0" and (grouped or len(digits) in _BARE_LENGTHS)):
        return LIKELY if grouped else _BARELY
    if window.sizes in _GROUPINGS:
        if _could_be_thousands(window):
            return WEAK if window.gaps <= _PLAIN_GAPS else FAINT
        return _BARELY if window.gaps <= _PLAIN_GAPS else WEAK
    return WEAK - 0.05 if not grouped and len(digits) >= 9 else 0.0


def _could_be_thousands(window: _Window) -> bool:
    """Whether a large number may be written so: 512 345 678."""
    return set(window.sizes[1:]) == {3} and not window.gaps & {"-"}
