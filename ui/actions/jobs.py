"""Stopping a job and taking it up again."""

from __future__ import annotations

from storage import jobs
from storage.jobs import Job
from storage.project import Project
from ui.actions.registry import action, note
from ui.sign_in import Person


@action("job.cancel", "run")
def cancel(project: Project, by: Person, job_id: str) -> Job:
    """Stop a job; what it stored is kept."""
    job = jobs.cancel(project, job_id)
    note(project, by, "job.cancel", job_id, title=job.title)
    return job


@action("job.resume", "run")
def resume(project: Project, by: Person, job_id: str) -> Job:
    """Queue an interrupted, failed or cancelled job again."""
    job = jobs.resume(project, job_id)
    note(project, by, "job.resume", job_id, title=job.title)
    return job
