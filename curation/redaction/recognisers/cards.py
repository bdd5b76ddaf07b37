"""Payment card numbers: the ranges and lengths of the card networks, and the check digit (ISO/IEC 7812)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from curation.redaction.context import OTHER
from curation.redaction.spans import CERTAIN, LIKELY, WEAK, Found
from curation.redaction.subject import Code, Subject

LEAST_DIGITS, MOST_DIGITS = 12, 19
MOST_GROUPS = 8

_NETWORKS = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})"  # Visa
    r"|(?:5[1-5]\d\d|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}"  # Mastercard
    r"|3[47]\d{13}"  # American Express
    r"|(?:6011|64[4-9]\d|65\d\d)\d{12,15}"  # Discover
    r"|3(?:0[0-59]|[689]\d)\d{11,16}"  # Diners Club
    r"|35\d{14,17}|(?:2131|1800)\d{11}"  # JCB
    r"|62\d{14,17}|81\d{14}|60\d{14}|508\d{13}"  # UnionPay, RuPay
    r"|220[0-4]\d{12}"  # Mir
    r"|(?:5018|5020|5038|5[678]\d\d|6304|6759|676[1-3])\d{8,15}"  # Maestro
)
_PRINTED = re.compile(r"(?:\d{4}[ -]){3,4}\d{1,4}|\d{4}[ -]\d{6}[ -]\d{4,5}")
"""The groups in which numbers stand on cards."""
_FIRST = frozenset("1234568")
_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


def cards(subject: Subject) -> Iterator[Found]:
    """Card numbers in any grouping. One beside a word such as "order" or "tracking" is doubtful."""
    if subject.signs.digits < LEAST_DIGITS:
        return
    codes = subject.codes
    for first, code in enumerate(codes):
        if code.text[0] not in _FIRST or not code.is_number:
            continue
        for end, number in _windows(codes, first):
            if not has_luhn_digit(number) or not subject.stands_alone(code.start, end):
                continue
            kind = subject.kind_beside(code.start, end)
            if kind != "card" and not _NETWORKS.fullmatch(number):
                continue
            score = CERTAIN
            if kind == OTHER:
                score = LIKELY if _PRINTED.fullmatch(subject.text, code.start, end) else WEAK
            yield Found(code.start, end, "card", score, "card")


def _windows(codes: list[Code], first: int) -> Iterator[tuple[int, str]]:
    """The numbers of 12 to 19 digits that begin with this group: where each ends, and its digits."""
    number = ""
    for code in codes[first : first + MOST_GROUPS]:
        if number and not (code.linked and code.is_number):
            return
        number += code.text
        if len(number) > MOST_DIGITS:
            return
        if len(number) >= LEAST_DIGITS:
            yield code.end, number


def has_luhn_digit(number: str) -> bool:
    """Whether the last of these digits is the check digit of the others (ISO/IEC 7812-1, annex B)."""
    digits = [ord(letter) - 48 for letter in reversed(number)]
    return (sum(digits[::2]) + sum(_DOUBLED[digit] for digit in digits[1::2])) % 10 == 0
