"""Exact match: how often the raw output is the reference, character for character."""

from __future__ import annotations

from collections.abc import Sequence

from eval.metrics.pairs import check_pairs


def exact_match(predictions: Sequence[str | None], references: Sequence[str]) -> float:
    """Share of outputs equal to the reference after trimming outer white space, 0-1, higher is better.

    Stricter than accuracy over parsed labels: the right label in quotes or in another case does
    not match. None counts as wrong. Raises ValueError for no rows or unequal lengths.
    """
    check_pairs(predictions, references)
    right = sum(
        given is not None and given.strip() == wanted.strip()
        for given, wanted in zip(predictions, references, strict=True)
    )
    return right / len(references)
