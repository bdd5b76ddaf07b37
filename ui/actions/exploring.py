"""Looking at data, and what follows from it: flags for labels that look wrong, records that are left out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from curation import contamination, exploring, flags, left_out
from curation.contamination.comparing import THRESHOLD
from curation.exploring.job import Part
from curation.exploring.labelled import Whose
from storage.jobs import Job
from storage.project import Project
from ui.actions.registry import action, note
from ui.sign_in import Person


@action("explore.start", "run")
def explore(project: Project, by: Person, task: str, part: Part, *, whose: Whose = "people") -> Job:
    """Start looking at a task's data, as a job."""
    job = exploring.start(project, task, part, by.username, whose=whose)
    note(project, by, "explore.start", task, part=part, job=job.job_id)
    return job


@action("explore.flag", "run")
def flag(project: Project, by: Person, task: str, notes: Mapping[str, str]) -> int:
    """Flag records whose label is probably wrong, each with why; how many are flagged now."""
    flagged = flags.put_all(project, task, by.username, notes)
    note(project, by, "explore.flag", task, records=len(notes), flagged=flagged)
    return flagged


@action("contamination.start", "run")
def check(
    project: Project,
    by: Person,
    task: str,
    path: Path,
    columns: Sequence[str],
    *,
    name: str = "",
    member: str | None = None,
    version: str | None = None,
    threshold: float = THRESHOLD,
) -> Job:
    """Start holding a task's records, or a dataset version, against a benchmark, as a job."""
    job = contamination.start(
        project, task, path, columns, created_by=by.username, name=name, member=member, version=version,
        threshold=threshold,
    )  # fmt: skip
    note(project, by, "contamination.start", task, file=name or path.name, job=job.job_id)
    return job


@action("records.leave_out", "run")
def leave_out(project: Project, by: Person, task: str, record_ids: Collection[str], *, why: str) -> int:
    """Leave records out of labelling, reviewing and training; how many were not before."""
    gone = left_out.put(project, task, record_ids, why=why, by=by.username)
    note(project, by, "records.leave_out", task, records=gone, why=why)
    return gone


@action("records.take_back", "run")
def take_back(project: Project, by: Person, task: str, record_ids: Collection[str]) -> int:
    """Let records that were left out take part again; how many those were."""
    back = left_out.take_back(project, task, record_ids)
    note(project, by, "records.take_back", task, records=back)
    return back
