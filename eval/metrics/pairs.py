"""What every measure asks of its two arguments."""

from __future__ import annotations

from collections.abc import Sequence


def check_pairs(predictions: Sequence[str | None], references: Sequence[str]) -> None:
    """Raise ValueError unless there is at least one pair and both sides have as many."""
    if len(predictions) != len(references):
        raise ValueError(f"{len(predictions)} predictions for {len(references)} references")
    if not references:
        raise ValueError("a measure needs at least one pair")
