"""Outputs that are one label of a set, or several."""

from __future__ import annotations

import json
from collections.abc import Sequence

from pydantic import TypeAdapter, ValidationError

from storage.errors import InvalidInput

MOST_HELD = 16
_held: dict[int, tuple[Sequence[str], frozenset[str]]] = {}  # by identity; holding it keeps that its own
_NAMES: TypeAdapter[list[str]] = TypeAdapter(list[str])


def one(labels: Sequence[str], output: str) -> str:
    """`output`, which is one of `labels`. Raises InvalidInput."""
    chosen = output.strip()
    if chosen not in _set_of(labels):
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


def _set_of(labels: Sequence[str]) -> frozenset[str]:
    """The labels as a set, made once: thousands of outputs are checked against one label set."""
    held = _held.get(id(labels))
    if held is None or held[0] is not labels:
        if len(_held) >= MOST_HELD:
            _held.clear()
        held = _held[id(labels)] = (labels, frozenset(labels))
    return held[1]
