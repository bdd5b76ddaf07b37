"""From what people decided to what may be trained on. Pure functions.

Per record only the newest prompt version that was reviewed counts, and of each person only the
last decision under it. People who agree on one output make a row; all discarding it leaves the
record out; anything else is a conflict, left out until someone settles it. An adjudicator's ruling
that stands settles it, and wins over all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from curation import outputs
from curation.datasets.decisions.rulings import Ruling, stands
from curation.review_rows import APPROVED, CORRECTED, DISCARDED, Review
from curation.tasks import Task
from storage.errors import InvalidInput


class Resolved(NamedTuple):
    """One record on which everyone who looked agrees. A tuple, for there may be a million."""

    record_id: str
    decision: str  # corrected, if anyone had to change the teacher's output
    completion: str
    reviewers: tuple[str, ...]
    review_ids: tuple[str, ...]
    label_id: str
    prompt_number: int
    error_tags: tuple[str, ...] = ()


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


def resolve(reviews: Iterable[Review], task: Task, rulings: Mapping[str, Ruling] | None = None) -> Resolution:
    """Decide every reviewed record. The order of `reviews` does not matter.

    What people kept is compared by what it says, not by how it is written: `{"a": 1, "b": 2}` and
    `{"b": 2, "a": 1}` agree. A row's completion is in the one spelling of the task's outputs. `rulings`
    has the newest ruling by record; one that no longer stands is as if it were not there.
    """
    by_record: defaultdict[str, list[Review]] = defaultdict(list)
    for review in reviews:
        by_record[review.record_id].append(review)
    rows: list[Resolved] = []
    discarded: list[str] = []
    in_conflict: list[str] = []
    unusable: list[str] = []
    for record_id in sorted(by_record):
        counting = counting_of(by_record[record_id])
        ruling = (rulings or {}).get(record_id)
        if ruling is not None and stands(ruling, counting):
            kept = [review for review in counting if review.review_id == ruling.review_id]
        else:
            ruling, kept = None, counting
        if all(review.decision == DISCARDED for review in kept):
            discarded.append(record_id)
        elif len({_said(task, review) for review in kept}) > 1:
            in_conflict.append(record_id)
        elif (output := _spelled(task, kept[0])) is None:
            unusable.append(record_id)
        else:
            rows.append(_resolved(counting, output, ruling))
    return Resolution(tuple(rows), tuple(discarded), tuple(in_conflict), tuple(unusable))


def counting_of(reviews: Sequence[Review]) -> list[Review]:
    """Those of a record's reviews that count: of each person the last, under the newest prompt reviewed."""
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


def _resolved(reviews: Sequence[Review], completion: str, ruling: Ruling | None) -> Resolved:
    first = reviews[0]
    corrected = any(
        review.decision == CORRECTED
        for review in reviews
        if ruling is None or review.review_id == ruling.review_id
    )
    return Resolved(
        record_id=first.record_id,
        decision=CORRECTED if corrected else APPROVED,
        completion=completion,
        reviewers=tuple(review.reviewer for review in reviews),
        review_ids=tuple(review.review_id for review in reviews),
        label_id=first.label_id,
        prompt_number=first.prompt_number,
        error_tags=tuple(dict.fromkeys(tag for review in reviews for tag in review.error_tags)),
    )
