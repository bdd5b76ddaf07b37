"""How often each reviewer had decided as the adjudicator did, on the records whose ruling stands."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass

from curation import outputs, review_rows, tasks
from curation.adjudication.keeping import rulings
from curation.datasets.decisions.resolution import counting_of
from curation.datasets.decisions.rulings import Judged, Ruling, stands
from curation.gold import probing
from curation.review_rows import DISCARDED, Review
from curation.tasks import Task
from eval.statistics import Interval, wilson
from storage.project import Project


@dataclass(frozen=True)
class ReviewerAccuracy:
    """A reviewer, and the share (0-1, Wilson) of their adjudicated decisions that rulings upheld."""

    reviewer: str
    upheld: Interval


def accuracies(project: Project, task: str) -> list[ReviewerAccuracy]:
    """Every reviewer with an adjudicated decision, best first. Adjudicators do not judge themselves.

    These are records on which people differed: harder than most, so the share is lower than over all.
    """
    described = tasks.get(project, task)
    right: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    for ruling in standing_rulings(project, task).values():
        for each in ruling.judged:
            if each.reviewer != ruling.adjudicator:
                seen[each.reviewer] += 1
                right[each.reviewer] += _upheld(described, each, ruling)
    found = [ReviewerAccuracy(name, wilson(right[name], seen[name])) for name in seen]
    return sorted(found, key=lambda each: (-each.upheld.value, each.reviewer))


def standing_rulings(project: Project, task: str) -> dict[str, Ruling]:
    """The rulings that nothing has reopened, by record."""
    ruled = rulings(project, task)
    if not ruled:
        return {}
    by_record: defaultdict[str, list[Review]] = defaultdict(list)
    reviews = review_rows.of(review_rows.newest_mirror(project, task))
    for review in probing.without_probes(project, task, reviews):
        if review.record_id in ruled:
            by_record[review.record_id].append(review)
    return {
        name: ruling
        for name, ruling in ruled.items()
        if by_record[name] and stands(ruling, counting_of(by_record[name]))
    }


def _upheld(task: Task, each: Judged, ruling: Ruling) -> bool:
    if DISCARDED in (each.decision, ruling.decision):
        return each.decision == ruling.decision
    return outputs.same(task, each.output or "", ruling.output or "")
