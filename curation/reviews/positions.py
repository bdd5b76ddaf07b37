"""How far the mirror of a task has read Argilla's change feed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.postgresql import insert

from storage.database.tables import mirror_positions as table


@dataclass(frozen=True)
class Position:
    """`generation` holds what had happened before `cursor` in the queues of `queue_ids`.

    `usernames`, by account, are those that its rows name reviewers by.
    """

    cursor: str
    generation: str
    queue_ids: frozenset[str]
    usernames: Mapping[str, str]

    def still_names(self, usernames: Mapping[str, str]) -> bool:
        """Whether every account it knew has the same name now."""
        return all(usernames.get(user_id) == name for user_id, name in self.usernames.items())


def of(connection: Connection, task: str) -> Position | None:
    """Where a task's mirror stands; None before its first reading."""
    row = connection.execute(select(table).where(table.c.task == task)).first()
    if row is None:
        return None
    return Position(row.cursor, row.generation, frozenset(row.queue_ids), row.usernames)


def keep(connection: Connection, task: str, reached: Position) -> None:
    """Write down where it stands, in the transaction of what it read."""
    values = {
        "cursor": reached.cursor,
        "generation": reached.generation,
        "queue_ids": sorted(reached.queue_ids),
        "usernames": dict(reached.usernames),
    }
    statement = insert(table).values(task=task, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["task"], set_=values))


def forget(connection: Connection, task: str) -> None:
    """Let the next reading be of everything."""
    connection.execute(delete(table).where(table.c.task == task))
