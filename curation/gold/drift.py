"""Drift: each person's accuracy on records of a known output, week by week."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from curation import review_rows, tasks
from curation.gold import right
from eval.statistics import Interval, wilson
from storage.project import Project


@dataclass(frozen=True)
class WeekOnGold:
    """A person's decisions of a week (from its Monday, UTC) on known records: the share that was right."""

    reviewer: str
    week: date
    accuracy: Interval


def drift(project: Project, task: str) -> list[WeekOnGold]:
    """By person and week, from the newest mirror.

    What was decided before the output was known does not count, for it may have made it known; nor
    does what the people decided whose word it is.
    """
    described = tasks.get(project, task)
    known = right.outputs_known(project, task)
    given: defaultdict[tuple[str, date], list[bool]] = defaultdict(list)
    for review in review_rows.of(review_rows.newest_mirror(project, task)):
        gold = known.get(review.record_id)
        if gold is None or review.submitted_at <= gold.at or review.reviewer in gold.judges:
            continue
        day = review.submitted_at.date()
        week = day - timedelta(days=day.weekday())
        given[review.reviewer, week].append(right.says_so(described, review, gold))
    return [
        WeekOnGold(reviewer, week, wilson(sum(answers), len(answers)))
        for (reviewer, week), answers in sorted(given.items())
    ]
