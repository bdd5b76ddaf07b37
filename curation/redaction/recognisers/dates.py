"""Dates of birth: a date in any usual form beside a word about birth. Other dates are left alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from curation.redaction.spans import LIKELY, Found
from curation.redaction.subject import Subject

_DAY = r"(?:3[01]|[12]\d|0?[1-9])"
_MONTH = r"(?:1[0-2]|0?[1-9])"
_YEAR = r"(?:(?:1[89]|20)\d\d)"
_NAMED = r"[^\W\d_]{3,12}"

_NUMERIC = re.compile(
    rf"(?<![A-Za-z0-9.,/+-])(?:{_YEAR}(?P<a>[-./]){_MONTH}(?P=a){_DAY}"
    rf"|(?:{_DAY}(?P<b>[-./] ?){_MONTH}|{_MONTH}(?P<c>[-./] ?){_DAY})(?:(?P=b)|(?P=c))(?:{_YEAR}|\d\d)"
    rf"|{_YEAR} ?年 ?{_MONTH} ?月 ?{_DAY} ?日)(?![A-Za-z0-9]|[-./]\d)"
)
_DAY_FIRST = re.compile(
    rf"(?<![\w.,/+-]){_DAY}(?:\.|st|nd|rd|th|º|er)?[ -](?:de |of )?{_NAMED}\.?,?[ -](?:de |del )?"
    rf"(?:{_YEAR}|'\d\d)(?!\w)"
)
_DAY_AFTER_MONTH = re.compile(rf"{_DAY}(?:st|nd|rd|th)?,? {_YEAR}(?!\w)")
_MONTH_BEFORE = re.compile(rf"(?<!\w){_NAMED}\.? \Z")
_LONGEST_MONTH = 15
_LEAST_DIGITS = 4


def is_date_at(text: str, start: int) -> bool:
    """Whether a date in digits begins here."""
    return _NUMERIC.match(text, start) is not None


def dates_of_birth(subject: Subject) -> Iterator[Found]:
    """The dates beside which the nearest telling word is about birth."""
    if subject.signs.digits < _LEAST_DIGITS:
        return
    past = -1
    for code in subject.codes:
        place = _date_at(subject.text, code.start) if code.start >= past else None
        if place:
            start, past = place
            if subject.is_about("birth", start, past):
                yield Found(start, past, "date_of_birth", LIKELY, "date of birth")


def _date_at(text: str, start: int) -> tuple[int, int] | None:
    """Where the date begins and ends whose first digit stands here: in digits, or with a month's name."""
    found = _NUMERIC.match(text, start) or _DAY_FIRST.match(text, start)
    if found:
        return start, found.end()
    found = _DAY_AFTER_MONTH.match(text, start)
    month = _MONTH_BEFORE.search(text[max(0, start - _LONGEST_MONTH) : start]) if found else None
    return (start - len(month[0]), found.end()) if found and month else None
