"""The form of a review, read back whoever filled it in.

Argilla's own UI shows the same questions, so an answer given there may hold anything a person can
type: reading it never fails, and what it means is decided by `curation.datasets`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from curation.review_rows import DISCARDED
from storage.argilla_client import Provenance
from storage.argilla_client.review_shape import (
    DECISION,
    ERROR_TAGS,
    NOTE,
    OUTPUT,
    PROVENANCE,
    TEACHER_OUTPUT,
    ratings_in,
)

LABEL_ID = "label_id"
"""The metadata that names the label a record shows."""

_CODES: TypeAdapter[list[str]] = TypeAdapter(list[str])


@dataclass(frozen=True)
class Filled:
    """A response read back. `output` is None where the person left it empty."""

    decision: str
    output: str | None
    error_tags: tuple[str, ...]
    note: str
    ratings: Mapping[str, int]
    provenance: Provenance


def field_names(columns: Sequence[str]) -> dict[str, str]:
    """A name Argilla accepts for each input column, the same for the same columns always."""
    names: dict[str, str] = {}
    taken = {TEACHER_OUTPUT}
    for number, column in enumerate(columns, start=1):
        plain = re.sub(r"[^a-z0-9_-]+", "_", column.lower()).strip("_-") or f"input_{number}"
        names[column] = plain if plain not in taken else f"{plain}_{number}"
        taken.add(names[column])
    return names


def read(answers: Mapping[str, Any], status: str) -> Filled:
    """A response as it stands in Argilla; one that its own button discarded keeps no output."""
    discarded = status == DISCARDED
    return Filled(
        decision=DISCARDED if discarded else str(answers.get(DECISION) or ""),
        output=None if discarded else str(answers.get(OUTPUT) or "").strip() or None,
        error_tags=_codes(str(answers.get(ERROR_TAGS) or "")),
        note=str(answers.get(NOTE) or ""),
        ratings=ratings_in(answers),
        provenance=_provenance(str(answers.get(PROVENANCE) or "")),
    )


def _codes(text: str) -> tuple[str, ...]:
    """A JSON list of codes; from a person at Argilla's own form, perhaps codes with commas between."""
    try:
        return tuple(_CODES.validate_json(text))
    except ValidationError:
        return tuple(code.strip() for code in text.split(",") if code.strip())


def _provenance(text: str) -> Provenance:
    try:
        return Provenance.model_validate_json(text)
    except ValidationError:
        return Provenance()
