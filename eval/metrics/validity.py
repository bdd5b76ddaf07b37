"""Validity: how often there is an answer inside the label set at all, right or wrong."""

from __future__ import annotations

from collections.abc import Sequence

from eval.metrics.pairs import check_pairs


def validity(predictions: Sequence[str | None], references: Sequence[str]) -> float:
    """Share of predictions that are not None, 0-1, higher is better; the references are only counted.

    Raises ValueError for no rows or unequal lengths.
    """
    check_pairs(predictions, references)
    return sum(given is not None for given in predictions) / len(references)
