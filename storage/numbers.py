"""Version numbers, taken in the transaction that uses them."""

from __future__ import annotations

from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from storage.database.tables import numbers


def take(connection: Connection, scope: str) -> int:
    """The next number of `scope`, from 1; two transactions never get the same one.

    The row stays locked until the transaction ends, and a rollback gives the number back.
    """
    statement = (
        insert(numbers)
        .values(scope=scope, last=1)
        .on_conflict_do_update(index_elements=[numbers.c.scope], set_={"last": numbers.c.last + 1})
        .returning(numbers.c.last)
    )
    return int(connection.execute(statement).scalar_one())
