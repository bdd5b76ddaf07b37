"""Accuracy: how often the predicted label is the reference."""

from __future__ import annotations

from collections.abc import Sequence

from eval.metrics.pairs import check_pairs


def accuracy(predictions: Sequence[str | None], references: Sequence[str]) -> float:
    """Share of rows whose prediction equals the reference, 0-1, higher is better.

    A prediction of None counts as wrong. Raises ValueError for no rows or unequal lengths.
    """
    check_pairs(predictions, references)
    right = sum(given == wanted for given, wanted in zip(predictions, references, strict=True))
    return right / len(references)
