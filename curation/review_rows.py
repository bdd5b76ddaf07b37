"""What people decided, as the newest mirror of Argilla has it."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import pyarrow.parquet as pq

from curation.corpus import table_rows
from curation.tasks import Task, vocabulary
from storage import artifacts, schemas
from storage.artifacts import Manifest
from storage.project import Project

APPROVED, CORRECTED, DISCARDED = "approved", "corrected", "discarded"
DECISIONS = (APPROVED, CORRECTED, DISCARDED)


@dataclass(frozen=True)
class Review:
    """One person's decision on one record, and what that person saw when deciding."""

    review_id: str
    record_id: str
    queue: str
    prompt_number: int
    label_id: str
    reviewer: str
    decision: str
    output: str | None
    error_tags: tuple[str, ...]
    note: str
    seconds_spent: float | None
    submitted_at: datetime
    ratings: Mapping[str, int] = field(default_factory=dict)
    blind: bool = False
    picked_label_id: str = ""
    client_id: str = ""


def newest_mirror(project: Project, task: str) -> Manifest | None:
    """The newest generation of the mirror, or None before the first."""
    found = artifacts.listing(project, "reviews", task)
    return found[-1] if found else None


def standing(project: Project, task: Task) -> list[Review]:
    """The reviews of the newest mirror, with the error tags that theirs count as now.

    Whatever counts, shows or freezes error tags reads them here.
    """
    return [
        replace(review, error_tags=vocabulary.followed(task, review.error_tags))
        for review in of(newest_mirror(project, task.name))
    ]


def of(mirror: Manifest | None) -> list[Review]:
    """The reviews in a generation as they were given: those withdrawn since are left out."""
    if mirror is None:
        return []
    return of_rows(row for row in table_rows(mirror, "reviews") if not row["deleted"])


def of_rows(rows: Iterable[Mapping[str, Any]]) -> list[Review]:
    """The reviews that rows of the `reviews` schema say."""
    return [_review(row) for row in rows]


def of_ids(mirror: Manifest, review_ids: Collection[str]) -> list[Review]:
    """Those of a generation's reviews that have these ids, as they were given; no other is read."""
    wanted = [("review_id", "in", set(review_ids))]
    found = [
        row
        for entry in mirror.files
        if entry.schema == "reviews" and review_ids
        for row in schemas.upgraded(
            pq.read_table(mirror.path(entry.name), filters=wanted), "reviews", entry.schema_version or 1
        ).to_pylist()
    ]
    return [_review(row) for row in found if not row["deleted"]]


def _review(row: Mapping[str, Any]) -> Review:
    return Review(
        review_id=row["review_id"],
        record_id=row["record_id"],
        queue=row["queue"],
        prompt_number=row["prompt_version"],
        label_id=row["label_id"] or "",
        reviewer=row["reviewer"],
        decision=row["decision"],
        output=row["output"],
        error_tags=tuple(row["error_tags"] or ()),
        note=row["note"] or "",
        ratings=json.loads(row["ratings"] or "{}"),
        blind=bool(row["blind"]),
        picked_label_id=row["picked_label_id"] or "",
        client_id=row["client_id"] or "",
        seconds_spent=row["seconds_spent"],
        submitted_at=row["submitted_at"],
    )
