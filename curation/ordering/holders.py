"""Holders: who is at a queue, and what they have in hand or have done there."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, or_, select

from storage import database
from storage.database.tables import leases as table
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
