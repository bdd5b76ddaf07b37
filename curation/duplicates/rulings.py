"""What people said of duplicates, kept in our database and laid over every search.

The search's own clusters stay beside the ones that count, so that a ruling taken back leaves no trace.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update

from curation.duplicates.regrouping import Ruling
from storage import database
from storage.database.tables import duplicate_rulings as table
from storage.errors import NotFound
from storage.identifiers import now
from storage.project import Project


@dataclass(frozen=True)
class Stated:
    """A ruling that stands: its number, who gave it, and when."""

    seq: int
    ruling: Ruling
    by: str
    at: datetime


def standing(project: Project, task: str) -> list[Stated]:
    """The rulings on a task that nobody took back, in the order they were given."""
    wanted = select(table).where(table.c.task == task, table.c.undone_at.is_(None)).order_by(table.c.seq)
    with database.engine(project).connect() as connection:
        return [
            Stated(row.seq, Ruling(row.kind, tuple(row.records), tuple(row.others)), row.by, row.at)
            for row in connection.execute(wanted)
        ]


def state(project: Project, task: str, ruling: Ruling, by: str) -> int:
    """Keep a ruling; its number."""
    values = {
        "task": task, "kind": ruling.kind, "records": list(ruling.records), "others": list(ruling.others),
        "by": by, "at": now(),
    }  # fmt: skip
    with database.engine(project).begin() as connection:
        return int(connection.execute(insert(table).values(values).returning(table.c.seq)).scalar_one())


def take_back(project: Project, task: str, seq: int, by: str) -> None:
    """Take a ruling back. Raises NotFound for one that does not stand."""
    mine = (table.c.task == task) & (table.c.seq == seq) & table.c.undone_at.is_(None)
    with database.engine(project).begin() as connection:
        changed = connection.execute(update(table).where(mine).values(undone_by=by, undone_at=now()))
    if changed.rowcount == 0:
        raise NotFound(f"No ruling {seq} on duplicates of {task} stands.")


def mark(stated: Sequence[Stated]) -> list[int]:
    """What an artifact says of the rulings it was made with."""
    return [each.seq for each in stated]
