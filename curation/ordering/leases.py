"""Leases: who has which record in hand, so that two people get one record only where there is need.

A lease lasts some minutes and is renewed while its page is open; a browser that dies blocks nobody
for longer. Everything of one queue happens one after the other, under a lock of the transaction.
Leases save people work and decide nothing: they may be lost with the machine, and Argilla alone
knows what is decided.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Text,
    all_,
    and_,
    any_,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, insert

from curation.ordering import orders
from curation.ordering.orders import Order
from storage import database, locks
from storage.database.tables import leases as table
from storage.database.tables import queue_records
from storage.identifiers import now
from storage.project import Project


@dataclass(frozen=True)
class Holder:
    """Somebody at a queue: how many people each record waits for, and how long a lease lasts."""

    queue: str
    person: str
    needed: int
    lease_minutes: int

    def until(self) -> datetime:
        """When a lease taken now ends."""
        return now() + timedelta(minutes=self.lease_minutes)


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
            waiting = select(queue_records.c.record_id).where(_waits(holder, exclude)).order_by(*by)
            for narrower in (part, among):
                waiting = waiting if narrower is None else waiting.where(narrower)
            wanted = count - len(found)
            if order.kind == orders.SLICE and not order.value:
                found += _free_of_first(connection, holder, waiting, wanted)
            else:
                found += connection.execute(waiting.where(*_free(holder)).limit(wanted)).scalars()
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
    mine = _mine(holder, record_ids)
    with _quickly(project) as connection:
        connection.execute(update(table).where(mine, table.c.until.is_not(None)).values(until=holder.until()))


def release(project: Project, queue: str, person: str, record_ids: Collection[str]) -> None:
    """Give back what is held of these."""
    held = Holder(queue, person, 1, 1)
    with _quickly(project) as connection:
        connection.execute(delete(table).where(_mine(held, record_ids), table.c.until.is_not(None)))


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


def has_any(project: Project, holder: Holder, exclude: Collection[str] = ()) -> bool:
    """Whether the person has a record in hand, beside those excluded."""
    mine = select(table.c.record_id).where(
        table.c.queue == holder.queue, table.c.person == holder.person, table.c.until > func.now()
    )
    with database.engine(project).connect() as connection:
        return not set(connection.execute(mine).scalars()) <= set(exclude)


def in_other_hands(project: Project, holder: Holder) -> frozenset[str]:
    """The records of the queue that others have in hand or are done with, as many as each waits for."""
    others = table.c.person != holder.person
    over = or_(table.c.until.is_(None), table.c.until > func.now())
    taken = select(table.c.record_id).where(table.c.queue == holder.queue, others, over)
    enough = taken.group_by(table.c.record_id).having(func.count() >= holder.needed)
    with database.engine(project).connect() as connection:
        return frozenset(connection.execute(enough).scalars())


def decided(project: Project, queue: str, person: str, *, since: datetime | None = None) -> int:
    """How many records of a queue the person decided on here, since a moment."""
    chosen = select(func.count()).where(
        table.c.queue == queue, table.c.person == person, table.c.decided_at.is_not(None)
    )
    if since is not None:
        chosen = chosen.where(table.c.decided_at >= since)
    with database.engine(project).connect() as connection:
        return connection.execute(chosen).scalar_one()


def today() -> datetime:
    """When this day began (UTC)."""
    return datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def _waits(holder: Holder, exclude: Collection[str]) -> ColumnElement[bool]:
    """Records of the queue that, as far as is known here, are not done and not excluded."""
    waits = and_(queue_records.c.queue == holder.queue, ~queue_records.c.done)
    return and_(waits, queue_records.c.record_id != all_(_listed(exclude))) if exclude else waits


def _free_of_first(connection: Connection, holder: Holder, waiting: Select[str], wanted: int) -> list[str]:
    """The first that are free, in an order that no index has: sorted first, their leases looked at then.

    So many are sorted as leases can take away: of a queue where one answer ends a record, those held.
    """
    held = table.c.until > func.now()
    taken = select(func.count()).where(
        table.c.queue == holder.queue, held if holder.needed == 1 else or_(held, table.c.until.is_(None))
    )
    first = connection.execute(waiting.limit(wanted + connection.execute(taken).scalar_one())).scalars().all()
    known = connection.execute(
        select(table.c.record_id, table.c.person, table.c.until)
        .where(table.c.queue == holder.queue, table.c.record_id == any_(_listed(first)))
        .where(or_(held, table.c.until.is_(None)))
    )
    hands: Counter[str] = Counter()
    for lease in known:
        if lease.person != holder.person:
            hands[lease.record_id] += 1
        elif lease.until is None:
            hands[lease.record_id] += holder.needed  # this person has done with it
    return [name for name in first if hands[name] < holder.needed][:wanted]


def _free(holder: Holder) -> list[ColumnElement[bool]]:
    """Records that this person has not done with and that are not in enough hands."""
    this = and_(table.c.queue == queue_records.c.queue, table.c.record_id == queue_records.c.record_id)
    by_me = exists().where(this, table.c.person == holder.person, table.c.until.is_(None))
    hands = (
        select(func.count())
        .where(this, table.c.person != holder.person)
        .where(or_(table.c.until.is_(None), table.c.until > func.now()))
        .scalar_subquery()
    )
    return [~by_me, hands < holder.needed]


def _mine(holder: Holder, record_ids: Collection[str]) -> ColumnElement[bool]:
    return and_(
        table.c.queue == holder.queue,
        table.c.person == holder.person,
        table.c.record_id == any_(_listed(record_ids)),
    )


def _listed(record_ids: Collection[str]) -> ColumnElement[list[str]]:
    return literal(sorted(record_ids), ARRAY(Text))


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
