"""What an erasure did and what it left: kept for good, without any text."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Row, insert, select, update

from curation import erased
from curation.erasing.beyond import Backup
from curation.erasing.requests import Request
from storage import database
from storage.database.tables import erasures as table
from storage.erasing.scanning import Finding
from storage.errors import NotFound
from storage.identifiers import now
from storage.project import Project

AUDIT = "public.audit"
_NAMES = "the audit log is a chain that nobody may change: it names records by their ids"


class Left(BaseModel):
    """Something that still holds a text or an id, with the reason where it is known."""

    model_config = ConfigDict(frozen=True)

    where: str
    count: int
    why: str


class Erased(BaseModel):
    """One erasure. `finished_at` is None while it runs, or waits to be taken up again.

    `places` are the files, tables and queues that held something: (rows that went, others in which
    a text was masked). `trained`, `evaluated`, `exported` and `backups` still hold it; `left` is what
    the scan found afterwards, `closed` what it could not look into, and `by_hand` what is left to do.
    """

    model_config = ConfigDict(frozen=True)

    erasure_id: str
    by: str
    reason: str
    asked_at: datetime
    finished_at: datetime | None = None
    counted: int = 0
    places: Mapping[str, tuple[int, int]] = {}
    shared: int = 0
    others: int = 0
    trained: tuple[str, ...] = ()
    evaluated: tuple[str, ...] = ()
    exported: tuple[str, ...] = ()
    backups: tuple[Backup, ...] = ()
    left: tuple[Left, ...] = ()
    closed: tuple[str, ...] = ()
    by_hand: tuple[str, ...] = ()

    @property
    def clean(self) -> bool:
        """Whether the scan found nothing but what has to stay."""
        return all(each.why for each in self.left)


def begin(project: Project, request: Request) -> None:
    """Write down that it is asked for, with the fingerprints that keep its records away. Safe to repeat."""
    with database.engine(project).begin() as connection:
        stands = connection.execute(select(table).where(table.c.erasure_id == request.erasure_id)).first()
        if stands is None:
            connection.execute(
                insert(table).values(
                    erasure_id=request.erasure_id, requested_by=request.by, reason=request.reason,
                    requested_at=request.asked_at,
                )
            )  # fmt: skip
        erased.keep(connection, request.erasure_id, request.record_ids)


def finish(
    project: Project, request: Request, found: tuple[Finding, ...], closed: tuple[str, ...],
    by_hand: tuple[str, ...], *, audit_has_texts: bool,
) -> Erased:  # fmt: skip
    """Write the report down. The audit log stays; `audit_has_texts` says that it holds more than ids."""
    why = {} if audit_has_texts else {AUDIT: _NAMES}
    made = Erased(
        erasure_id=request.erasure_id, by=request.by, reason=request.reason, asked_at=request.asked_at,
        finished_at=now(), counted=request.counted, places=request.places, shared=request.shared,
        others=request.others, trained=request.trained, evaluated=request.evaluated,
        exported=request.exported, backups=request.backups,
        left=tuple(Left(where=each.where, count=each.count, why=why.get(each.where, "")) for each in found),
        closed=closed, by_hand=by_hand,
    )  # fmt: skip
    made = Erased.model_validate(request.needles.masked_value(made.model_dump(mode="json")))
    with database.engine(project).begin() as connection:
        connection.execute(
            update(table)
            .where(table.c.erasure_id == made.erasure_id)
            .values(finished_at=made.finished_at, report=made.model_dump(mode="json"))
        )
    return made


def report(project: Project, erasure_id: str) -> Erased:
    """One erasure. Raises NotFound."""
    with database.engine(project).connect() as connection:
        row = connection.execute(select(table).where(table.c.erasure_id == erasure_id)).first()
    if row is None:
        raise NotFound(
            f"There is no erasure {erasure_id!r}.", next_step="`understudy erase --list` has them."
        )
    return _erased(row)


def listing(project: Project) -> list[Erased]:
    """All of them, newest first."""
    with database.engine(project).connect() as connection:
        rows = connection.execute(select(table).order_by(table.c.requested_at.desc()))
        return [_erased(row) for row in rows]


def _erased(row: Row[Any]) -> Erased:
    if row.report is not None:
        return Erased.model_validate(row.report)
    return Erased(
        erasure_id=row.erasure_id, by=row.requested_by, reason=row.reason, asked_at=row.requested_at
    )
