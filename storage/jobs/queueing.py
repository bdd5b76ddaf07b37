"""Submitting jobs, looking at them, stopping them and taking them up again."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, and_, insert, or_, text, update

from storage import database
from storage.database.tables import jobs
from storage.errors import Conflict, NotFound, ServiceUnavailable
from storage.identifiers import new_id, now
from storage.jobs import functions
from storage.jobs.model import LEASE_HELD, TERMINAL, Job, from_row, lease_lost, selection
from storage.project import Project

PROCRASTINATE_TASK = "understudy.run"
LOG_NAME = "log.txt"


def submit(
    project: Project,
    *,
    kind: str,
    function: str,
    args: Mapping[str, Any],
    title: str,
    queue: Literal["cpu", "gpu"] = "cpu",
    task: str | None = None,
    created_by: str = "",
    lock: str | None = None,
) -> Job:
    """Write the job and put it into its queue, in one transaction.

    `function` is `package.module:name`, from this project's packages only. Jobs with the same
    `lock` never run at the same time.
    """
    functions.check(function)
    job_id = new_id("job")
    folder(project, job_id).mkdir(parents=True, exist_ok=True)
    with database.engine(project).begin() as connection:
        connection.execute(
            insert(jobs).values(
                job_id=job_id, kind=kind, title=title, task=task, queue=queue, function=function,
                args=dict(args), lock=lock, status="waiting", created_by=created_by,
            )
        )  # fmt: skip
        defer(connection, job_id, queue, lock)
    return get(project, job_id)


def get(project: Project, job_id: str) -> Job:
    """One job as it stands now. Raises NotFound."""
    with database.engine(project).connect() as connection:
        row = connection.execute(selection().where(jobs.c.job_id == job_id)).one_or_none()
    if row is None:
        raise NotFound(f"There is no job {job_id!r}.", next_step="`understudy jobs list` names them.")
    return from_row(row)


def listing(
    project: Project, *, task: str | None = None, active_only: bool = False, limit: int = 100
) -> list[Job]:
    """Jobs, newest first."""
    wanted = selection().order_by(jobs.c.created_at.desc(), jobs.c.job_id.desc()).limit(limit)
    if task is not None:
        wanted = wanted.where(jobs.c.task == task)
    if active_only:
        wanted = wanted.where(jobs.c.status.not_in(TERMINAL))
    with database.engine(project).connect() as connection:
        return [from_row(row) for row in connection.execute(wanted)]


def cancel(project: Project, job_id: str) -> Job:
    """Stop a job: at once where it waits, within seconds where it runs. What it stored is kept."""
    with database.engine(project).begin() as connection:
        row = connection.execute(
            selection().where(jobs.c.job_id == job_id).with_for_update(of=jobs)
        ).one_or_none()
        if row is None:
            raise NotFound(f"There is no job {job_id!r}.")
        if row.status in ("waiting", "interrupted"):
            change = {"status": "cancelled", "finished_at": now(), "cancel_requested": 1}
            connection.execute(update(jobs).where(jobs.c.job_id == job_id).values(change))
            retire(connection, job_id)
        elif row.status == "running":
            stopping = {"cancel_requested": 1, "message": "stopping"}
            connection.execute(update(jobs).where(jobs.c.job_id == job_id).values(stopping))
    return get(project, job_id)


def resume(project: Project, job_id: str) -> Job:
    """Queue an interrupted, failed or cancelled job again; it takes up what it had stored.

    Raises Conflict for a job that waits, runs or has succeeded.
    """
    with database.engine(project).begin() as connection:
        if not requeue(connection, job_id, {"interrupted", "failed", "cancelled"}):
            status = get(project, job_id).status
            raise Conflict(
                f"Job {job_id} is {status}.",
                next_step="Only an interrupted, failed or cancelled one resumes.",
            )
    return get(project, job_id)


def wait(project: Project, job_id: str, timeout_s: float) -> Job:
    """The job once it has ended. Raises ServiceUnavailable after `timeout_s`."""
    until = time.monotonic() + timeout_s
    while not (job := get(project, job_id)).is_terminal:
        if time.monotonic() > until:
            raise ServiceUnavailable(
                f"Job {job_id} ({job.title}) is still {job.status} after {timeout_s:.0f} s.",
                next_step="See that the workers run (`understudy status`) and read the job's log.",
            )
        time.sleep(0.2)
    return job


def log_tail(project: Project, job_id: str, lines: int = 200) -> str:
    """The last lines of a job's log; empty before it has one."""
    path = folder(project, job_id) / LOG_NAME
    if not path.is_file():
        return ""
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - lines * 400))
        return "\n".join(stream.read().decode(errors="replace").splitlines()[-lines:])


def folder(project: Project, job_id: str) -> Path:
    """Where a job keeps its log and its parts."""
    if "/" in job_id or job_id.startswith("."):
        raise NotFound(f"There is no job {job_id!r}.")
    return project.jobs_dir / job_id


def defer(connection: Connection, job_id: str, queue: str, lock: str | None) -> None:
    """Put a job into Procrastinate's queue, as part of this transaction."""
    connection.execute(
        text(
            "SELECT procrastinate_defer_jobs_v1(ARRAY[ROW(:queue, :task, 0, :lock, NULL, "
            "jsonb_build_object('job_id', CAST(:job_id AS text)), NULL)::procrastinate_job_to_defer_v1])"
        ),
        {"queue": queue, "task": PROCRASTINATE_TASK, "lock": lock, "job_id": job_id},
    )


WORKER_REPORTS_EVERY_S = 3.0
WORKER_IS_GONE_AFTER_S = 12.0
WORKER_IS_ALIVE = (
    "EXISTS (SELECT 1 FROM procrastinate_workers AS w WHERE w.id = p.worker_id "
    f"AND w.last_heartbeat > now() - interval '{WORKER_IS_GONE_AFTER_S} seconds')"
)
"""Whether the worker of `p`, a row of procrastinate_jobs, has reported lately."""


def retire(connection: Connection, job_id: str) -> None:
    """Remove what Procrastinate holds of a job, but the entry that a living worker will end itself."""
    connection.execute(
        text(
            "DELETE FROM procrastinate_jobs AS p WHERE p.args ->> 'job_id' = :job_id "
            f"AND (p.status = 'todo' OR NOT {WORKER_IS_ALIVE})"
        ),
        {"job_id": job_id},
    )


def clear(connection: Connection, queue: str) -> None:
    """Remove the entries that dead workers of `queue` had begun: they would keep their locks for ever."""
    connection.execute(
        text(
            "DELETE FROM procrastinate_jobs AS p WHERE p.queue_name = :queue AND p.status = 'doing' "
            f"AND NOT {WORKER_IS_ALIVE}"
        ),
        {"queue": queue},
    )


def abandoned(queue: str) -> ColumnElement[bool]:
    """Which rows of `queue` nobody works on and nobody will, though they have not ended.

    The process of a running one is gone; a waiting one lost its place in Procrastinate's queue to
    a worker that died before the job's process had begun.
    """
    placed = (
        "EXISTS (SELECT 1 FROM procrastinate_jobs AS p WHERE p.args ->> 'job_id' = jobs.job_id "
        f"AND (p.status = 'todo' OR (p.status = 'doing' AND {WORKER_IS_ALIVE})))"
    )
    waiting = and_(jobs.c.status == "waiting", text(f"NOT {placed}"))
    return and_(jobs.c.queue == queue, or_(lease_lost(), and_(waiting, text(f"NOT {LEASE_HELD}"))))


def requeue(connection: Connection, job_id: str, allowed: set[str]) -> bool:
    """Queue a job again if its true status is among `allowed`; whether it was."""
    wanted = selection().where(jobs.c.job_id == job_id).with_for_update(of=jobs)
    row = connection.execute(wanted).one_or_none()
    if row is None or row.status not in allowed:
        return False
    retire(connection, job_id)
    connection.execute(
        update(jobs)
        .where(jobs.c.job_id == job_id)
        .values(status="waiting", cancel_requested=0, error="", finished_at=None)
    )
    defer(connection, job_id, row.queue, row.lock)
    return True
