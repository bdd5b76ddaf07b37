"""Flags: records that a reviewer wants to be talked about, open until somebody has settled them.

A flag is a person's own; setting it again changes its note, and taking it back settles it. What
is said of a record is told to admins, without names, where conflicts are decided.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, select, update
from sqlalchemy.dialects.postgresql import insert

from curation import queues
from storage import database
from storage.argilla_client import ArgillaClient
from storage.database import tables
from storage.database.tables import flags as table
from storage.errors import InvalidInput, NotFound
from storage.identifiers import new_id, now
from storage.project import Project

LONGEST_NOTE = 10_000


@dataclass(frozen=True)
class Flag:
    """A record flagged for discussion. `resolved_by` is None while it is open."""

    queue: str
    task: str
    record_id: str
    flagged_by: str
    note: str
    flagged_at: datetime
    resolved_by: str | None = None
    resolved_at: datetime | None = None


@dataclass(frozen=True)
class Flagging:
    """What the card sends: a record of a queue flagged, or its flag taken back."""

    queue: str
    argilla_id: str
    record_id: str
    flagged: bool
    client_id: str
    note: str = ""


def put(client: ArgillaClient, project: Project, person: str, wanted: Flagging) -> bool:
    """Set or take back `person`'s flag, who is `client`'s user; whether it is set now.

    Sent twice it counts once. Raises NotFound for a record that the queue does not show that
    person, InvalidInput for a note over 10,000 characters.
    """
    if len(wanted.note) > LONGEST_NOTE:
        raise InvalidInput(
            f"The note has {len(wanted.note):,} characters; at most {LONGEST_NOTE:,} are kept.",
            next_step="Shorten it.",
        )
    queue = queues.get(project, wanted.queue)
    found = client.item(wanted.argilla_id, queue_id=queue.argilla_id)
    if found.external_id != wanted.record_id:
        raise NotFound(f"Record {wanted.record_id} of {queue.name} is another one in Argilla now.")
    with database.engine(project).begin() as connection:
        if not wanted.flagged:
            mine = (table.c.queue == queue.name) & (table.c.record_id == wanted.record_id)
            connection.execute(
                update(table)
                .where(mine, table.c.flagged_by == person, table.c.resolved_at.is_(None))
                .values(resolved_by=person, resolved_at=now())
            )
            return False
        said = {"note": wanted.note.strip(), "client_id": wanted.client_id, "flagged_at": now()}
        statement = insert(table).values(
            queue=queue.name, record_id=wanted.record_id, flagged_by=person, task=queue.task, **said
        )
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=["queue", "record_id", "flagged_by"],
                set_=said | {"resolved_by": None, "resolved_at": None},
                where=table.c.client_id != wanted.client_id,  # sent again: what happened since stays
            )
        )
    return True


def put_all(project: Project, task: str, person: str, notes: Mapping[str, str]) -> int:
    """Flag records of the task, each with its note, in the newest queue that has it; how many are flagged.

    Records that stand in no queue are passed over, and so are flags that this person has set already.
    """
    held, place = tables.queue_records, tables.queues
    wanted = select(held.c.record_id, held.c.queue).join(place, place.c.name == held.c.queue)
    wanted = wanted.where(place.c.task == task, held.c.record_id.in_(sorted(notes)), held.c.probe.is_(False))
    with database.engine(project).begin() as connection:
        found = connection.execute(wanted.order_by(place.c.prompt_version, place.c.name)).all()
        queue_of = {row.record_id: row.queue for row in found}
        flagged = 0
        for record_id, queue in queue_of.items():
            said = {"note": notes[record_id][:LONGEST_NOTE], "client_id": new_id("flag"), "flagged_at": now()}
            statement = insert(table).values(
                queue=queue, record_id=record_id, flagged_by=person, task=task, **said
            )
            statement = statement.on_conflict_do_update(
                index_elements=["queue", "record_id", "flagged_by"],
                set_=said | {"resolved_by": None, "resolved_at": None},
                where=table.c.resolved_at.is_not(None),
            )
            flagged += len(connection.execute(statement.returning(table.c.record_id)).all())
    return flagged


def open_flags(project: Project, task: str) -> list[Flag]:
    """The flags of a task that nobody has settled, oldest first."""
    with database.engine(project).connect() as connection:
        chosen = select(table).where(table.c.task == task, table.c.resolved_at.is_(None))
        rows = connection.execute(chosen.order_by(table.c.flagged_at, table.c.record_id)).all()
    return [_flag(row) for row in rows]


def flagged_by(project: Project, queue: str, person: str) -> frozenset[str]:
    """The record ids of a queue that this person has flagged."""
    with database.engine(project).connect() as connection:
        chosen = select(table.c.record_id).where(
            table.c.queue == queue, table.c.flagged_by == person, table.c.resolved_at.is_(None)
        )
        return frozenset(connection.execute(chosen).scalars())


def resolve(project: Project, task: str, record_id: str, person: str) -> int:
    """Settle every open flag of a record; how many those were."""
    with database.engine(project).begin() as connection:
        settled = connection.execute(
            update(table)
            .where(table.c.task == task, table.c.record_id == record_id, table.c.resolved_at.is_(None))
            .values(resolved_by=person, resolved_at=now())
        )
        return settled.rowcount


def _flag(row: Row[tuple[object, ...]]) -> Flag:
    return Flag(
        queue=row.queue,
        task=row.task,
        record_id=row.record_id,
        flagged_by=row.flagged_by,
        note=row.note,
        flagged_at=row.flagged_at,
        resolved_by=row.resolved_by,
        resolved_at=row.resolved_at,
    )
