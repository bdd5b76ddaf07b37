"""What a job function is given, and what it gives back."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any

from sqlalchemy import update
from sqlalchemy.exc import SQLAlchemyError

from storage import database
from storage.database.tables import jobs
from storage.errors import JobCancelled, ServiceUnavailable
from storage.project import Project

PROGRESS_EVERY_S = 0.3


class JobInterrupted(BaseException):
    """The machine or the worker is stopping; the job resumes later. Not for job functions to catch."""


@dataclass(frozen=True)
class JobOutcome:
    """What a finished job leaves: the artifact it published and a few facts for its page."""

    artifact: str | None = None
    summary: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class JobContext:
    """The running job, as its function sees it. `attempt` is 1 at the first start."""

    project: Project
    job_id: str
    folder: Path
    args: Mapping[str, Any]
    attempt: int
    cancel: Event = field(default_factory=Event)
    interrupt: Event = field(default_factory=Event)
    _told_at: float = -1.0
    _told: tuple[int, int | None, str] | None = None
    latest: tuple[int, int | None] | None = None
    """The last `done` and `total`, told or held back; written with the job's end."""

    @property
    def resumed(self) -> bool:
        """Whether this is not the first start, so parts may lie in `folder`."""
        return self.attempt > 1

    def progress(self, done: int, total: int | None = None, message: str = "") -> None:
        """Tell how far it is; written at most every 0.3 s, and always when `done` reaches `total`.

        Raises JobCancelled when a person stopped the job.
        """
        self.check_cancelled()
        self.latest = done, total
        moment = time.monotonic()
        due = moment - self._told_at >= PROGRESS_EVERY_S or done == total
        if not due or self._told == (done, total, message):
            return
        self._told_at, self._told = moment, (done, total, message)
        change = {"done": done, "total": total, "message": message}
        try:
            with database.engine(self.project).begin() as connection:
                connection.execute(update(jobs).where(jobs.c.job_id == self.job_id).values(change))
        except (ServiceUnavailable, SQLAlchemyError) as fault:
            print(f"progress not stored: {fault}", flush=True)  # noqa: T201 - the job's own log

    def check_cancelled(self) -> None:
        """Call between steps. Raises JobCancelled when a person stopped the job."""
        if self.interrupt.is_set():
            raise JobInterrupted
        if self.cancel.is_set():
            raise JobCancelled("Stopped by a person.")
