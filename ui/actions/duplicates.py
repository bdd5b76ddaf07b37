"""Duplicates: searching for them, and what a person says of the clusters that were found."""

from __future__ import annotations

from collections.abc import Sequence

from curation import duplicates
from storage.jobs import Job
from storage.project import Project
from ui.actions.registry import action, note
from ui.sign_in import Person


@action("duplicates.start", "run")
def find(project: Project, by: Person, task: str) -> Job:
    """Start the search for copies, as a job."""
    job = duplicates.start(project, task, by.username)
    note(project, by, "duplicates.start", task, job=job.job_id)
    return job


@action("duplicates.keep", "run")
def keep(project: Project, by: Person, task: str, record_id: str) -> None:
    """Let a cluster keep another of its copies."""
    duplicates.keep(project, task, record_id, by.username)
    note(project, by, "duplicates.keep", task, record=record_id)


@action("duplicates.apart", "run")
def apart(project: Project, by: Person, task: str, record_ids: Sequence[str]) -> None:
    """Say of members of a cluster that they are no copies of the others."""
    duplicates.apart(project, task, record_ids, by.username)
    note(project, by, "duplicates.apart", task, records=list(record_ids))


@action("duplicates.together", "run")
def together(project: Project, by: Person, task: str, record_ids: Sequence[str]) -> None:
    """Say of records of several clusters that they are copies of each other."""
    duplicates.together(project, task, record_ids, by.username)
    note(project, by, "duplicates.together", task, records=list(record_ids))


@action("duplicates.undo", "run")
def undo(project: Project, by: Person, task: str, seq: int) -> None:
    """Take back what was said of duplicates."""
    duplicates.undo(project, task, seq, by.username)
    note(project, by, "duplicates.undo", task, ruling=seq)
