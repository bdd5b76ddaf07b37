"""Erasing a person's records. The log has who asked, why and how much; it never has what was looked for."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from curation import erasing
from curation.erasing import Found, Scan
from storage.jobs import Job
from storage.project import Project
from ui.actions.registry import action, note
from ui.sign_in import Person


@action("erase.find", "people")
def find(
    project: Project, by: Person, *, record_ids: Collection[str] = (), text: str = "",
    backups: Collection[Path] = (),
) -> Found:  # fmt: skip
    """Look for what would be erased: it shows raw lines that nothing else shows, so the log has it."""
    found = erasing.find(project, record_ids=record_ids, text=text, backups=backups)
    note(project, by, "erase.find", project.name, records=len(found.record_ids), lines=found.loose)
    return found


@action("erase.start", "people")
def start(project: Project, by: Person, found: Found, reason: str) -> Job:
    """Erase what was found, as a job."""
    job = erasing.start(project, found, by=by.username, reason=reason)
    note(
        project, by, "erase.start", str(job.args["erasure_id"]), job=job.job_id, reason=reason.strip(),
        records=len(found.record_ids), lines=found.loose,
    )  # fmt: skip
    return job


@action("erase.scan", "people")
def scan(project: Project, by: Person, texts: Collection[str]) -> Scan:
    """Look where texts still stand, in every byte that the project holds."""
    seen = erasing.scan(project, texts)
    note(project, by, "erase.scan", project.name, findings=len(seen.findings))
    return seen
