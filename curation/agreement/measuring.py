"""Agreement on the records of a queue that more than one person decided on, from the newest mirror."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

from curation import queues, review_rows, tasks
from curation.adjudication import rulings
from curation.agreement.answers import Answer, Question, questions
from curation.agreement.pull import Pull, pull
from curation.datasets.decisions.rulings import Ruling
from curation.review_rows import Review
from curation.reviews import mirroring
from curation.tasks import Task
from eval.statistics import Interval, agreement
from storage.project import Project

Decided = Mapping[str, Mapping[str, Answer]]
"""Answers by record and person."""


@dataclass(frozen=True)
class Measure:
    """Agreement on one question, of a pair or of everybody (`people` holds all then). Over `records`.

    `kappa` is Cohen's for a pair and Fleiss' for everybody; it and `alpha` (Krippendorff's, ordinal for
    ratings) are None where all answers were one. `differing` are the records they disagree on.
    """

    question: str
    title: str
    people: tuple[str, ...]
    pair: bool
    records: int
    percent: Interval
    kappa: Interval | None
    alpha: Interval | None
    differing: tuple[str, ...]


@dataclass(frozen=True)
class QueueAgreement:
    """Agreement in one queue: everybody's first, then each pair's, question by question.

    `shared` counts the records that two people or more decided on.
    """

    queue: str
    shared: int
    people: tuple[str, ...]
    measures: tuple[Measure, ...]


def agreements(project: Project, task: str, *, fresh: bool = True) -> list[QueueAgreement]:
    """Agreement by queue, of the queues in which people shared records; the newest queue first.

    `fresh` reads Argilla first; else the newest mirror is used. An adjudicator's response is
    no vote of its own: one who had reviewed the record counts as then.
    """
    described = tasks.get(project, task)
    if fresh:
        mirroring.mirror(project, task)
    mirror = review_rows.newest_mirror(project, task)
    opened = tuple(queue.name for queue in reversed(queues.listing(project, task)))
    ruled = tuple(rulings(project, task).values())
    return list(
        _measured(project, described.name, described.revision, mirror and mirror.artifact_id, opened, ruled)
    )


def suggestion_pull(project: Project, task: str) -> Pull | None:
    """The pull of the teacher's output in the newest mirror; None unless some decided without seeing it."""
    reviews = review_rows.of(review_rows.newest_mirror(project, task))
    return pull(before_rulings(reviews, rulings(project, task).values()))


@lru_cache(maxsize=32)
def _measured(
    project: Project, task: str, revision: int, mirror: str | None, opened: tuple[str, ...],
    ruled: tuple[Ruling, ...],
) -> tuple[QueueAgreement, ...]:  # fmt: skip
    """The same answer until the mirror, the task or a ruling changes: the intervals take a while."""
    described = tasks.get(project, task)
    by_queue: defaultdict[str, list[Review]] = defaultdict(list)
    for review in before_rulings(review_rows.standing(project, described), ruled):
        by_queue[review.queue].append(review)
    found = (measured(described, name, by_queue[name]) for name in opened)
    return tuple(one for one in found if one is not None)


def before_rulings(reviews: Iterable[Review], ruled: Iterable[Ruling]) -> list[Review]:
    """The reviews as people gave them, without what adjudicators answered afterwards."""
    by_review = {ruling.review_id: ruling for ruling in ruled}
    found = []
    for review in reviews:
        ruling = by_review.get(review.review_id)
        if ruling is None:
            found.append(review)
            continue
        own = next((each for each in ruling.judged if each.reviewer == ruling.adjudicator), None)
        if own is not None:
            as_then = {"decision": own.decision, "output": own.output, "error_tags": own.error_tags}
            found.append(Review(**{**vars(review), **as_then}))
    return found


def measured(task: Task, queue: str, reviews: Sequence[Review]) -> QueueAgreement | None:
    """Agreement among the reviews of one queue; None where no record was decided on by two."""
    by_record: defaultdict[str, dict[str, Review]] = defaultdict(dict)
    for review in sorted(reviews, key=lambda review: (review.submitted_at, review.review_id)):
        by_record[review.record_id][review.reviewer] = review
    shared = {name: given for name, given in sorted(by_record.items()) if len(given) > 1}
    if not shared:
        return None
    people = tuple(sorted({person for given in shared.values() for person in given}))
    groups = [(people, False), *((pair, True) for pair in combinations(people, 2))]
    measures = []
    for group, pair in groups:
        for question in questions(task):
            answers = {
                name: {person: question.of(review) for person, review in given.items() if person in group}
                for name, given in shared.items()
            }
            one = _measure(question, group, pair, answers)
            if one is not None:
                measures.append(one)
    return QueueAgreement(queue, len(shared), people, tuple(measures))


def _measure(question: Question, people: tuple[str, ...], pair: bool, answers: Decided) -> Measure | None:
    table = {name: [given.get(person) for person in people] for name, given in answers.items()}
    table = {name: row for name, row in table.items() if sum(answer is not None for answer in row) > 1}
    rows = list(table.values())
    percent = agreement(rows, "percent")
    if percent is None:
        return None
    return Measure(
        question=question.code,
        title=question.title,
        people=people,
        pair=pair,
        records=len(rows),
        percent=percent,
        kappa=agreement(rows, "cohen" if pair else "fleiss"),
        alpha=agreement(rows, "alpha", level=question.level),
        differing=tuple(name for name, row in table.items() if len(set(row) - {None}) > 1),
    )
