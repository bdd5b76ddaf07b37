"""The mirror: every response of a task's queues, read from Argilla into an immutable generation.

Each generation is full. One is published only where something changed; a review that was there
before and is gone from Argilla stays as a tombstone (`deleted`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from curation import labelling, queues
from curation import review_form as form
from curation.corpus import table_rows
from curation.labelling import TeacherLabel
from curation.queues import Queue
from curation.review_rows import APPROVED, DECISIONS, DISCARDED, newest_mirror
from storage import argilla_client, artifacts, database, locks, numbers, schemas
from storage.argilla_client import StoredResponse
from storage.artifacts import Manifest
from storage.project import Project

Row = dict[str, Any]


def mirror(project: Project, task: str) -> Manifest | None:
    """Publish the next generation (`g0001`…), or return None where nothing changed.

    Raises ServiceUnavailable where Argilla or PostgreSQL does not answer.
    """
    opened = queues.listing(project, task)
    if not opened:
        return None
    with database.engine(project).begin() as connection:
        locks.hold(connection, f"reviews/{task}")
        previous = newest_mirror(project, task)
        before = {row["review_id"]: row for row in table_rows(previous, "reviews")} if previous else {}
        standing = {row["review_id"]: row for row in _standing(project, task, opened)}
        gone = {name: {**row, "deleted": True} for name, row in before.items() if name not in standing}
        now = {name: row for name, row in sorted({**standing, **gone}.items())}
        if now == before or not now:
            return None
        while True:
            generation = f"g{numbers.take(connection, f'reviews/{task}'):04d}"
            if not (project.artifacts_dir(task, "reviews") / generation).exists():
                break
        with artifacts.draft(project, "reviews", task, generation) as draft:
            draft.write_table("reviews.parquet", schemas.from_rows(list(now.values()), "reviews"), "reviews")
            facts = {
                "queues": [queue.name for queue in opened],
                "reviews": len(standing),
                "deleted": len(gone),
            }
            return draft.publish(facts=facts)


def _standing(project: Project, task: str, opened: list[Queue]) -> Iterator[Row]:
    client = argilla_client.connect(project)
    labels = labelling.by_id(project, task)
    for queue in opened:
        shown = labelling.latest(project, task, queue.prompt_version)
        for response in client.responses(queue.argilla_id):
            row = _row(response, queue, labels, shown)
            if row is not None:
                yield row


def _row(
    response: StoredResponse,
    queue: Queue,
    labels: Mapping[str, TeacherLabel],
    shown: Mapping[str, TeacherLabel],
) -> Row | None:
    """A finished response as a row. Argilla's own "discard" button is a discard; drafts do not count.

    A person in Argilla's own UI may approve and leave the output empty: it is the teacher's.
    """
    if response.status == "draft":
        return None
    filled = form.read(response.values)
    decision = DISCARDED if response.status == "discarded" else filled.decision
    if decision not in DECISIONS:
        return None
    label = labels.get(filled.provenance.label_id) or shown.get(response.external_id)
    output = None if decision == DISCARDED else filled.output
    if decision == APPROVED and output is None and label is not None:
        output = label.output
    return {
        "review_id": response.id,
        "record_id": response.external_id,
        "queue": queue.name,
        "prompt_version": queue.prompt_version,
        "label_id": label.label_id if label else "",
        "reviewer": response.username,
        "decision": decision,
        "output": output,
        "error_tags": list(filled.error_tags),
        "ratings": "{}",
        "note": filled.note,
        "seconds_spent": filled.provenance.seconds_spent,
        "client_id": filled.provenance.client_id,
        "base_version": filled.provenance.base_version,
        "submitted_at": response.updated_at,
        "deleted": False,
    }
