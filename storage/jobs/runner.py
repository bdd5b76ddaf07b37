"""The process of one job: `python -m storage.jobs.runner --project DIR --job ID`.

It takes the lease, calls the job's function and writes down how it ended. Killed at any moment,
it leaves a row without a lease, which reads as interrupted and is queued again.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Timer
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from storage import database
from storage.database.tables import jobs
from storage.errors import JobCancelled, NotFound, ServiceUnavailable, UserError
from storage.identifiers import now
from storage.jobs import functions, queueing
from storage.jobs.context import JobContext, JobInterrupted
from storage.jobs.lease import Lease, LeaseTaken
from storage.jobs.model import TERMINAL, Job
from storage.project import Project, open_project

INTERRUPT_GRACE_S = 8.0
CANCEL_GRACE_S = 10.0
STORE_LIMIT_S = 60.0
EXIT_NOT_MINE = 4
EXIT_TERMINATED = 143


def run_inline(project: Project, job_id: str) -> Job:
    """Run a waiting job here and now, in this process; the answer is the job as it ended."""
    _run(project, job_id, _Inline)
    return queueing.get(project, job_id)


def main(arguments: list[str] | None = None) -> int:
    """Run one job. Exit 0 when its end was written down, 4 when it was not ours to run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--project", type=Path, required=True)
    parser.add_argument("--job", required=True)
    parser.add_argument("--parent", type=int, help="the process whose end ends this one (default: none)")
    given = parser.parse_args(arguments)
    if given.parent is not None and os.getppid() != given.parent:
        return EXIT_NOT_MINE  # the worker died before we were up; the next one queues the job again
    return _run(open_project(given.project), given.job, lambda context: _OwnProcess(context, given.parent))


class _Inline:
    """A job in the caller's process: asked to stop, never ended by force."""

    parent: int | None = None

    def __init__(self, context: JobContext) -> None:
        self.context = context

    def cancel(self) -> None:
        self.context.cancel.set()

    def interrupt(self) -> None:
        self.context.interrupt.set()

    def settled(self) -> None:
        """The function has returned: nothing is to be ended any more."""


class _OwnProcess(_Inline):
    """A job in a process of its own: asked to stop at its next step, ended where it does not."""

    def __init__(self, context: JobContext, parent: int | None) -> None:
        super().__init__(context)
        self.parent = parent
        self._timers: list[Timer] = []
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.interrupt())

    def cancel(self) -> None:
        if not self.context.cancel.is_set():
            super().cancel()
            self._end_in(CANCEL_GRACE_S, self._end_cancelled)

    def interrupt(self) -> None:
        if not self.context.interrupt.is_set():
            super().interrupt()
            self._end_in(INTERRUPT_GRACE_S, lambda: os._exit(EXIT_TERMINATED))

    def settled(self) -> None:
        for timer in self._timers:
            timer.cancel()

    def _end_in(self, seconds: float, end: Callable[[], None]) -> None:
        timer = Timer(seconds, end)
        timer.daemon = True
        timer.start()
        self._timers.append(timer)

    def _end_cancelled(self) -> None:
        _say(f"did not stop within {CANCEL_GRACE_S:.0f} s and was ended")
        try:
            _store(self.context, {"status": "cancelled"})
        finally:
            os._exit(EXIT_TERMINATED)


def _run(project: Project, job_id: str, stopping: Callable[[JobContext], _Inline]) -> int:
    folder = queueing.folder(project, job_id)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        lease = Lease(project, job_id, folder)
    except LeaseTaken:
        return EXIT_NOT_MINE
    try:
        started = _begin(project, job_id)
        if started is None:
            return EXIT_NOT_MINE
        function, args, attempt = started
        context = JobContext(project, job_id, folder, args, attempt)
        stop = stopping(context)
        lease.watch(parent=stop.parent, on_cancel=stop.cancel, on_lost=stop.interrupt)
        try:
            ending = _call(function, context)
        except JobInterrupted:
            _say("interrupted; it resumes when a worker starts")
            return 0
        stop.settled()
        _store(context, ending)
        return 0
    finally:
        lease.release()


def _begin(project: Project, job_id: str) -> tuple[str, Mapping[str, Any], int] | None:
    with database.engine(project).begin() as connection:
        row = connection.execute(select(jobs).where(jobs.c.job_id == job_id).with_for_update()).one_or_none()
        if row is None:
            raise NotFound(f"There is no job {job_id!r}.")
        if row.status in TERMINAL:
            return None
        change = {
            "status": "running", "attempt": row.attempt + 1, "pid": os.getpid(), "heartbeat_at": now(),
            "started_at": row.started_at or now(), "finished_at": None, "error": "",
        }  # fmt: skip
        connection.execute(update(jobs).where(jobs.c.job_id == job_id).values(change))
        return row.function, row.args, row.attempt + 1


def _call(function: str, context: JobContext) -> dict[str, Any]:
    """Run the function; the answer is the columns that tell how it ended."""
    try:
        outcome = functions.loaded(function)(context)
    except JobCancelled:
        _say("cancelled")
        return {"status": "cancelled"}
    except UserError as fault:
        _say(f"failed: {fault}")
        return {"status": "failed", "error": str(fault)}
    except Exception as fault:
        traceback.print_exc()
        where = context.folder / queueing.LOG_NAME
        return {
            "status": "failed",
            "error": f"{type(fault).__name__}: {fault}. The whole trace is in {where}.",
        }
    return {
        "status": "succeeded", "artifact": outcome.artifact, "summary": dict(outcome.summary), "message": "",
    }  # fmt: skip


def _store(context: JobContext, ending: dict[str, Any]) -> None:
    done = {} if context.latest is None else dict(zip(("done", "total"), context.latest, strict=True))
    change = {**done, **ending, "finished_at": now(), "pid": None}
    until = time.monotonic() + STORE_LIMIT_S
    while True:
        try:
            with database.engine(context.project).begin() as connection:
                connection.execute(update(jobs).where(jobs.c.job_id == context.job_id).values(change))
            return
        except (ServiceUnavailable, OperationalError):
            if time.monotonic() > until:
                raise
            time.sleep(0.5)  # PostgreSQL is being restarted; the work itself is done and published


def _say(what: str) -> None:
    print(f"[{now():%H:%M:%S}] {what}", flush=True)  # noqa: T201 - the job's own log


if __name__ == "__main__":
    sys.exit(main())
