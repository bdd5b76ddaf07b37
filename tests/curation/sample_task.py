"""A small task with records, made without any file: what the tests of labelling onwards stand on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson

from curation import tasks
from curation.tasks import ErrorTag, Task
from storage import artifacts, schemas
from storage.project import Project

NAME = "shelf"
LABELS = ("Cookware", "Bakeware", "Tea")
TASK = Task(
    name=NAME,
    title="Shelf labels",
    kind="classification",
    input_columns=("title", "Brand name"),
    labels=LABELS,
    error_tags=(ErrorTag(code="sibling", name="Sibling"), ErrorTag(code="invented", name="Invented")),
)


def made(project: Project) -> Task:
    """The task, stored."""
    return tasks.create(project, TASK)


def record(number: int, **changes: Any) -> dict[str, Any]:
    """Row `number` of the `records` schema; every fourth title is tea."""
    label = LABELS[number % 3]
    row = {
        "record_id": f"rec_{number:04d}",
        "row_number": number + 1,
        "inputs": {"title": f"{label} no. {number}", "Brand name": "Lodge"},
        "gold": None,
        "extras": {"teacher_v1": label},
        "source": "shelf.csv",
        "held_out": False,
    }
    return {**row, **changes}


def publish_records(
    project: Project, rows: Sequence[Mapping[str, Any]], name: str = "rec_a", task: str = NAME
) -> None:
    """A `records` artifact, as an import leaves it."""
    columns = [
        {
            **row,
            "inputs": orjson.dumps(row["inputs"]).decode(),
            "extras": orjson.dumps(row["extras"]).decode(),
        }
        for row in rows
    ]
    with artifacts.draft(project, "records", task, name) as draft:
        draft.write_table("records.parquet", schemas.from_rows(columns, "records"), "records")
        draft.publish(inputs=["imports/imp_a"], facts={})


def publish_duplicates(
    project: Project,
    clusters: Sequence[Sequence[str]],
    held_out: frozenset[str] = frozenset(),
    name: str = "dup_a",
) -> None:
    """A `duplicates` artifact; the first of each cluster is its keeper."""
    rows = [
        {
            "record_id": record_id,
            "cluster": number,
            "keeper": place == 0,
            "similarity": 1.0 if place == 0 else 0.95,
            "match": "keeper" if place == 0 else "near",
            "held_out": bool(held_out & set(cluster)),
        }
        for number, cluster in enumerate(clusters)
        for place, record_id in enumerate(cluster)
    ]
    searched = [manifest.reference for manifest in artifacts.listing(project, "records", NAME)]
    with artifacts.draft(project, "duplicates", NAME, name) as draft:
        draft.write_table("clusters.parquet", schemas.from_rows(rows, "duplicates"), "duplicates")
        draft.write_table("links.parquet", schemas.from_rows([], "duplicate_links"), "duplicate_links")
        draft.publish(inputs=searched, facts={"threshold": 0.9})


def review(record_id: str, reviewer: str, **changes: Any) -> dict[str, Any]:
    """A row of the `reviews` schema: an approval under prompt v1, but for `changes` (`prompt` too)."""
    prompt = changes.pop("prompt", 1)
    row = {
        "review_id": f"{record_id}/{reviewer}/{prompt}",
        "record_id": record_id,
        "queue": f"{NAME}.prompt-v{prompt}",
        "prompt_version": prompt,
        "label_id": "",
        "reviewer": reviewer,
        "decision": "approved",
        "output": None,
        "error_tags": [],
        "ratings": "{}",
        "note": "",
        "seconds_spent": 2.0,
        "client_id": "",
        "base_version": "",
        "submitted_at": datetime(2026, 1, 1, tzinfo=UTC),
        "deleted": False,
    }
    return {**row, **changes}


def publish_reviews(project: Project, rows: Sequence[Mapping[str, Any]], generation: str = "g0001") -> None:
    """A generation of the mirror, as reading Argilla leaves it."""
    with artifacts.draft(project, "reviews", NAME, generation) as draft:
        draft.write_table(
            "reviews.parquet", schemas.from_rows([dict(row) for row in rows], "reviews"), "reviews"
        )
        draft.publish(facts={})


def label(record_id: str, **changes: Any) -> dict[str, Any]:
    """A row of the `labels` schema: what the recorded teacher said under prompt v1, but for `changes`."""
    row = {
        "label_id": f"lab_{record_id}",
        "record_id": record_id,
        "prompt_version": 1,
        "teacher": "recorded",
        "model": "recorded",
        "output": "Tea",
        "created_at": datetime(2026, 1, 1, tzinfo=UTC),
    }
    return {**row, **changes}


def publish_labels(project: Project, rows: Sequence[Mapping[str, Any]], name: str = "lab_a") -> None:
    """A `labels` artifact, as a teacher leaves it."""
    with artifacts.draft(project, "labels", NAME, name) as draft:
        draft.write_table(
            "labels.parquet", schemas.from_rows([dict(row) for row in rows], "labels"), "labels"
        )
        draft.publish(facts={})
