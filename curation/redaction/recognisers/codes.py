"""Numbers of people, their accounts and their things: by check digits, and by the word beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from curation.redaction.recognisers.networks import is_date_or_ipv4_at
from curation.redaction.recognisers.numberings import BEGINNINGS, BY_SHAPE, Numbering, check_of
from curation.redaction.spans import CERTAIN, LIKELY, WEAK, Found
from curation.redaction.subject import Code, Subject

LEAST_DIGITS = 7
MOST_GROUPS = 7
NAMED = frozenset(
    {
        "account_number",
        "medical_record",
        "licence_number",
        "passport",
        "device_id",
        "vehicle_id",
        "national_id",
        "us_ssn",
    }
)
"""The kinds whose numbers have no form of their own: the word beside them is all there is."""
LEAST_NAMED_DIGITS, LEAST_NAMED_LENGTH, MOST_NAMED_LENGTH = 4, 5, 24

_PREFIX = re.compile(r"(?<![A-Za-z0-9])[A-Z]{1,4}[-/]\Z")
_LETTER = re.compile(r"[-. ][A-Za-z](?![A-Za-z0-9])")
_PARTING = frozenset("-./ \n")


def personal_numbers(subject: Subject) -> Iterator[Found]:
    """The numbers whose shape and check digits are those of a known numbering."""
    if subject.signs.digits < LEAST_DIGITS:
        return
    codes = subject.codes
    for first, begin in enumerate(codes):
        shape = ""
        for code in codes[first : first + MOST_GROUPS]:
            if shape and not code.linked:
                break
            shape = f"{shape}-{code.shape}" if shape else code.shape
            if shape not in BEGINNINGS:
                break
            yield from _valid(subject, begin.start, code.end, shape)
            letter = _LETTER.match(subject.text, code.end)
            if letter:
                yield from _valid(subject, begin.start, letter.end(), f"{shape}-A")


def _valid(subject: Subject, start: int, end: int, shape: str) -> Iterator[Found]:
    """The surest numbering of this shape for which the check digits hold, if any."""
    numberings = BY_SHAPE.get(shape, ())
    if not numberings or not subject.stands_alone(start, end):
        return
    written = subject.text[start:end]
    held = [one for one in numberings if check_of(one.module)(written)]
    if held:
        kind = subject.kind_beside(start, end)
        best = max(held, key=lambda one: _score(one, kind))
        yield Found(start, end, best.type, _score(best, kind), best.name)


def _score(numbering: Numbering, kind: str) -> float:
    if kind == numbering.type:
        return CERTAIN
    if kind in ("national_id", "us_ssn"):
        return max(numbering.alone, LIKELY)
    if kind and numbering.alone < CERTAIN:
        return max(0.0, numbering.alone - 0.35)
    return numbering.alone


def named_numbers(subject: Subject) -> Iterator[Found]:
    """The numbers that a word beside them makes someone's: an account's, a patient's, a passport's."""
    if subject.signs.digits < LEAST_NAMED_DIGITS:
        return
    for first, begin in enumerate(subject.codes):
        if begin.linked or is_date_or_ipv4_at(subject.text, begin.start):  # no word reaches over a number
            continue
        last = _whole(subject, first)
        if not LEAST_NAMED_LENGTH <= last.end - begin.start <= MOST_NAMED_LENGTH:
            continue
        if sum(map(str.isdigit, subject.text[begin.start : last.end])) < LEAST_NAMED_DIGITS:
            continue
        kind = subject.kind_beside(begin.start, last.end)
        if kind in NAMED and _may_stand(subject, begin.start, last.end):
            prefix = _PREFIX.search(subject.text[max(0, begin.start - 6) : begin.start])
            start = begin.start - len(prefix[0]) if prefix else begin.start
            yield Found(
                start,
                last.end,
                kind,
                WEAK + 0.1 if kind in ("national_id", "us_ssn") else LIKELY,
                "word beside it",
            )


def _whole(subject: Subject, first: int) -> Code:
    """The last group of the code that begins with this one, all groups parted by the same character."""
    codes, text = subject.codes, subject.text
    last, gap = codes[first], ""
    for code in codes[first + 1 : first + MOST_GROUPS]:
        between = text[last.end : code.start]
        if not code.linked or between not in _PARTING or (gap and between != gap):
            break
        if between == " " and min(len(code.text), len(last.text)) < 2:
            break
        last, gap = code, between
    return last


def _may_stand(subject: Subject, start: int, end: int) -> bool:
    """Whether a code is no price, share or decimal."""
    before, after = subject.text[max(0, start - 2) : start], subject.text[end : end + 2]
    if before[-1:] in tuple("$€£¥") or (before[:1].isdigit() and before[1:] in tuple(".,'")):
        return False
    unit = after.strip()[:1] in tuple("%€°") or after[:1] in tuple("$£¥")
    return not (unit or (after[:1] in tuple(".,") and after[1:].isdigit()))
