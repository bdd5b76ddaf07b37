"""Redaction: e-mail addresses and phone numbers are masked. Pure.

This is all it masks: names, addresses and every other identifier stay, so it is not
de-identification. It errs towards keeping: a run of digits counts as a phone number only when it
is written like one (a leading + or 0, or the North American 3-3-4 form).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

EMAIL_MASK = "[email]"
PHONE_MASK = "[phone]"
PHONE_DIGITS = range(8, 16)
"""How many digits a phone number has."""

# Bounded, and begun only where a word begins, so that no text takes more than linear time.
_EMAIL = re.compile(r"(?<![\w.%+-])[\w.%+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_PHONE = re.compile(
    r"""(?<![\w+.,/-])
    (?: (?:\+|00)\d{1,3}[ ]?(?:\(0\)[ ]?)?(?:[ .\-/()]{0,2}\d){6,13}      # +49 30 23125 123, 0044 …
      | \(?0\d{1,5}\)?(?:[ .\-/]{1,2}\d{2,}){1,4}                         # 01632 960073, (030) 23125-12
      | (?:\+?1[ .-])?(?:\(\d{3}\)[ ]?|\d{3}[ .-])\d{3}[ .-]\d{4}         # (212) 555-0123
    )(?![\w]|[.,-]\d)""",
    re.VERBOSE,
)
_TWO_DIGITS = re.compile(r"\d\d")
_DATE = re.compile(r"0?\d{1,2}[./-]\d{1,2}[./-]\d{2,4}")


@dataclass(frozen=True)
class Redacted:
    """A text with its masks, and how many of each were set."""

    text: str
    emails: int
    phones: int


def redact(text: str) -> Redacted:
    """Mask the e-mail addresses and phone numbers in `text`. Idempotent."""
    emails = phones = 0
    if "@" in text:
        text, emails = _EMAIL.subn(EMAIL_MASK, text)
    if _TWO_DIGITS.search(text):
        text, phones = _without_phones(text)
    return Redacted(text, emails, phones)


def _without_phones(text: str) -> tuple[str, int]:
    masked = 0

    def mask(found: re.Match[str]) -> str:
        nonlocal masked
        digits = sum(letter.isdigit() for letter in found[0])
        if digits not in PHONE_DIGITS or _DATE.fullmatch(found[0]):
            return found[0]
        masked += 1
        return PHONE_MASK

    return _PHONE.sub(mask, text), masked
