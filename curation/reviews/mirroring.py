"""The mirror: every response of a task's queues, read from Argilla into an immutable generation.

Each generation is full. One is published only where something changed; a review that was there
before and is gone from Argilla stays as a tombstone (`deleted`).
"""

from __future__ import annotations

from functools import cache

from sqlalchemy import Connection

from curation import queues
from curation.corpus import table_rows
from curation.queues import Queue
from curation.review_rows import newest_mirror
from curation.reviews import positions, standing
from curation.reviews.mirror_rows import Row
from curation.reviews.positions import Position
from curation.reviews.standing import Standing
from storage import artifacts, database, locks, numbers, schemas
from storage.artifacts import Manifest
from storage.project import Project


def mirror(project: Project, task: str) -> Manifest | None:
    """Publish the next generation (`g0001`…), or return None where nothing changed.

    How far it read is written down in the same transaction: killed between the two, the next call
    reads everything again and finds nothing new. Raises ServiceUnavailable where Argilla or
    PostgreSQL does not answer.
    """
    opened = queues.listing(project, task)
    if not opened:
        return None
    with database.engine(project).begin() as connection:
        locks.hold(connection, f"reviews/{task}")
        previous = newest_mirror(project, task)
        generation = previous.artifact_id if previous else ""
        before = cache(lambda: _rows_of(previous))
        found = standing.read(connection, project, task, opened, before, generation)
        if found.unchanged:
            _keep_position(connection, task, opened, found, generation)
            return None
        gone = {name: {**row, "deleted": True} for name, row in before().items() if name not in found.rows}
        now = {name: row for name, row in sorted({**found.rows, **gone}.items())}
        published = None
        if now and now != before():
            published = _published(connection, project, task, opened, list(now.values()))
        _keep_position(connection, task, opened, found, published.artifact_id if published else generation)
    return published


def _rows_of(generation: Manifest | None) -> dict[str, Row]:
    """What a generation holds, tombstones included, by review id."""
    return {row["review_id"]: row for row in table_rows(generation, "reviews")} if generation else {}


def _published(
    connection: Connection, project: Project, task: str, opened: list[Queue], rows: list[Row]
) -> Manifest:
    while True:
        generation = f"g{numbers.take(connection, f'reviews/{task}'):04d}"
        if not (project.artifacts_dir(task, "reviews") / generation).exists():
            break
    deleted = sum(row["deleted"] for row in rows)
    with artifacts.draft(project, "reviews", task, generation) as draft:
        draft.write_table("reviews.parquet", schemas.from_rows(rows, "reviews"), "reviews")
        facts = {
            "queues": [queue.name for queue in opened],
            "reviews": len(rows) - deleted,
            "deleted": deleted,
        }
        return draft.publish(facts=facts)


def _keep_position(
    connection: Connection, task: str, opened: list[Queue], found: Standing, generation: str
) -> None:
    if found.cursor is None:
        positions.forget(connection, task)
        return
    queue_ids = frozenset(queue.argilla_id for queue in opened)
    positions.keep(connection, task, Position(found.cursor, generation, queue_ids, found.usernames))
