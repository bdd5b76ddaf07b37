"""Rulings: an adjudicator's final decision on a record that people decided differently. Pure.

A ruling stands while the reviews it judged, and the adjudicator's own response, are as they were
then; once one of them changed, was taken back or another came, the record is open again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from curation.review_rows import Review


@dataclass(frozen=True)
class Judged:
    """A review as it stood when it was judged. `version` changes with every change of it."""

    review_id: str
    reviewer: str
    version: str
    decision: str
    output: str | None
    error_tags: tuple[str, ...] = field(default=())


@dataclass(frozen=True)
class Ruling:
    """A final decision. `review_id` is the adjudicator's own response on the record, in Argilla."""

    record_id: str
    queue: str
    adjudicator: str
    decision: str
    output: str | None
    why: str
    review_id: str
    review_version: str
    judged: tuple[Judged, ...]
    at: datetime


def version_of(review: Review) -> str:
    """The version of a review: the time of its last change."""
    return review.submitted_at.isoformat()


def judged(review: Review) -> Judged:
    """A review as it stands."""
    return Judged(
        review.review_id, review.reviewer, version_of(review), review.decision, review.output,
        review.error_tags,
    )  # fmt: skip


def stands(ruling: Ruling, counting: Iterable[Review]) -> bool:
    """Whether nothing changed since, given the reviews of the record that count."""
    then = {each.review_id: each.version for each in ruling.judged if each.reviewer != ruling.adjudicator}
    now = {review.review_id: version_of(review) for review in counting}
    return now == then | {ruling.review_id: ruling.review_version}
