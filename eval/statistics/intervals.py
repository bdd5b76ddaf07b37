"""How sure a figure is: bootstrap intervals, paired differences, Wilson, McNemar. Pure.

The bootstrap resamples rows. Rows that share their (reference, prediction) are interchangeable,
so a resample is one draw of a multinomial over those cells: the same distribution as drawing
rows one by one, at a cost that does not grow with the rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

MetricName = Literal["accuracy", "macro_f1"]
Counts = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float64]

RESAMPLES = 2000
LEVEL = 0.95
_CHUNK = 250  # resamples held at once, bounds memory at 250 x cells


@dataclass(frozen=True)
class Interval:
    """An estimate with its interval at `level`; `method` says in words how it was made."""

    value: float
    low: float
    high: float
    rows: int
    method: str

    @property
    def excludes_zero(self) -> bool:
        """Whether zero lies outside the interval: for a difference, whether it is a real one."""
        return self.low > 0.0 or self.high < 0.0


def bootstrap_interval(
    metric: MetricName,
    predictions: Sequence[str | None],
    references: Sequence[str],
    *,
    resamples: int = RESAMPLES,
    level: float = LEVEL,
    seed: int = 0,
) -> Interval:
    """The metric with its percentile bootstrap interval over rows.

    When all rows are right, or all wrong, every resample is equal and a bootstrap would claim
    certainty: accuracy then gets the Wilson interval, macro-F1 keeps the point, and `method` says so.

    Raises ValueError for no rows, unequal lengths or an unknown metric.
    """
    cells, counts, classes = _cells(references, predictions)
    value = _score(metric, cells[:, 0], cells[:, 1], counts[None, :], classes)[0]
    rows = len(references)
    if metric == "accuracy" and value in (0.0, 1.0):
        return wilson(value * rows, rows, level=level)
    draws = np.concatenate(
        [
            _score(metric, cells[:, 0], cells[:, 1], drawn, classes)
            for drawn in _resamples(counts, resamples, seed)
        ]
    )
    return _interval(float(value), draws, rows, level, "bootstrap over rows")


def paired_bootstrap_difference(
    metric: MetricName,
    left: Sequence[str | None],
    right: Sequence[str | None],
    references: Sequence[str],
    *,
    resamples: int = RESAMPLES,
    level: float = LEVEL,
    seed: int = 0,
) -> Interval:
    """Metric of `left` minus metric of `right` on the same rows, resampling rows for both together.

    Positive means `left` is better. Raises ValueError for no rows or unequal lengths.
    """
    cells, counts, classes = _cells(references, left, right)
    wanted, ours, theirs = cells.T

    def difference(drawn: Counts) -> Scores:
        return _score(metric, wanted, ours, drawn, classes) - _score(metric, wanted, theirs, drawn, classes)

    draws = np.concatenate([difference(drawn) for drawn in _resamples(counts, resamples, seed)])
    value = float(difference(counts[None, :])[0])
    return _interval(value, draws, len(references), level, "paired bootstrap over rows")


def wilson(successes: float, trials: int, *, level: float = LEVEL) -> Interval:
    """A share with its Wilson score interval; `successes` may hold halves (ties).

    Wilson (1927), JASA 22. With no trials the value is 0.5 and the interval 0 to 1.
    Raises ValueError unless 0 <= successes <= trials.
    """
    if not 0 <= successes <= trials:
        raise ValueError(f"{successes} successes of {trials} trials")
    method = f"Wilson score, {level:.0%}"
    if trials == 0:
        return Interval(0.5, 0.0, 1.0, 0, method)
    from scipy.special import ndtri

    z = float(ndtri(0.5 + level / 2))
    share = successes / trials
    centre = (share + z**2 / (2 * trials)) / (1 + z**2 / trials)
    half = z / (1 + z**2 / trials) * float(np.sqrt(share * (1 - share) / trials + z**2 / (4 * trials**2)))
    low = 0.0 if successes == 0 else max(0.0, centre - half)
    high = 1.0 if successes == trials else min(1.0, centre + half)
    return Interval(share, low, high, trials, method)


def mcnemar(left_right: Sequence[bool], right_right: Sequence[bool]) -> float:
    """The exact McNemar p value: how likely so uneven a split of the disagreements is by chance, 0-1.

    Takes, per row, whether each side was right. 1.0 where they never disagree.
    Raises ValueError for unequal lengths.
    """
    from scipy.stats import binomtest

    pairs = list(zip(left_right, right_right, strict=True))
    only_left = sum(ours and not theirs for ours, theirs in pairs)
    only_right = sum(theirs and not ours for ours, theirs in pairs)
    if only_left + only_right == 0:
        return 1.0
    return float(binomtest(only_left, only_left + only_right, 0.5).pvalue)


def _cells(references: Sequence[str], *answers: Sequence[str | None]) -> tuple[Counts, Counts, int]:
    """Distinct (reference, answer…) rows as class codes, how often each occurs, number of classes.

    Code `classes` stands for every answer that is no reference's class.
    """
    if not references or any(len(side) != len(references) for side in answers):
        raise ValueError(f"{[len(side) for side in answers]} answers for {len(references)} references")
    codes: dict[str | None, int] = {label: code for code, label in enumerate(sorted(set(references)))}
    outside = len(codes)
    coded = [[codes[label] for label in references]]
    coded += [[codes.get(label, outside) for label in side] for side in answers]
    cells, counts = np.unique(np.array(coded, dtype=np.int64).T, axis=0, return_counts=True)
    return cells, counts.astype(np.int64), outside


def _resamples(counts: Counts, resamples: int, seed: int) -> list[Counts]:
    """`resamples` draws of as many rows, as counts per cell, in chunks `(chunk, cells)`."""
    generator = np.random.default_rng(seed)
    rows = int(counts.sum())
    sizes = [min(_CHUNK, resamples - start) for start in range(0, resamples, _CHUNK)]
    return [generator.multinomial(rows, counts / rows, size=size) for size in sizes]


def _score(metric: MetricName, wanted: Counts, given: Counts, drawn: Counts, classes: int) -> Scores:
    """The metric of each resample: `drawn` is `(resamples, cells)`, the answer `(resamples,)`."""
    right = wanted == given
    if metric == "accuracy":
        return np.asarray(drawn[:, right].sum(axis=1) / drawn.sum(axis=1), dtype=np.float64)
    if metric != "macro_f1":
        raise ValueError(f"no bootstrap for metric {metric!r}")
    support = _per_class(drawn, wanted, classes)
    predicted = _per_class(drawn, given, classes)
    hits = _per_class(drawn[:, right], wanted[right], classes)
    present = support > 0  # macro-F1 is over the classes that occur among the references
    f1 = np.divide(2.0 * hits, support + predicted, out=np.zeros(hits.shape), where=present)
    return np.asarray(f1.sum(axis=1) / present.sum(axis=1), dtype=np.float64)


def _per_class(drawn: Counts, codes: Counts, classes: int) -> Counts:
    """Rows per class and resample: `(resamples, classes)`; codes outside the classes are dropped."""
    summed = np.zeros((drawn.shape[0], classes + 1), dtype=np.int64)
    order = np.argsort(codes, kind="stable")
    if order.size:
        found, starts = np.unique(codes[order], return_index=True)
        summed[:, found] = np.add.reduceat(drawn[:, order], starts, axis=1)
    return summed[:, :classes]


def _interval(value: float, draws: Scores, rows: int, level: float, method: str) -> Interval:
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2])
    words = f"{method}, {len(draws):,} resamples, {level:.0%} percentile"
    if low == high:
        words += "; every resample was equal, so it says nothing about the error"
    return Interval(value, float(low), float(high), rows, words)
