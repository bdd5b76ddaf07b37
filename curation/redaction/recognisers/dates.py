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
_WRITTEN = re.compile(
    rf"(?<![\w.,/+-])(?:{_DAY}(?:\.|st|nd|rd|th|º|er)?[ -](?:de |of )?{_NAMED}\.?,?[ -](?:de |del )?"
    rf"(?:{_YEAR}|'\d\d)"
    rf"|{_NAMED}\.? {_DAY}(?:st|nd|rd|th)?,? {_YEAR})(?!\w)"
)
_LEAST_DIGITS = 4


def is_date_at(text: str, start: int) -> re.Match[str] | None:
    """The date in digits that begins here, if one does."""
    return _NUMERIC.match(text, start)


def dates_of_birth(subject: Subject) -> Iterator[Found]:
    """The dates beside which the nearest telling word is about birth."""
    if subject.signs.digits < _LEAST_DIGITS:
        return
    for pattern in (_NUMERIC, _WRITTEN):
        for found in pattern.finditer(subject.text):
            if subject.is_about("birth", found.start(), found.end()):
                yield Found(found.start(), found.end(), "date_of_birth", LIKELY, "date of birth")
