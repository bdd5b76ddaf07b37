"""International bank account numbers, checked by length and check digits (ISO 13616)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from curation.redaction.spans import CERTAIN, LIKELY, Found
from curation.redaction.subject import LONGEST_GAP, Subject

_REGISTRY = """
    AD:24 AE:23 AL:28 AT:20 AZ:28 BA:20 BE:16 BG:22 BH:22 BI:27 BR:29 BY:28 CH:21 CR:22 CY:28
    CZ:24 DE:22 DJ:27 DK:18 DO:28 EE:20 EG:29 ES:24 FI:18 FK:18 FO:18 FR:27 GB:22 GE:22 GI:23
    GL:18 GR:27 GT:28 HN:28 HR:21 HU:28 IE:22 IL:23 IQ:23 IS:26 IT:27 JO:30 KW:30 KZ:20 LB:28
    LC:32 LI:21 LT:20 LU:20 LV:21 LY:25 MC:27 MD:24 ME:22 MK:19 MN:20 MR:27 MT:31 MU:30 NI:28
    NL:18 NO:15 OM:23 PK:24 PL:28 PS:29 PT:25 QA:29 RO:24 RS:22 RU:33 SA:24 SC:31 SD:18 SE:24
    SI:19 SK:24 SM:27 SO:23 ST:25 SV:28 TL:23 TN:24 TR:26 UA:29 VA:22 VG:24 XK:20 YE:30
"""
LENGTHS = {code: int(length) for code, length in (pair.split(":") for pair in _REGISTRY.split())}
"""Characters of an IBAN by country (SWIFT IBAN registry, release 100)."""
LEAST_DIGITS = 7

_BEGINS = re.compile(r"(?<![A-Za-z0-9])([A-Za-z]{2}) ?[0-9]{2}")
_NEXT = re.compile(rf"[ \t\r\n.\-/]{{0,{LONGEST_GAP}}}([A-Za-z0-9]+)")


def ibans(subject: Subject) -> Iterator[Found]:
    """IBANs, in any grouping and case; one with wrong check digits counts only after the word IBAN."""
    if subject.signs.digits < LEAST_DIGITS:
        return
    text = subject.text
    for begin in _BEGINS.finditer(text):
        length = LENGTHS.get(begin[1].upper())
        read = _read(text, begin, length) if length else None
        if read is None:
            continue
        end, number = read
        if _mod_97(number) == 1:
            yield Found(begin.start(), end, "iban", CERTAIN, "IBAN")
        elif subject.kind_beside(begin.start(), end) == "iban":
            yield Found(begin.start(), end, "iban", LIKELY - 0.1, "IBAN, wrong check digits")


def _read(text: str, begin: re.Match[str], length: int) -> tuple[int, str] | None:
    """Where an IBAN of this length ends, and its characters; None if what stands there has another length."""
    number, end = begin[0].replace(" ", ""), begin.end()
    while len(number) < length:
        more = _NEXT.match(text, end, end + LONGEST_GAP + length)
        if more is None:
            return None
        number, end = number + more[1], more.end()
    following = text[end : end + 1]
    if len(number) > length or (following.isascii() and following.isalnum()):
        return None
    return end, number.upper()


def _mod_97(number: str) -> int:
    """The remainder that is 1 for a valid IBAN: letters are 10 to 35, the first four characters go last."""
    return int("".join(str(int(letter, 36)) for letter in number[4:] + number[:4])) % 97
