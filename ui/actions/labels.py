"""From records to a review queue: teacher labels and queues."""

from __future__ import annotations

from curation import labelling, queue_opening, queues
from curation.ordering import Handing
from curation.queues import Queue
from storage.jobs import Job
from storage.project import Project
from ui.actions.registry import action, note
from ui.sign_in import Person


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
