"""What is done with dataset versions that stand: naming them, checking them, asking what more would add."""

from __future__ import annotations

from curation.datasets import more_labels, names
from curation.datasets.leakage import report
from curation.datasets.names import Name
from storage.jobs import Job
from storage.project import Project
from ui.actions.registry import action, note
from ui.sign_in import Person


@action("dataset.name", "run")
def name_version(
    project: Project,
    by: Person,
    task: str,
    name: str,
    version: str,
    *,
    based_on: int | None = None,
    why: str = "",
) -> Name:
    """Let a name stand for a version, from now on."""
    moved = names.move(project, task, name, version, by=by.username, based_on=based_on, why=why)
    note(project, by, "dataset.name", f"{task}/{version}", called=name, revision=moved.revision)
    return moved


@action("dataset.unname", "run")
def take_name_away(
    project: Project, by: Person, task: str, name: str, *, based_on: int | None = None, why: str = ""
) -> Name:
    """Let a name stand for no version any more; its history stays."""
    gone = names.remove(project, task, name, by=by.username, based_on=based_on, why=why)
    note(project, by, "dataset.unname", task, called=name, revision=gone.revision)
    return gone


@action("dataset.check", "run")
def look_for_leaks(project: Project, by: Person, task: str, version: str) -> Job:
    """Start looking for rows of a version that stand in two splits at once, as a job."""
    job = report.start(project, task, names.resolve(project, task, version), by.username)
    note(project, by, "dataset.check", f"{task}/{job.args['version']}", job=job.job_id)
    return job


@action("dataset.measure", "run")
def measure_more_labels(project: Project, by: Person, task: str) -> Job:
    """Start measuring what more labels would add, as a job."""
    job = more_labels.start(project, task, by.username)
    note(project, by, "dataset.measure", task, job=job.job_id)
    return job
