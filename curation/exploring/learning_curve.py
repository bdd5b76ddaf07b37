"""How much more labels would help: accuracy at 25, 50, 75 and 100% of them, and what the next 100 would add.

A proxy model (`curation.exploring.proxy`) learns from parts of the labelled records and answers the
others, several times with other parts. A power law through the points says how the curve goes on.
The student is another model: the curve tells whether more labels still help, not how good it gets.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from curation.exploring import power_law, proxy
from curation.exploring.labelled import Whose, read
from curation.exploring.power_law import Numbers
from curation.tasks import Task
from storage.errors import InvalidInput
from storage.project import Project

SHARES = (0.25, 0.5, 0.75, 1.0)
SEEDS = 4
FOLDS = 5
MORE = 100
RESAMPLES = 1_000
LEVEL = 0.95
LEAST_ROWS = 100
MOST_ROWS = 10_000
MOST_CLASSES = 100
_CHUNK = 100

Right = npt.NDArray[np.bool_]
Progress = Callable[[int, int], None]
"""Called with how many models were trained, out of how many."""


@dataclass(frozen=True)
class Point:
    """The proxy's accuracy (0-1) after learning from so many labels, with its 95% interval.

    The last point has four fifths of the labels: on the rest the answers are asked for.
    """

    labels: int
    accuracy: float
    low: float
    high: float


@dataclass(frozen=True)
class LearningCurve:
    """The points, and what the next `more` labels are predicted to add to accuracy, with its 95% interval.

    `gain` is a difference of accuracies (0.01 is one point), counted from all labels there are: `of`,
    of which `labels` were used. `limit` is the accuracy the fitted law tends to, `exponent` how fast.
    `left_out` are the labels that too few records have, or beyond the 100 most frequent.
    """

    points: tuple[Point, ...]
    labels: int
    more: int
    gain: float
    gain_low: float
    gain_high: float
    limit: float
    exponent: float
    left_out: tuple[tuple[str, int], ...]
    of: int


def curve_of(
    project: Project, task: Task, whose: Whose = "people", *, progress: Progress | None = None
) -> LearningCurve:
    """The curve of a task's labels by people, or by the teacher. It takes seconds to minutes.

    Raises InvalidInput for a task without one label per record, and where there are too few labels.
    """
    rows = read(project, task, whose, most=MOST_ROWS)
    return measured(rows.texts, rows.labels, rows.clusters, of=rows.of, progress=progress)


def measured(
    texts: Sequence[str],
    labels: Sequence[str],
    clusters: Sequence[Hashable],
    *,
    more: int = MORE,
    seeds: int = SEEDS,
    of: int | None = None,
    progress: Progress | None = None,
) -> LearningCurve:
    """As `curve_of`, of these texts. `clusters` says which of them are copies of each other.

    Raises InvalidInput for fewer than 100 texts in labels of five clusters and more, or one such label.
    """
    kept, left_out = proxy.frequent_classes(labels, clusters, least=FOLDS, most=MOST_CLASSES)
    places = [place for place, label in enumerate(labels) if label in kept]
    if len(places) < LEAST_ROWS or len(kept) < 2:
        raise InvalidInput(
            f"{len(places):,} labelled records with {len(kept)} labels are too few for a learning curve.",
            next_step=f"Label more: it takes {LEAST_ROWS} records, and two labels with "
            f"{FOLDS} different records each.",
        )
    labelled = proxy.prepared(
        [texts[place] for place in places],
        [labels[place] for place in places],
        [clusters[place] for place in places],
    )
    sizes, right = _answers(labelled, seeds, progress or (lambda done, total: None))
    guess = 1.0 - float(np.bincount(labelled.codes).max()) / len(places)
    return predicted(
        sizes, right, labelled.groups, guess, more=more, left_out=tuple(left_out), of=of or len(labels)
    )


def predicted(
    sizes: Numbers,
    right: Right,
    groups: npt.NDArray[np.int64],
    guess: float,
    *,
    more: int = MORE,
    left_out: tuple[tuple[str, int], ...] = (),
    of: int | None = None,
) -> LearningCurve:
    """The curve of answers: `right` `(seeds, sizes, rows)` after learning from `sizes` labels, `of` in all.

    `guess` is the error (0-1) of always giving the most frequent label.

    Intervals are percentiles over 1,000 resamples of clusters and of seeds, each resample with its own
    law; a row counts at every size in the same resample, so that what is hard everywhere does not
    widen the interval of the gain. In 200 simulated tasks of each of three known laws the interval held
    the truth in 99 of 100 or more.
    """
    rows = right.shape[2]
    drawn = _resampled(right, groups)  # (resamples, sizes) accuracies
    accuracy = right.mean(axis=(0, 2))
    weights = 1.0 / np.maximum(drawn.var(axis=0), 1.0 / rows**2)
    law = power_law.fit(sizes, (1.0 - accuracy)[None, :], weights, guess)
    start = max(rows, of or 0)
    gains = power_law.fit(sizes, 1.0 - drawn, weights, guess).gain(start, more)
    low, high = np.quantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    gain_low, gain_high = np.quantile(gains, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    points = tuple(
        Point(round(size), float(value), float(least), float(most))
        for size, value, least, most in zip(sizes, accuracy, low, high, strict=True)
    )
    return LearningCurve(
        points, rows, more, float(law.gain(start, more)[0]), float(gain_low), float(gain_high),
        float(1.0 - law.floor[0]), float(law.exponent[0]), left_out, start,
    )  # fmt: skip


def _answers(labelled: proxy.Labelled, seeds: int, progress: Progress) -> tuple[Numbers, Right]:
    """Which rows were answered rightly, `(seeds, shares, rows)`, and the mean number of labels learned from.

    Every row is asked once per seed and share, by a model that saw no copy of it.
    """
    rows = len(labelled.codes)
    right = np.zeros((seeds, len(SHARES), rows), np.bool_)
    learned_from: list[list[int]] = [[] for _ in SHARES]
    done = 0
    for seed in range(seeds):
        dice = np.random.default_rng(seed)
        for learned, asked in proxy.folds(labelled, FOLDS, seed):
            order = dice.permutation(np.unique(labelled.groups[learned]))
            for place, share in enumerate(SHARES):
                chosen = order[: max(1, round(share * len(order)))]
                part = learned[np.isin(labelled.groups[learned], chosen)]
                found = proxy.probabilities(labelled, part, asked).argmax(axis=1)
                right[seed, place, asked] = found == labelled.codes[asked]
                learned_from[place].append(len(part))
                done += 1
                progress(done, seeds * FOLDS * len(SHARES))
    return np.array([np.mean(sizes) for sizes in learned_from]), right


def _resampled(right: Right, groups: npt.NDArray[np.int64]) -> Numbers:
    """The accuracy at each size in each resample of clusters and seeds, `(resamples, sizes)`."""
    seeds, sizes, rows = right.shape
    dice = np.random.default_rng(0)
    _, numbers = np.unique(groups, return_inverse=True)
    clusters = int(numbers.max()) + 1
    members = np.bincount(numbers).astype(np.float64)
    answered = np.zeros((clusters, seeds * sizes))
    np.add.at(answered, numbers, right.reshape(seeds * sizes, rows).T)
    found = []
    for start in range(0, RESAMPLES, _CHUNK):
        many = min(_CHUNK, RESAMPLES - start)
        drawn = dice.integers(clusters, size=(many, clusters)) + clusters * np.arange(many)[:, None]
        times = np.bincount(drawn.ravel(), minlength=many * clusters).reshape(many, clusters)
        shares = (times @ answered / (times @ members)[:, None]).reshape(many, seeds, sizes)
        chosen = dice.integers(seeds, size=(many, seeds))
        found.append(np.take_along_axis(shares, chosen[:, :, None], axis=1).mean(axis=1))
    return np.concatenate(found)
