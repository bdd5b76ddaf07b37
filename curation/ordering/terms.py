"""Terms of SQL about the records of a queue that wait, and the leases on them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Text,
    all_,
    and_,
    any_,
    exists,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY

from curation.ordering.holders import Holder
from storage.database.tables import leases as table
from storage.database.tables import queue_records


def waits(holder: Holder, exclude: Collection[str]) -> ColumnElement[bool]:
    """Records of the queue that, as far as is known here, are not done and not excluded."""
    left = and_(queue_records.c.queue == holder.queue, ~queue_records.c.done)
    return and_(left, queue_records.c.record_id != all_(_listed(exclude))) if exclude else left


def free_of_first(connection: Connection, holder: Holder, waiting: Select[str], wanted: int) -> list[str]:
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


def is_free(holder: Holder) -> list[ColumnElement[bool]]:
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


def held_by(holder: Holder, record_ids: Collection[str]) -> ColumnElement[bool]:
    """Leases of this person on these records."""
    return and_(
        table.c.queue == holder.queue,
        table.c.person == holder.person,
        table.c.record_id == any_(_listed(record_ids)),
    )


def _listed(record_ids: Collection[str]) -> ColumnElement[list[str]]:
    return literal(sorted(record_ids), ARRAY(Text))
