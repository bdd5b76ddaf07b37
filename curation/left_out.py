"""Records that an admin leaves out: they stay, and are neither labelled, reviewed nor trained on any more.

Held-out records stay in the test split: they never train. What is left out may be taken back.
"""

from __future__ import annotations

from collections.abc import Collection

import pyarrow as pa
from duckdb import DuckDBPyConnection
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from storage import database
from storage.database.tables import left_out_records as table
from storage.errors import InvalidInput
from storage.identifiers import now
from storage.project import Project

LONGEST_REASON = 500
_AT_ONCE = 5_000


def put(project: Project, task: str, record_ids: Collection[str], *, why: str, by: str) -> int:
    """Leave records out, with a reason; how many were not left out before.

    Raises InvalidInput without a reason, and for one over 500 characters.
    """
    reason = why.strip()
    if not reason or len(reason) > LONGEST_REASON:
        raise InvalidInput(
            f"The reason has {len(reason):,} characters.", next_step=f"Give one of 1 to {LONGEST_REASON}."
        )
    ids, added = sorted(set(record_ids)), 0
    with database.engine(project).begin() as connection:
        for start in range(0, len(ids), _AT_ONCE):
            rows = [
                {"task": task, "record_id": each, "why": reason, "by": by, "at": now()}
                for each in ids[start : start + _AT_ONCE]
            ]
            statement = insert(table).values(rows).on_conflict_do_nothing().returning(table.c.record_id)
            added += len(connection.execute(statement).all())
    return added


def take_back(project: Project, task: str, record_ids: Collection[str]) -> int:
    """Let records take part again; how many had been left out."""
    mine = (table.c.task == task) & table.c.record_id.in_(sorted(record_ids))
    with database.engine(project).begin() as connection:
        return connection.execute(delete(table).where(mine)).rowcount


def standing(project: Project, task: str) -> dict[str, str]:
    """The records that are left out now, each with the reason."""
    wanted = select(table.c.record_id, table.c.why).where(table.c.task == task).order_by(table.c.record_id)
    with database.engine(project).connect() as connection:
        return {row.record_id: row.why for row in connection.execute(wanted)}


def show(connection: DuckDBPyConnection, record_ids: Collection[str]) -> None:
    """Let SQL over the views know these records as the table `left_out`."""
    connection.register("left_out", pa.table({"record_id": pa.array(list(record_ids), pa.string())}))
