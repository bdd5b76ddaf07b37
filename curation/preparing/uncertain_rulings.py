"""What people said of doubtful identifiers: mask this value, or keep it, in every import from then on.

A ruling knows its value by the hash that an import wrote beside it (HMAC under the project's secret), so
neither the database nor a backup of it holds what a person looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert

from curation.redaction import Ruling
from storage import database
from storage.database.tables import redaction_rulings as table
from storage.errors import Conflict, InvalidInput, NotFound
from storage.identifiers import now
from storage.project import Project

RULINGS: tuple[Ruling, ...] = ("mask", "keep")


@dataclass(frozen=True)
class Ruled:
    """A ruling that stands: its number, the value by its hash, what was said of it, by whom and when."""

    seq: int
    value_mac: str
    kind: str
    ruling: Ruling
    by: str
    at: datetime


def rulings(project: Project, task: str) -> Mapping[str, Ruling]:
    """What stands for each value: {value_mac: "mask" or "keep"}."""
    return {each.value_mac: each.ruling for each in standing(project, task)}


def standing(project: Project, task: str) -> list[Ruled]:
    """The rulings of a task that nobody took back, newest first."""
    wanted = select(table).where(table.c.task == task, table.c.undone_at.is_(None))
    with database.engine(project).connect() as connection:
        return [
            Ruled(row.seq, row.value_mac, row.kind, row.ruling, row.by, row.at)
            for row in connection.execute(wanted.order_by(table.c.seq.desc()))
        ]


def rule(project: Project, task: str, value_mac: str, kind: str, ruling: Ruling, by: str) -> int:
    """Keep a ruling; its number. Saying the same twice is saying it once.

    Raises Conflict where somebody said otherwise meanwhile, InvalidInput for a ruling that is none.
    """
    if ruling not in RULINGS:
        raise InvalidInput(f"{ruling!r} is no ruling.", next_step=f"Say one of {', '.join(RULINGS)}.")
    values = {"task": task, "value_mac": value_mac, "kind": kind, "ruling": ruling, "by": by, "at": now()}
    once = insert(table).values(values).on_conflict_do_nothing(
        index_elements=[table.c.task, table.c.value_mac], index_where=text("undone_at IS NULL")
    )  # fmt: skip
    mine = (table.c.task == task) & (table.c.value_mac == value_mac) & table.c.undone_at.is_(None)
    with database.engine(project).begin() as connection:
        seq = connection.execute(once.returning(table.c.seq)).scalar_one_or_none()
        if seq is not None:
            return int(seq)
        stands = connection.execute(select(table).where(mine)).one_or_none()
    if stands is None or stands.ruling != ruling:
        who, said = (stands.by, stands.ruling) if stands else ("Somebody", "otherwise")
        raise Conflict(
            f"{who} ruled on this value meanwhile: {said}.", next_step="Take that ruling back to change it."
        )
    return int(stands.seq)


def take_back(project: Project, task: str, seq: int, by: str) -> None:
    """Take a ruling back. Raises NotFound for one that does not stand."""
    mine = (table.c.task == task) & (table.c.seq == seq) & table.c.undone_at.is_(None)
    with database.engine(project).begin() as connection:
        changed = connection.execute(update(table).where(mine).values(undone_by=by, undone_at=now()))
    if changed.rowcount == 0:
        raise NotFound(f"No ruling {seq} on doubtful identifiers of {task} stands.")
