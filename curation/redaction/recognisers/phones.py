"""Telephone and fax numbers, with a country code or as dialled at home, with an extension or without.

A number with its country code is told by the numbering plans alone. One without needs either a form that
little else has (a trunk 0 or brackets, 3-3-4) and to be valid somewhere, or a word beside it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from curation.redaction.context import OTHER
from curation.redaction.recognisers import phone_plans
from curation.redaction.recognisers.networks import is_date_or_ipv4_at
from curation.redaction.recognisers.phone_forms import (
    LEAST_DIGITS_BESIDE_WORD,
    WITH_EXTENSION,
    Window,
    continues,
    lead_of,
    windows_at,
)
from curation.redaction.spans import CERTAIN, FAINT, LIKELY, WEAK, Found
from curation.redaction.subject import Subject

LEAST_DIGITS = 7
_BARELY = 0.62

_EXTENSION = re.compile(
    r"[ ,]{0,2}(?:x|ext\.?|extension|#|Durchwahl|доб\.?) ?\d{1,6}(?![A-Za-z0-9])", re.IGNORECASE
)
_MEASURE = re.compile(
    r"\s?(?:[%€$£¥°円]|(?:eur|usd|gbp|chf|zł|pln|sek|nok|dkk|kr|jpy|mah|mm|cm|m|km|g|kg|kb|mb|gb|tb|ml|l|units?|pcs)\b)",
    re.IGNORECASE,
)
_COMPACT_DATE = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
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
_LENGTHS_WITH_TRUNK = (10, 11)
"""Digits of most numbers with their trunk 0; part numbers that begin with 0 mostly have fewer."""


def phones_in(regions: Sequence[str]) -> Callable[[Subject], Iterator[Found]]:
    """What finds numbers as they are dialled in these regions (ISO 3166 codes), and international ones."""

    def phones(subject: Subject) -> Iterator[Found]:
        if subject.signs.digits < LEAST_DIGITS_BESIDE_WORD:
            return
        past, last_end = -1, -1
        for first, code in enumerate(subject.codes):
            if code.start >= past and (code.is_number or WITH_EXTENSION.fullmatch(code.text)):
                follows = last_end == past  # directly after a number that was found, so it begins one
                found = _at(subject, first, regions, follows=follows)
                if found:
                    past = found.end
                    yield found
            last_end = code.end

    return phones


def _at(subject: Subject, first: int, regions: Sequence[str], *, follows: bool) -> Found | None:
    """The telephone number that begins with this group of digits, if one does."""
    text, code = subject.text, subject.codes[first]
    lead = lead_of(text, code.start)
    has_plus = "+" in text[lead : code.start]
    if not has_plus and ((continues(subject, first) and not follows) or is_date_or_ipv4_at(text, code.start)):
        return None
    windows = list(windows_at(subject, first))
    if not windows:
        return None
    found = _international(windows, has_plus) if has_plus or code.text.startswith(("00", "011")) else None
    if found is None and not has_plus:
        found = _national(subject, lead, windows, regions)
    if found is None:
        return None
    end, score = found
    if not has_plus and subject.kind_beside(code.start, end) == OTHER:
        score = min(score, WEAK)
    start = lead if has_plus or ")" in text[code.start : end] else code.start
    extension = _EXTENSION.match(text, end)
    return Found(start, extension.end() if extension else end, "phone", score, "phone")


def _international(windows: list[Window], has_plus: bool) -> tuple[int, float] | None:
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
    subject: Subject, start: int, windows: list[Window], regions: Sequence[str]
) -> tuple[int, float] | None:
    kind = subject.kind_beside(start, windows[-1].end)
    if kind == "phone":
        if _MEASURE.match(subject.text, windows[-1].end) or _COMPACT_DATE.fullmatch(windows[-1].digits):
            return None
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
                return window.end, min(score, WEAK) - (0.2 if kind == OTHER else 0.05) if kind else score
    return None


def _unnamed(window: Window, *, bracketed: bool, regions: Sequence[str]) -> float:
    """How sure a number is that no word names; 0 if it is none."""
    digits, grouped = window.digits, len(window.sizes) > 1
    if len(window.gaps) > 2 or len(window.sizes) > 6:
        return 0.0
    if grouped and window.sizes[-3:] == (3, 3, 4) and _NORTH_AMERICAN.fullmatch(digits):
        return LIKELY
    if not phone_plans.national(digits, regions):
        return 0.0
    if bracketed or (digits[0] == "0" and len(digits) in _LENGTHS_WITH_TRUNK):
        return LIKELY if grouped else _BARELY
    if digits[0] == "0":
        return WEAK if grouped else FAINT
    if window.sizes in _GROUPINGS:
        if _could_be_thousands(window):
            return WEAK if window.gaps <= _PLAIN_GAPS else FAINT
        return _BARELY if window.gaps <= _PLAIN_GAPS else WEAK
    return WEAK - 0.05 if not grouped and len(digits) >= 9 else 0.0


def _could_be_thousands(window: Window) -> bool:
    """Whether a large number may be written so: 512 345 678."""
    return set(window.sizes[1:]) == {3} and not window.gaps & {"-"}
