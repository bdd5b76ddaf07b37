"""Which digits are a telephone number somewhere: the numbering plans of `phonenumbers`, as plain patterns.

`phonenumbers.parse` takes about 50 microseconds a number; matching the patterns that it carries takes one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

LONGEST_NUMBER = 15
"""Digits with the country code (ITU-T E.164)."""


@dataclass(frozen=True)
class _Plan:
    country_code: int
    trunk: str
    valid: re.Pattern[str]
    lengths: frozenset[int]


@cache
def _plan(region: str) -> _Plan | None:
    from phonenumbers import PhoneMetadata

    metadata = PhoneMetadata.metadata_for_region(region, None)
    if metadata is None or metadata.general_desc is None:
        return None
    general = metadata.general_desc
    return _Plan(
        country_code=metadata.country_code or 0,
        trunk=metadata.national_prefix or "",
        valid=re.compile(general.national_number_pattern or "(?!)"),
        lengths=frozenset(general.possible_length),
    )


@cache
def _plans_of_country(country_code: int) -> tuple[_Plan, ...]:
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

    regions = COUNTRY_CODE_TO_REGION_CODE.get(country_code, ())
    return tuple(plan for plan in map(_plan, regions) if plan)


def international(digits: str) -> tuple[bool, bool]:
    """Whether digits that begin with a country code have a possible length, and whether they are valid."""
    if not digits or digits[0] == "0":
        return False, False
    possible = False
    for length in (1, 2, 3):
        for plan in _plans_of_country(int(digits[:length])):
            rest = digits[length:]
            forms = [rest, rest[len(plan.trunk) :]] if plan.trunk and rest.startswith(plan.trunk) else [rest]
            if any(plan.valid.fullmatch(form) for form in forms):
                return True, True
            possible = possible or any(len(form) in plan.lengths for form in forms)
    return possible, False


def national(digits: str, regions: Sequence[str]) -> bool:
    """Whether digits are a valid number as dialled inside one of these regions (ISO 3166 codes)."""
    for region in regions:
        plan = _plan(region)
        if plan is None:
            continue
        trunk = plan.trunk
        form = digits[len(trunk) :] if trunk and digits.startswith(trunk) else digits
        if len(form) in plan.lengths and plan.valid.fullmatch(form):
            return True
    return False


def e164(digits: str, regions: Sequence[str]) -> str:
    """One form for all ways to write a number: with its country code if that can be told, else the digits."""
    bare = digits.removeprefix("00").removeprefix("011") if digits.startswith(("00", "011")) else digits
    for region in regions:
        plan = _plan(region)
        if plan is None:
            continue
        code = str(plan.country_code)
        for start, form in ((code, bare[len(code) :]), ("", bare)):
            if bare.startswith(start):
                form = form[len(plan.trunk) :] if plan.trunk and form.startswith(plan.trunk) else form
                if plan.valid.fullmatch(form):
                    return f"+{code}{form}"
    return bare
