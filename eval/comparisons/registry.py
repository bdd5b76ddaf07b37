"""The comparisons there are, and which candidate stands on which side."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

from sqlalchemy import Connection, Row, insert, select

from storage import database
from storage.database import tables
from storage.errors import NotFound
from storage.project import Project

Winner = Literal["left", "right", "tie"]
WINNERS: tuple[str, ...] = get_args(Winner)


@dataclass(frozen=True)
class Comparison:
    """Two candidates of one evaluation, with the Argilla queue that holds the votes."""

    comparison_id: str
    task: str
    evaluation_id: str
    left: str
    right: str
    argilla_id: str
    created_at: datetime


def listing(project: Project, task: str | None = None) -> list[Comparison]:
    """The comparisons of a task, or of all, newest first."""
    table = tables.comparisons
    query = select(table).order_by(table.c.created_at.desc(), table.c.id)
    with database.engine(project).connect() as connection:
        return [
            _comparison(row)
            for row in connection.execute(query.where(table.c.task == task) if task else query)
        ]


def get(project: Project, comparison_id: str) -> Comparison:
    """One comparison. Raises NotFound."""
    table = tables.comparisons
    with database.engine(project).connect() as connection:
        row = connection.execute(select(table).where(table.c.id == comparison_id)).first()
    if row is None:
        raise NotFound(f"There is no comparison {comparison_id!r}.", next_step="Open one on Side by side.")
    return _comparison(row)


def register(connection: Connection, comparison: Comparison) -> None:
    """Write a new comparison down, as part of a transaction."""
    connection.execute(
        insert(tables.comparisons).values(
            id=comparison.comparison_id,
            task=comparison.task,
            evaluation_id=comparison.evaluation_id,
            left_candidate=comparison.left,
            right_candidate=comparison.right,
            argilla_id=comparison.argilla_id,
            created_at=comparison.created_at,
        )
    )


def swapped(comparison_id: str, record_id: str) -> bool:
    """Whether the comparison's left candidate is shown on the right for this record."""
    return hashlib.sha256(f"{comparison_id}/{record_id}".encode()).digest()[0] % 2 == 1


def winner_of(comparison: Comparison, record_id: str, shown: str) -> str:
    """The candidate that a vote for a shown side went to, or `tie`."""
    if shown not in ("left", "right"):
        return "tie"
    is_left = (shown == "left") != swapped(comparison.comparison_id, record_id)
    return comparison.left if is_left else comparison.right


def _comparison(row: Row[Any]) -> Comparison:
    return Comparison(
        row.id,
        row.task,
        row.evaluation_id,
        row.left_candidate,
        row.right_candidate,
        row.argilla_id,
        row.created_at,
    )
