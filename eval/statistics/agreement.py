"""How far people agree: percent, Cohen's and Fleiss' kappa, Krippendorff's alpha.

A table has a row per record and a column per person; None says that the person gave no answer.
scikit-learn, statsmodels and krippendorff compute the coefficients. Their intervals resample records:
rows that are alike are interchangeable, so a resample is one draw of a multinomial over distinct
rows, and the coefficients of all resamples are taken at once (a test holds them to the libraries').
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt

from eval.statistics.intervals import LEVEL, RESAMPLES, Interval, wilson

Answer = str | int | None
Table = Sequence[Sequence[Answer]]
Level = Literal["nominal", "ordinal"]
Coefficient = Literal["percent", "cohen", "fleiss", "alpha"]
Numbers = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

_ABSENT = -1


def percent_agreement(table: Table) -> float | None:
    """The share of pairs of answers to a record that are equal, 0-1, higher is better, mean over records.

    Records with fewer than two answers do not count; None where none is left.
    """
    codes, _ = _coded(_shared(table))
    return _value(_percents(codes, np.ones((1, len(codes))))) if len(codes) else None


def cohens_kappa(table: Table) -> float | None:
    """Agreement of two people beyond chance, -1 to 1, higher is better, 0 is chance (scikit-learn's).

    Cohen (1960). Only records that both answered count. None where none is left, and where both
    always gave the same one answer: chance alone would have agreed. Raises ValueError for a table
    that is not of two people.
    """
    from sklearn.metrics import cohen_kappa_score

    codes, size = _coded(_of_two(table))
    if not len(codes) or size < 2:
        return None
    return float(cohen_kappa_score(codes[:, 0], codes[:, 1]))


def fleiss_kappa(table: Table) -> float | None:
    """Agreement of any people beyond chance, up to 1, higher is better, 0 is chance (statsmodels').

    Fleiss (1971). It asks for equally many answers to each record: those with the most frequent
    number of two or more answers count (of equally frequent numbers the larger). None where no
    record is left, and where all answers are one.
    """
    from statsmodels.stats.inter_rater import fleiss_kappa as computed

    codes, size = _coded(_evenly(table))
    if not len(codes) or size < 2:
        return None
    return float(computed(_counted(codes, size)))


def krippendorffs_alpha(table: Table, level: Level = "nominal") -> float | None:
    """Agreement of any people beyond chance, up to 1, higher is better, 0 is chance (krippendorff's).

    Krippendorff (2011). Takes records with any number of answers; those with fewer than two do not
    count. With `ordinal`, answers are numbers and near ones disagree less. None where no record is
    left, and where all answers are one.
    """
    import krippendorff

    codes, size = _coded(_shared(table))
    if not len(codes) or size < 2:
        return None
    counts = _counted(codes, size)
    return float(krippendorff.alpha(value_counts=counts, level_of_measurement=level))


def agreement(
    table: Table,
    coefficient: Coefficient,
    *,
    level: Level = "nominal",
    resamples: int = RESAMPLES,
    confidence: float = LEVEL,
    seed: int = 0,
) -> Interval | None:
    """A coefficient with its percentile bootstrap interval over records; `rows` are those that counted.

    `level` is for alpha alone. A percentage of 0 or 1 gets the Wilson interval, because all its
    resamples would be equal. Resamples in which the coefficient has no value are left out, and
    `method` says how many. None where the coefficient itself has no value.
    """
    kept, value, formula = _chosen(table, coefficient, level)
    if value is None:
        return None
    codes, _ = _coded(kept)
    if coefficient == "percent" and value in (0.0, 1.0):
        return wilson(value * len(codes), len(codes), level=confidence)
    cells, counts = np.unique(codes, axis=0, return_counts=True)
    drawn = np.random.default_rng(seed).multinomial(len(codes), counts / len(codes), size=resamples)
    draws = formula(cells, drawn.astype(np.float64))
    found = draws[~np.isnan(draws)]
    low, high = np.quantile(found, [(1 - confidence) / 2, (1 + confidence) / 2])
    words = f"bootstrap over records, {len(found):,} resamples, {confidence:.0%} percentile"
    if len(found) < len(draws):
        words += f"; {len(draws) - len(found):,} more had one answer only and no value"
    if low == high:
        words += "; every resample was equal, so it says nothing about the error"
    return Interval(value, float(low), float(high), len(codes), words)


Formula = Callable[[Codes, Numbers], Numbers]


def _chosen(table: Table, coefficient: Coefficient, level: Level) -> tuple[Table, float | None, Formula]:
    """The records that count, the coefficient's value, and what gives it for many resamples at once."""
    if coefficient == "percent":
        return _shared(table), percent_agreement(table), _percents
    if coefficient == "cohen":
        return _of_two(table), cohens_kappa(table), _cohens
    if coefficient == "fleiss":
        return _evenly(table), fleiss_kappa(table), _fleisses
    if coefficient == "alpha":
        return (
            _shared(table),
            krippendorffs_alpha(table, level),
            _ordinal_alphas if level == "ordinal" else _alphas,
        )
    raise ValueError(f"no coefficient of agreement is called {coefficient!r}")


def _shared(table: Table) -> Table:
    return [row for row in table if sum(answer is not None for answer in row) > 1]


def _of_two(table: Table) -> Table:
    if any(len(row) != 2 for row in table):
        raise ValueError(f"Cohen's kappa is of two people, not of {sorted({len(row) for row in table})}")
    return _shared(table)


def _evenly(table: Table) -> Table:
    shared = _shared(table)
    answers = Counter(sum(answer is not None for answer in row) for row in shared)
    if not answers:
        return []
    usual = max(answers, key=lambda number: (answers[number], number))
    return [row for row in shared if sum(answer is not None for answer in row) == usual]


def _coded(table: Table) -> tuple[Codes, int]:
    """Answers as numbers in their order, -1 for none, `(records, people)`; and how many different ones."""
    values = {answer for row in table for answer in row if answer is not None}
    ordered = sorted(values, key=lambda answer: (isinstance(answer, str), answer))
    codes = {answer: code for code, answer in enumerate(ordered)}
    coded = [[_ABSENT if answer is None else codes[answer] for answer in row] for row in table]
    people = len(table[0]) if table else 0
    return np.array(coded, dtype=np.int64).reshape(len(table), people), len(ordered)


def _counted(codes: Codes, size: int) -> Codes:
    """How often each answer was given to each record: `(records, answers)`."""
    counts = np.zeros((len(codes), size), dtype=np.int64)
    for person in codes.T:
        given = person != _ABSENT
        counts[np.flatnonzero(given), person[given]] += 1
    return counts


def _tallied(cells: Codes) -> Numbers:
    return _counted(cells, int(cells.max()) + 1).astype(np.float64)


def _percents(cells: Codes, drawn: Numbers) -> Numbers:
    """`drawn` is `(resamples, cells)`: how often each distinct row occurs; the answer `(resamples,)`."""
    counts = _tallied(cells)
    people = counts.sum(axis=1)
    agreeing = (counts * (counts - 1)).sum(axis=1) / (people * (people - 1))
    return np.asarray((drawn @ agreeing) / drawn.sum(axis=1), dtype=np.float64)


def _cohens(cells: Codes, drawn: Numbers) -> Numbers:
    size = int(cells.max()) + 1
    records = drawn.sum(axis=1)
    first, second = (drawn @ np.eye(size)[person] for person in cells.T)
    seen = (drawn @ (cells[:, 0] == cells[:, 1])) / records
    return _beyond(seen, (first * second).sum(axis=1) / records**2)


def _fleisses(cells: Codes, drawn: Numbers) -> Numbers:
    given = drawn @ _tallied(cells)
    shares = given / given.sum(axis=1, keepdims=True)
    return _beyond(_percents(cells, drawn), (shares**2).sum(axis=1))


def _alphas(cells: Codes, drawn: Numbers) -> Numbers:
    counts = _tallied(cells)
    given = drawn @ counts
    answers = given.sum(axis=1)
    alike = drawn @ ((counts * (counts - 1)).sum(axis=1) / (counts.sum(axis=1) - 1))
    expected = (answers**2 - (given**2).sum(axis=1)) / (answers - 1)
    return _beyond(1.0 - (answers - alike), 1.0 - expected)


def _ordinal_alphas(cells: Codes, drawn: Numbers) -> Numbers:
    counts = _tallied(cells)
    size = counts.shape[1]
    pairs = counts[:, :, None] * counts[:, None, :] - np.eye(size) * counts[:, :, None]
    weighed = (pairs / (counts.sum(axis=1) - 1)[:, None, None]).reshape(len(cells), -1)
    given = drawn @ counts
    upto = np.cumsum(given, axis=1) - given / 2  # the middle of each answer's place in the order
    apart = (upto[:, :, None] - upto[:, None, :]) ** 2
    seen = ((drawn @ weighed).reshape(len(drawn), size, size) * apart).sum(axis=(1, 2))
    chance = (given[:, :, None] * given[:, None, :] * apart).sum(axis=(1, 2))
    return _beyond(1.0 - seen, 1.0 - chance / (given.sum(axis=1) - 1))


def _beyond(seen: Numbers, chance: Numbers) -> Numbers:
    """`(seen - chance) / (1 - chance)`; not a number where chance leaves no room."""
    room = 1.0 - chance
    full = np.abs(room) < 1e-12
    return np.where(full, np.nan, 1.0 - (1.0 - seen) / np.where(full, 1.0, room))


def _value(draws: Numbers) -> float:
    return float(draws[0])
