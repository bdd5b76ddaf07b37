"""A policy as people write it: JSON in a file, or what a form holds; what is wrong with it in a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from curation.redaction.policy import CustomRecogniser, Policy
from storage.errors import InvalidInput


def parsed(written: str | bytes | Mapping[str, Any]) -> Policy:
    """The policy written as JSON, or as what JSON becomes in Python.

    Raises InvalidInput for a setting that does not exist or has an impossible value, also for a
    country that has no telephone numbers: "UK" would otherwise find nothing and say nothing.
    """
    try:
        if isinstance(written, str | bytes):
            policy = Policy.model_validate_json(written)
        else:
            policy = Policy.model_validate(written)
    except ValidationError as fault:
        raise _refusal(fault, "policy") from fault
    unknown = [region for region in policy.phone_regions if region not in regions()]
    if unknown:
        raise InvalidInput(
            f"There are no telephone numbers of the country {unknown[0]!r}.",
            next_step="Write countries as ISO 3166 does: GB, not UK.",
        )
    return policy


def regions() -> frozenset[str]:
    """The countries (ISO 3166) whose telephone numbers are known."""
    from phonenumbers import SUPPORTED_REGIONS

    return frozenset(SUPPORTED_REGIONS)


def recogniser(written: Mapping[str, Any]) -> CustomRecogniser:
    """A recogniser of the task's own. Raises InvalidInput as `parsed`."""
    try:
        return CustomRecogniser.model_validate(written)
    except ValidationError as fault:
        raise _refusal(fault, "recogniser") from fault


def _refusal(fault: ValidationError, what: str) -> InvalidInput:
    first = fault.errors(include_url=False)[0]
    place = ".".join(map(str, first["loc"]))
    if not place:
        return InvalidInput(f"The {what} cannot be used: {first['msg']}.", next_step="It is a JSON object.")
    if first["type"] == "string_pattern_mismatch" and first["loc"][-1] == "name":
        return InvalidInput(
            f"{first['input']!r} cannot be the name of a recogniser.",
            next_step="Write up to 40 small letters and underscores, such as order_number.",
        )
    return InvalidInput(
        f"The {what}'s {place} is {first['input']!r}: {first['msg']}.", next_step="Correct or remove it."
    )
