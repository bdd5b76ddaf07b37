"""Outputs that are one label of a set, or several."""

from __future__ import annotations

import json
from collections.abc import Sequence

from pydantic import TypeAdapter, ValidationError

from storage.errors import InvalidInput

_NAMES: TypeAdapter[list[str]] = TypeAdapter(list[str])


def one(labels: Sequence[str], output: str) -> str:
    """`output`, which is one of `labels`. Raises InvalidInput."""
    chosen = output.strip()
    if chosen not in labels:
        raise InvalidInput(
            f'"{chosen}" is not one of the {len(labels)} labels.',
            next_step="Choose one of them, or discard it.",
        )
    return chosen


def several(labels: Sequence[str], output: str) -> str:
    """A JSON list of those of `labels` that `output` names, in the order of `labels`.

    `output` is such a list, or has a label a line. An empty list says that none applies.
    Raises InvalidInput for one that is not among `labels`.
    """
    chosen = {one(labels, name) for name in names(output)}
    return json.dumps([label for label in labels if label in chosen], ensure_ascii=False)


def names(output: str) -> list[str]:
    """What an output of several labels names, checked against nothing."""
    try:
        return _NAMES.validate_json(output)
    except ValidationError:
        return [line.strip() for line in output.splitlines() if line.strip()]
