"""How reviewing goes: what was decided by whom on which day, how fast, and with which error tags.

Everything is counted from one list, the newest mirror of Argilla, so that no two pages disagree; how
many records of a queue are complete is Argilla's own count.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

from curation import queues, review_rows, tasks
from curation.review_rows import APPROVED, CORRECTED, DISCARDED, Review
from curation.reviews import mirroring
from storage.argilla_client import ArgillaClient
from storage.project import Project

PAUSE_S = 300.0
"""A longer gap between two decisions is a pause and counts as no time of work."""


@dataclass(frozen=True)
class Pace:
    """Decisions of some reviews. `active_hours` leaves out pauses over five minutes.

    Time is that of decisions taken on a card, which tells the seconds it was looked at: programs, and
    answers given in Argilla's own UI, tell none. `per_hour` and `median_s` are None where none told.
    """

    decided: int
    approved: int
    corrected: int
    discarded: int
    active_hours: float
    per_hour: float | None
    median_s: float | None


@dataclass(frozen=True)
class Line:
    """The pace of one person, in one queue, on one day (UTC); None stands for all of them."""

    queue: str | None
    person: str | None
    day: date | None
    pace: Pace


@dataclass(frozen=True)
class QueueState:
    """How far a queue is, in records, as Argilla counts: `completed` have all answers they wait for."""

    queue: str
    prompt_version: int
    purpose: str
    total: int
    completed: int
    pending: int


@dataclass(frozen=True)
class TagCount:
    """How often an error tag was set under a prompt version, among that version's decisions."""

    prompt_version: int
    code: str
    times: int
    decided: int


@dataclass(frozen=True)
class Progress:
    """The progress of one task: all of it, and by queue, by person, by day and by all three."""

    whole: Pace
    queues: tuple[QueueState, ...]
    by_queue: tuple[Line, ...]
    by_person: tuple[Line, ...]
    by_day: tuple[Line, ...]
    lines: tuple[Line, ...]
    tags: tuple[TagCount, ...]


def progress(client: ArgillaClient, project: Project, task: str, *, fresh: bool = True) -> Progress:
    """The progress of a task; `client` asks Argilla how far each queue is.

    `fresh` reads Argilla's answers first; else the newest mirror is used.
    """
    if fresh:
        mirroring.mirror(project, task)
    opened = queues.listing(project, task)
    states = []
    for queue in opened:
        found = client.progress(queue.argilla_id)
        states.append(
            QueueState(
                queue.name, queue.prompt_version, queue.purpose, found.total, found.completed, found.pending
            )
        )
    return counted(review_rows.standing(project, tasks.get(project, task)), states)


def counted(reviews: Sequence[Review], states: Sequence[QueueState] = ()) -> Progress:
    """The progress that these reviews are."""
    return Progress(
        whole=pace(reviews),
        queues=tuple(states),
        by_queue=_lines(reviews, queue=True),
        by_person=_lines(reviews, person=True),
        by_day=_lines(reviews, day=True),
        lines=_lines(reviews, queue=True, person=True, day=True),
        tags=_tags(reviews),
    )


def pace(reviews: Iterable[Review]) -> Pace:
    """The pace of any reviews. Time runs per person, across queues."""
    found = list(reviews)
    decisions = Counter(review.decision for review in found)
    timed = [review for review in found if review.seconds_spent]
    by_person: defaultdict[str, list[Review]] = defaultdict(list)
    for review in timed:
        by_person[review.reviewer].append(review)
    hours = sum(_active_seconds(mine) for mine in by_person.values()) / 3600
    looked = [review.seconds_spent or 0.0 for review in timed]
    return Pace(
        decided=len(found),
        approved=decisions[APPROVED],
        corrected=decisions[CORRECTED],
        discarded=decisions[DISCARDED],
        active_hours=hours,
        per_hour=len(timed) / hours if hours > 0 else None,
        median_s=float(median(looked)) if looked else None,
    )


def _active_seconds(mine: Sequence[Review]) -> float:
    """Gaps between decisions; after a pause, and at first, the seconds that the card was looked at."""
    ordered = sorted(mine, key=lambda review: review.submitted_at)
    active = 0.0
    before = None
    for review in ordered:
        gap = (review.submitted_at - before).total_seconds() if before else PAUSE_S + 1
        active += gap if gap <= PAUSE_S else min(review.seconds_spent or 0.0, PAUSE_S)
        before = review.submitted_at
    return active


def _lines(
    reviews: Sequence[Review], *, queue: bool = False, person: bool = False, day: bool = False
) -> tuple[Line, ...]:
    groups: defaultdict[tuple[str, str, str], list[Review]] = defaultdict(list)
    for review in reviews:
        groups[
            review.queue if queue else "",
            review.reviewer if person else "",
            review.submitted_at.date().isoformat() if day else "",
        ].append(review)
    return tuple(
        Line(name or None, who or None, date.fromisoformat(when) if when else None, pace(members))
        for (name, who, when), members in sorted(groups.items())
    )


def _tags(reviews: Sequence[Review]) -> tuple[TagCount, ...]:
    decided = Counter(review.prompt_number for review in reviews)
    times = Counter((review.prompt_number, code) for review in reviews for code in set(review.error_tags))
    ordered = sorted(times.items(), key=lambda each: (each[0][0], -each[1], each[0][1]))
    return tuple(TagCount(number, code, set_, decided[number]) for (number, code), set_ in ordered)
