"""Measures of predictions against references: one small pure function per file, by name in `METRICS`.

Every measure takes `(predictions, references)`, two sequences of the same length. A prediction
of None stands for an answer that is not in the label set: it counts as wrong, never as missing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from eval.metrics.accuracy import accuracy
from eval.metrics.exact_match import exact_match
from eval.metrics.macro_f1 import macro_f1
from eval.metrics.validity import validity

Metric = Callable[[Sequence[str | None], Sequence[str]], float]

METRICS: dict[str, Metric] = {
    "accuracy": accuracy,
    "macro_f1": macro_f1,
    "exact_match": exact_match,
    "validity": validity,
}

__all__ = ["METRICS", "Metric", "accuracy", "exact_match", "macro_f1", "validity"]
