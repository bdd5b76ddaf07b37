"""The human baseline: how good people are who decide without seeing the teacher's output."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations

from curation import outputs, review_rows, tasks
from curation.gold import right
from curation.review_rows import DISCARDED, Review
from curation.tasks import Task
from eval.statistics import Interval, wilson
from storage.project import Project


@dataclass(frozen=True)
class HumanBaseline:
    """Shares (0-1, Wilson) of blind answers, None where there are none to compare.

    `right` is of those on records with a known output that say the same; `alike` of pairs of people
    who answered the same record of a queue blind and say the same.
    """

    right: Interval | None
    alike: Interval | None


def human_baseline(project: Project, task: str) -> HumanBaseline | None:
    """From the newest mirror; None where nobody decided blind. Adjudicators do not judge themselves."""
    described = tasks.get(project, task)
    reviews = review_rows.of(review_rows.newest_mirror(project, task))
    blind = [review for review in reviews if review.blind]
    if not blind:
        return None
    known = right.outputs_known(project, task)
    judged = [
        right.says_so(described, review, known[review.record_id])
        for review in blind
        if review.record_id in known and review.reviewer not in known[review.record_id].judges
    ]
    by_record: defaultdict[tuple[str, str], list[Review]] = defaultdict(list)
    for review in blind:
        by_record[review.queue, review.record_id].append(review)
    pairs = [_alike(described, *pair) for given in by_record.values() for pair in combinations(given, 2)]
    return HumanBaseline(_share(judged), _share(pairs))


def _alike(task: Task, one: Review, other: Review) -> bool:
    if DISCARDED in (one.decision, other.decision):
        return one.decision == other.decision
    return outputs.same(task, one.output or "", other.output or "")


def _share(said: list[bool]) -> Interval | None:
    return wilson(sum(said), len(said)) if said else None
