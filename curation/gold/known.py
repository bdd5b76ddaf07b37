"""Known outputs: what adjudicators decided, and what an admin named as right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, or_, select
from sqlalchemy.dialects.postgresql import insert

from storage import database
from storage.database.tables import adjudications, queue_records
from storage.database.tables import gold as table
from storage.identifiers import now
from storage.project import Project


@dataclass(frozen=True)
class Known:
    """The right output of a record, None where it is rightly discarded; known since `at`.

    `judges` are the people it comes from: they are not measured by it.
    """

    record_id: str
    output: str | None
    at: datetime
    judges: frozenset[str]


def mark(project: Project, task: str, record_id: str, output: str | None, by: str) -> None:
    """Name the right output of a record, in place of one named before."""
    values = {"output": output, "marked_by": by, "at": now()}
    statement = insert(table).values(task=task, record_id=record_id, **values)
    with database.engine(project).begin() as connection:
        connection.execute(statement.on_conflict_do_update(index_elements=["task", "record_id"], set_=values))


def unmark(project: Project, task: str, record_id: str) -> bool:
    """Take a named output back; whether there was one."""
    with database.engine(project).begin() as connection:
        gone = connection.execute(delete(table).where(table.c.task == task, table.c.record_id == record_id))
        return gone.rowcount > 0


def marked(project: Project, task: str) -> dict[str, Known]:
    """What admins named, by record."""
    with database.engine(project).connect() as connection:
        rows = connection.execute(select(table).where(table.c.task == task).order_by(table.c.record_id)).all()
    return {
        row.record_id: Known(row.record_id, row.output, row.at, frozenset({row.marked_by})) for row in rows
    }


def only(task: str) -> ColumnElement[bool]:
    """The records of a queue that have a known output."""
    named = select(table.c.record_id).where(table.c.task == task)
    settled = select(adjudications.c.record_id).where(adjudications.c.task == task)
    return or_(queue_records.c.record_id.in_(named), queue_records.c.record_id.in_(settled))


def together(*sources: Iterable[Known]) -> dict[str, Known]:
    """By record; a later source wins."""
    return {known.record_id: known for source in sources for known in source}
