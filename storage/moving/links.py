"""The project's own rows that name a queue by its id in Argilla: they follow it to where it was moved."""

from __future__ import annotations

from sqlalchemy import Connection, delete, select, update

from storage.database.tables import comparisons, mirror_positions, queues


def follow(connection: Connection, source_id: str, queue_id: str) -> bool:
    """Let review queues and comparisons of `source_id` be those of `queue_id`; whether there are any.

    Mirrors read everything at their next turn: copied answers have other ids in Argilla.
    """
    known = False
    for table in (queues, comparisons):
        connection.execute(update(table).where(table.c.argilla_id == source_id).values(argilla_id=queue_id))
        known |= connection.execute(select(table).where(table.c.argilla_id == queue_id)).first() is not None
    connection.execute(delete(mirror_positions))
    return known
