"""Leases: who has which record in hand, so that two people get one record only where there is need.

A lease lasts some minutes and is renewed while its page is open; a browser that dies blocks nobody
for longer. Everything of one queue happens one after the other, under a lock of the transaction.
Leases save people work and decide nothing: they may be lost with the machine, and Argilla alone
knows what is decided.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    delete,
    func,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from curation.ordering import orders
from curation.ordering.holders import Holder
from curation.ordering.orders import Order
from curation.ordering.terms import free_of_first, held_by, is_free, waits
from storage import database, locks
from storage.database.tables import leases as table
from storage.database.tables import queue_records
from storage.identifiers import now
from storage.project import Project


def take(
    project: Project,
    holder: Holder,
    order: Order,
    count: int,
    *,
    exclude: Collection[str] = (),
    among: ColumnElement[bool] | None = None,
) -> list[str]:
    """Lease the next records of the order that are not in enough hands; their ids, in order.

    They have a place in the queue, and, as far as is known here, wait for this person. `among`
    narrows them down.
    """
    with _in_turn(project, holder.queue) as connection:
        found: list[str] = []
        for part, by in orders.terms(order, holder.person):
            if len(found) >= count:
                break
            waiting = select(queue_records.c.record_id).where(waits(holder, exclude)).order_by(*by)
            for narrower in (part, among):
                waiting = waiting if narrower is None else waiting.where(narrower)
            wanted = count - len(found)
            if order.kind == orders.SLICE and not order.value:
                found += free_of_first(connection, holder, waiting, wanted)
            else:
                found += connection.execute(waiting.where(*is_free(holder)).limit(wanted)).scalars()
        _lease(connection, holder, found)
    return found


def claim(project: Project, holder: Holder, record_ids: Sequence[str]) -> list[str]:
    """Lease those of these records that are not in enough hands; Argilla says that they wait.

    What was noted as done is believed only as far as Argilla's word leaves room for it.
    """
    if not record_ids:
        return []
    with _in_turn(project, holder.queue) as connection:
        counts = connection.execute(
            select(
                table.c.record_id,
                func.count().filter(table.c.until > func.now()).label("held"),
                func.count().filter(table.c.until.is_(None)).label("over"),
            )
            .where(table.c.queue == holder.queue, table.c.person != holder.person)
            .where(table.c.record_id.in_(record_ids))
            .group_by(table.c.record_id)
        )
        hands = {row.record_id: row.held + min(row.over, holder.needed - 1) for row in counts}
        free = [name for name in record_ids if hands.get(name, 0) < holder.needed]
        _lease(connection, holder, free)
    return free


def renew(project: Project, holder: Holder, record_ids: Collection[str]) -> None:
    """Hold for longer what is still held of these; what was let go stays free."""
    mine = held_by(holder, record_ids)
    with _quickly(project) as connection:
        connection.execute(update(table).where(mine, table.c.until.is_not(None)).values(until=holder.until()))


def release(project: Project, queue: str, person: str, record_ids: Collection[str]) -> None:
    """Give back what is held of these."""
    held = Holder(queue, person, 1, 1)
    with _quickly(project) as connection:
        connection.execute(delete(table).where(held_by(held, record_ids), table.c.until.is_not(None)))


def close(project: Project, holder: Holder, record_ids: Collection[str], *, decided: bool = False) -> None:
    """Note that nothing is left for this person to do on these: `decided` by them, or done by others."""
    if not record_ids:
        return
    rows = [
        {
            "queue": holder.queue, "record_id": name, "person": holder.person, "until": None,
            "decided_at": now() if decided else None,
        }
        for name in sorted(record_ids)
    ]  # fmt: skip
    with _quickly(project) as connection:
        statement = insert(table).values(rows)
        kept = func.coalesce(table.c.decided_at, statement.excluded.decided_at)
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=["queue", "record_id", "person"], set_={"until": None, "decided_at": kept}
            )
        )
        over = select(table.c.record_id).where(table.c.queue == holder.queue, table.c.until.is_(None))
        over = over.where(table.c.record_id.in_(list(record_ids)))
        enough = over.group_by(table.c.record_id).having(func.count() >= holder.needed)
        connection.execute(
            update(queue_records)
            .where(queue_records.c.queue == holder.queue, queue_records.c.record_id.in_(enough))
            .values(done=True)
        )


def reopen(project: Project, holder: Holder, record_id: str) -> None:
    """Note that the person took their decision back, and has the record in hand again."""
    with _quickly(project) as connection:
        this = (table.c.queue == holder.queue) & (table.c.record_id == record_id)
        others_decided = table.c.decided_at.is_not(None) & (table.c.person != holder.person)
        connection.execute(delete(table).where(this, table.c.until.is_(None), ~others_decided))
        _lease(connection, holder, [record_id])
        connection.execute(
            update(queue_records)
            .where(queue_records.c.queue == holder.queue, queue_records.c.record_id == record_id)
            .values(done=False)
        )


def _lease(connection: Connection, holder: Holder, record_ids: Sequence[str]) -> None:
    if not record_ids:
        return
    rows: list[dict[str, Any]] = [
        {"queue": holder.queue, "record_id": name, "person": holder.person, "until": holder.until()}
        for name in record_ids
    ]
    statement = insert(table).values(rows)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["queue", "record_id", "person"], set_={"until": statement.excluded.until}
        )
    )


@contextmanager
def _in_turn(project: Project, queue: str) -> Iterator[Connection]:
    with _quickly(project) as connection:
        locks.hold(connection, f"leases/{queue}")
        yield connection


@contextmanager
def _quickly(project: Project) -> Iterator[Connection]:
    """A transaction that does not wait for the disk: a lease that is lost costs little."""
    with database.engine(project).begin() as connection:
        connection.execute(text("SET LOCAL synchronous_commit TO off"))
        yield connection
