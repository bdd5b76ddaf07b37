"""Following a job from the terminal: its progress on stderr, and an error if it ends badly."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from ui.cli.answering import tell

if TYPE_CHECKING:
    from storage.jobs import Job
    from storage.project import Project

_LOOK_EVERY_S = 0.3
_SAY_EVERY_S = 10.0


def follow(project: Project, job: Job, *, quiet: bool = False) -> Job:
    """Wait for a job to end, telling how far it is.

    Raises InvalidInput with the job's error where it failed, Conflict where it was cancelled.
    """
    from storage import jobs
    from storage.errors import Conflict, InvalidInput

    told = ""
    told_at = 0.0
    while not job.is_terminal:
        line = _line(job)
        due = time.monotonic() - told_at > (0.5 if sys.stderr.isatty() else _SAY_EVERY_S)
        if not quiet and line != told and due:
            tell(f"  {line}")
            told, told_at = line, time.monotonic()
        time.sleep(_LOOK_EVERY_S)
        job = jobs.get(project, job.job_id)
    if job.status == "failed":
        raise InvalidInput(
            f"{job.title}: {job.error}", next_step=f"Its log: {jobs.folder(project, job.job_id) / 'log.txt'}"
        )
    if job.status == "cancelled":
        raise Conflict(f"{job.title} was cancelled.", next_step="Resume it on the Jobs page.")
    return job


def _line(job: Job) -> str:
    if job.status != "running":
        return f"{job.title}: {job.status}"
    counted = f"{job.done:,} of {job.total:,}" if job.total else f"{job.done:,}"
    return f"{job.title}: {counted}{f', {job.message}' if job.message else ''}"
