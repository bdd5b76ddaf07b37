"""From a file to a review queue: imports, teacher labels, queues."""

from __future__ import annotations

from pathlib import Path

from curation import imports, labelling, queue_opening, queues
from curation.imports import ColumnMapping, ImportResult
from curation.ordering import Handing
from curation.queues import Queue
from storage.jobs import Job
from storage.project import Project
from ui.actions.registry import action, note
from ui.sign_in import Person


@action("import.start", "run")
def start_import(
    project: Project, by: Person, task: str, path: Path, mapping: ColumnMapping, *, source: str
) -> Job:
    """Start the import of a file, as a job."""
    job = imports.start(project, task, path, mapping, source=source, imported_by=by.username)
    note(project, by, "import.start", task, file=source, job=job.job_id)
    return job


@action("import.run", "run")
def run_import(
    project: Project, by: Person, task: str, path: Path, mapping: ColumnMapping, *, source: str
) -> ImportResult:
    """Import a file now, and wait for it."""
    result = imports.import_file(project, task, path, mapping, source=source, imported_by=by.username)
    note(project, by, "import.run", task, file=source, rows=result.read, new=result.new)
    return result


@action("labelling.start", "run")
def label(project: Project, by: Person, task: str, prompt_number: int, teacher: str) -> Job:
    """Start asking a teacher for what it has not labelled under a prompt, as a job."""
    job = labelling.start(project, task, prompt_number, teacher, by.username)
    note(project, by, "labelling.start", f"{task}/v{prompt_number}", teacher=teacher, job=job.job_id)
    return job


@action("queue.start", "run")
def start_queue(
    project: Project, by: Person, task: str, prompt_number: int, *, handing: Handing | None = None
) -> Job:
    """Start opening a review queue, or adding to it, as a job; `handing` counts where it is new."""
    job = queue_opening.start(project, task, prompt_number, by.username, handing=handing)
    note(project, by, "queue.start", f"{task}/v{prompt_number}", job=job.job_id)
    return job


@action("queue.open", "run")
def open_queue(
    project: Project,
    by: Person,
    task: str,
    prompt_number: int,
    *,
    overlap_rows: int = 0,
    handing: Handing | None = None,
) -> Queue:
    """Open a review queue, or add to it, and wait for it; `handing` counts where it is new."""
    queue = queues.open_queue(
        project, task, prompt_number, by.username, overlap_rows=overlap_rows, handing=handing
    )
    note(project, by, "queue.open", queue.name, overlap_rows=overlap_rows)
    return queue
