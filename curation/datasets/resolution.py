"""From what people decided to what may be trained on. Pure functions.

Per record only the newest prompt version that was reviewed counts, and of each person only the
last decision under it. People who agree on one output make a row; all discarding it leaves the
record out; anything else is a conflict, left out until someone settles it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from curation import outputs
from curation.review_rows import APPROVED, CORRECTED, DISCARDED, Review
from curation.tasks import Task
from storage.errors import InvalidInput


@dataclass(frozen=True)
class Resolved:
    """One record on which everyone who looked agrees."""

    record_id: str
    decision: str  # corrected, if anyone had to change the teacher's output
    completion: str
    reviewers: tuple[str, ...]
    review_ids: tuple[str, ...]
    label_id: str
    prompt_number: int


@dataclass(frozen=True)
class Resolution:
    """All reviewed records, each in exactly one of four places; ordered by record id.

    `unusable` are those decided on an empty output, or on one that the task does not take: possible
    in Argilla's own UI, which does not know the task.
    """

    rows: tuple[Resolved, ...]
    discarded: tuple[str, ...]
    in_conflict: tuple[str, ...]
    unusable: tuple[str, ...]


def resolve(reviews: Iterable[Review], task: Task) -> Resolution:
    """Decide every reviewed record. The order of `reviews` does not matter.

    What people kept is compared by what it says, not by how it is written: `{"a": 1, "b": 2}` and
    `{"b": 2, "a": 1}` agree. A row's completion is in the one spelling of the task's outputs.
    """
    by_record: defaultdict[str, list[Review]] = defaultdict(list)
    for review in reviews:
        by_record[review.record_id].append(review)
    rows: list[Resolved] = []
    discarded: list[str] = []
    in_conflict: list[str] = []
    unusable: list[str] = []
    for record_id in sorted(by_record):
        counting = _counting(by_record[record_id])
        if all(review.decision == DISCARDED for review in counting):
            discarded.append(record_id)
        elif len({_said(task, review) for review in counting}) > 1:
            in_conflict.append(record_id)
        elif (output := _spelled(task, counting[0])) is None:
            unusable.append(record_id)
        else:
            rows.append(_resolved(counting, output))
    return Resolution(tuple(rows), tuple(discarded), tuple(in_conflict), tuple(unusable))


def _counting(reviews: Sequence[Review]) -> list[Review]:
    newest = max(review.prompt_number for review in reviews)
    last: dict[str, Review] = {}
    for review in sorted(reviews, key=lambda review: (review.submitted_at, review.review_id)):
        if review.prompt_number == newest:
            last[review.reviewer] = review
    return sorted(last.values(), key=lambda review: review.reviewer)


def _said(task: Task, review: Review) -> str | None:
    if review.decision == DISCARDED:
        return None
    try:
        return outputs.key(task, review.output or "")
    except InvalidInput:
        return (review.output or "").strip()


def _spelled(task: Task, review: Review) -> str | None:
    try:
        return outputs.checked(task, review.output or "")
    except InvalidInput:
        return None


def _resolved(reviews: Sequence[Review], completion: str) -> Resolved:
    first = reviews[0]
    corrected = any(review.decision == CORRECTED for review in reviews)
    return Resolved(
        record_id=first.record_id,
        decision=CORRECTED if corrected else APPROVED,
        completion=completion,
        reviewers=tuple(review.reviewer for review in reviews),
        review_ids=tuple(review.review_id for review in reviews),
        label_id=first.label_id,
        prompt_number=first.prompt_number,
    )
