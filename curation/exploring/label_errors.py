"""Labels that are probably wrong, by confident learning.

A proxy model says of each record, without having learned from it or a copy of it, how probable each
label is. Confident learning (Northcutt, Jiang and Chuang 2021, "Confident Learning: Estimating
Uncertainty in Dataset Labels", by cleanlab) estimates from that how often labels are confused, and
names the records whose label is least likely to be theirs.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from curation.exploring import proxy
from curation.exploring.labelled import Whose, read
from curation.tasks import Task
from storage.errors import InvalidInput
from storage.project import Project

MOST_ROWS = 20_000
MOST_CLASSES = 100
LEAST_ROWS = 50
MOST_SUSPECTS = 1_000


@dataclass(frozen=True)
class Suspect:
    """A record whose label is probably wrong.

    `confidence` is the probability (0-1) that the proxy gives the label it has: low is suspect.
    `suggested` is the label it finds most probable, with its probability.
    """

    record_id: str
    given: str
    confidence: float
    suggested: str
    probability: float

    @property
    def why(self) -> str:
        """What speaks against the label, as a note on a flag."""
        return (
            f'Probably wrong: "{self.given}" has a probability of {self.confidence:.0%}, '
            f'"{self.suggested}" of {self.probability:.0%}.'
        )


@dataclass(frozen=True)
class LabelErrors:
    """The suspects, worst first, out of `judged` records; `found` counts all of them, 1,000 are named.

    `accuracy` (0-1) is how often the proxy finds the given label: where it is low, suspects say
    little. `left_out` are the labels with too few records to be judged, or beyond the 100 most
    frequent, each with its groups of copies. `of` counts all labelled records; above 20,000 a sample
    of so many was read.
    """

    suspects: tuple[Suspect, ...]
    judged: int
    accuracy: float
    left_out: tuple[tuple[str, int], ...]
    of: int
    found: int


def likely_errors(project: Project, task: Task, whose: Whose = "people") -> LabelErrors:
    """The records whose label by the teacher, or by people, is probably wrong.

    Raises InvalidInput for a task without one label per record, and where there are too few.
    """
    rows = read(project, task, whose, most=MOST_ROWS)
    return find(rows.record_ids, rows.texts, rows.labels, rows.clusters, of=rows.of)


def find(
    record_ids: Sequence[str],
    texts: Sequence[str],
    labels: Sequence[str],
    clusters: Sequence[Hashable],
    *,
    of: int | None = None,
    seed: int = 0,
) -> LabelErrors:
    """As `likely_errors`, of these texts. `clusters` says which of them are copies of each other.

    Raises InvalidInput for fewer than 50 records in labels of five groups and more, or one such label.
    """
    from cleanlab.filter import find_label_issues

    kept, left_out = proxy.frequent_classes(labels, clusters, least=proxy.FOLDS, most=MOST_CLASSES)
    places = [place for place, label in enumerate(labels) if label in kept]
    if len(places) < LEAST_ROWS or len(kept) < 2:
        raise InvalidInput(
            f"{len(places):,} records have one of {len(kept)} labels that occur often enough to be judged.",
            next_step=f"Label more: it takes {LEAST_ROWS} records, and two labels with "
            f"{proxy.FOLDS} different records each.",
        )
    labelled = proxy.prepared(
        [texts[place] for place in places],
        [labels[place] for place in places],
        [clusters[place] for place in places],
    )
    found = proxy.out_of_sample(labelled, seed=seed)
    worst = find_label_issues(labelled.codes, found, return_indices_ranked_by="self_confidence", n_jobs=1)
    suspects = []
    for row in np.asarray(worst)[:MOST_SUSPECTS].tolist():
        given, best = int(labelled.codes[row]), int(found[row].argmax())
        suspects.append(
            Suspect(
                record_ids[places[row]], labelled.classes[given], round(float(found[row, given]), 4),
                labelled.classes[best], round(float(found[row, best]), 4),
            )
        )  # fmt: skip
    accuracy = float((found.argmax(axis=1) == labelled.codes).mean())
    return LabelErrors(tuple(suspects), len(places), accuracy, tuple(left_out), of or len(labels), len(worst))
