"""Rulings as they are kept: never changed, the newest of a record counts."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Row, select
from sqlalchemy.dialects.postgresql import insert

from curation.datasets.decisions.rulings import Judged, Ruling
from storage import database
from storage.database.tables import adjudications as table
from storage.project import Project


def rulings(project: Project, task: str) -> dict[str, Ruling]:
    """The newest ruling of every record that has one, whether it still stands or not."""
    return {ruling.record_id: ruling for ruling in history(project, task)}


def history(project: Project, task: str) -> list[Ruling]:
    """Every ruling of a task, oldest first."""
    with database.engine(project).connect() as connection:
        rows = connection.execute(select(table).where(table.c.task == task).order_by(table.c.seq)).all()
    return [_ruling(row) for row in rows]


def sent_as(project: Project, task: str, client_id: str) -> Ruling | None:
    """The ruling that was sent under this id, if there is one."""
    with database.engine(project).connect() as connection:
        chosen = select(table).where(table.c.task == task, table.c.client_id == client_id)
        row = connection.execute(chosen).first()
    return _ruling(row) if row is not None else None


def keep(connection: Connection, task: str, ruling: Ruling, client_id: str) -> None:
    """Write a ruling down; sent again it is there once."""
    values: dict[str, Any] = {**vars(ruling), "judged": [asdict(each) for each in ruling.judged]}
    statement = insert(table).values(task=task, client_id=client_id, **values)
    again = {"review_version": ruling.review_version}
    connection.execute(statement.on_conflict_do_update(index_elements=["client_id"], set_=again))


def _ruling(row: Row[Any]) -> Ruling:
    return Ruling(
        record_id=row.record_id,
        queue=row.queue,
        adjudicator=row.adjudicator,
        decision=row.decision,
        output=row.output,
        why=row.why,
        review_id=row.review_id,
        review_version=row.review_version,
        judged=tuple(Judged(**{**each, "error_tags": tuple(each["error_tags"])}) for each in row.judged),
        at=row.at,
    )
