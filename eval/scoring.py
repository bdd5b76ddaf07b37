"""From answers to scores: labels parsed, measured with 95% intervals, and compared row by row. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from eval.candidates import parse_label
from eval.metrics import exact_match, validity
from eval.statistics import (
    Interval,
    MetricName,
    bootstrap_interval,
    mcnemar,
    paired_bootstrap_difference,
    wilson,
)

BOOTSTRAPPED: tuple[MetricName, ...] = ("accuracy", "macro_f1")


@dataclass(frozen=True)
class Judged:
    """One candidate's answers to all rows, in the rows' order: as given, as labels, and how long."""

    candidate: str
    outputs: Sequence[str | None]
    labels: Sequence[str | None]
    latencies_s: Sequence[float | None]


@dataclass(frozen=True)
class Score:
    """A candidate's value of one metric; `low` and `high` bound its 95% interval where there is one."""

    candidate: str
    metric: str
    value: float
    low: float | None
    high: float | None
    rows: int
    method: str


@dataclass(frozen=True)
class Difference:
    """Metric of `left` minus metric of `right` on the same rows, with its paired 95% interval.

    `p_mcnemar` is the exact McNemar p value over rows right and wrong; None for other metrics.
    """

    left: str
    right: str
    metric: str
    value: float
    low: float
    high: float
    rows: int
    method: str
    p_mcnemar: float | None = None

    @property
    def excludes_zero(self) -> bool:
        """Whether the difference is there at all, as far as 95% intervals can tell."""
        return self.low > 0.0 or self.high < 0.0


def parsed(output: str | None, labels: Sequence[str]) -> str | None:
    """The label an output names; for a task without labels, the trimmed output itself or None."""
    if labels:
        return parse_label(output, labels)
    return (output or "").strip() or None


def scores(judged: Judged, references: Sequence[str], *, seed: int = 0) -> list[Score]:
    """Every score of one candidate. Latency stands only where rows were timed one at a time."""
    found = [
        _score(judged.candidate, metric, bootstrap_interval(metric, judged.labels, references, seed=seed))
        for metric in BOOTSTRAPPED
    ]
    rows = len(references)
    shares = {
        "exact_match": exact_match(judged.outputs, references),
        "validity": validity(judged.labels, references),
    }
    found += [
        _score(judged.candidate, name, wilson(round(share * rows), rows)) for name, share in shares.items()
    ]
    timed = [latency for latency in judged.latencies_s if latency is not None]
    if timed:
        method = "median of rows answered one at a time"
        found.append(Score(judged.candidate, "latency_p50_s", median(timed), None, None, len(timed), method))
    return found


def differences(
    left: Judged, others: Sequence[Judged], references: Sequence[str], *, seed: int = 0
) -> list[Difference]:
    """`left` minus each of the others, in accuracy and macro-F1."""
    return [
        _difference(metric, left, right, references, seed)
        for right in others
        if right.candidate != left.candidate
        for metric in BOOTSTRAPPED
    ]


def _difference(
    metric: MetricName, left: Judged, right: Judged, references: Sequence[str], seed: int
) -> Difference:
    found = paired_bootstrap_difference(metric, left.labels, right.labels, references, seed=seed)
    p_value = None
    if metric == "accuracy":
        p_value = mcnemar(_right(left.labels, references), _right(right.labels, references))
    return Difference(
        left.candidate,
        right.candidate,
        metric,
        found.value,
        found.low,
        found.high,
        found.rows,
        found.method,
        p_value,
    )


def _right(labels: Sequence[str | None], references: Sequence[str]) -> list[bool]:
    return [label == reference for label, reference in zip(labels, references, strict=True)]


def _score(candidate: str, metric: str, interval: Interval) -> Score:
    return Score(
        candidate, metric, interval.value, interval.low, interval.high, interval.rows, interval.method
    )


def output_rows(
    candidate: str,
    answered: Sequence[Mapping[str, Any]],
    labels: Sequence[str | None],
    references: Sequence[str],
) -> list[dict[str, object]]:
    """The rows of `outputs.parquet` of one candidate, from what its part file holds."""
    return [
        {
            "candidate": candidate,
            **{name: row.get(name) for name in ("record_id", "output", "latency_s", "error")},
            **{name: row.get(name) for name in ("prompt_tokens", "completion_tokens")},
            "label": label,
            "reference": reference,
            "correct": label == reference,
        }
        for row, label, reference in zip(answered, labels, references, strict=True)
    ]
