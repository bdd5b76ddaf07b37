"""What a job is, and how its row is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast

from sqlalchemy import ColumnElement, Row, and_, case, select, text
from sqlalchemy.sql import Select

from storage.database.tables import jobs

Status = Literal["waiting", "running", "succeeded", "failed", "cancelled", "interrupted"]
TERMINAL = frozenset({"succeeded", "failed", "cancelled"})
LEASES = 7_240_612
"""The advisory-lock class under which a running job's process holds its lease."""


@dataclass(frozen=True)
class Job:
    """A long piece of work as it stands now.

    `total` is None while unknown. `status` is `interrupted` where the row says running but no
    process holds the job's lease: that is read from PostgreSQL's locks, not remembered.
    """

    job_id: str
    kind: str
    title: str
    task: str | None
    queue: str
    status: Status
    done: int
    total: int | None
    message: str
    error: str
    artifact: str | None
    summary: Mapping[str, Any]
    args: Mapping[str, Any]
    attempt: int
    created_by: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @property
    def is_terminal(self) -> bool:
        """Whether nothing more will happen by itself."""
        return self.status in TERMINAL


LEASE_HELD = f"""EXISTS (
    SELECT 1 FROM pg_locks
    WHERE locktype = 'advisory' AND classid = {LEASES}::oid AND objsubid = 2
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND objid::bigint = (hashtext(jobs.job_id)::bigint & 4294967295)
)"""


def lease_lost() -> ColumnElement[bool]:
    """Rows that say running although no process holds their lease."""
    return and_(jobs.c.status == "running", text(f"NOT {LEASE_HELD}"))


def selection() -> Select[Any]:
    """The rows of `jobs` with the status that is true now."""
    status = case((lease_lost(), "interrupted"), else_=jobs.c.status)
    return select(*(column for column in jobs.c if column.name != "status"), status.label("status"))


def from_row(row: Row[Any]) -> Job:
    """A job from a row of `selection()`."""
    return Job(
        job_id=row.job_id,
        kind=row.kind,
        title=row.title,
        task=row.task,
        queue=row.queue,
        status=cast(Status, row.status),
        done=row.done,
        total=row.total,
        message=row.message,
        error=row.error,
        artifact=row.artifact,
        summary=row.summary,
        args=row.args,
        attempt=row.attempt,
        created_by=row.created_by,
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
    )
