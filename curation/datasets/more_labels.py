"""How many more labels? The learning curve of a task, measured by a job and kept with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter

from curation import exploring, tasks
from curation.exploring import LearningCurve
from curation.tasks import Task
from storage import jobs
from storage.errors import InvalidInput
from storage.jobs import Job, JobContext, JobOutcome
from storage.project import Project

JOB_KIND = "learning-curve"
_STORED = TypeAdapter(LearningCurve)


@dataclass(frozen=True)
class Measured:
    """A curve, and when it was measured."""

    curve: LearningCurve
    at: datetime | None


def possible(task: Task) -> bool:
    """Whether a curve can be measured for this kind of task: one label per record."""
    return task.kind == "classification" and not task.multi_label


def start(project: Project, task: str, created_by: str) -> Job:
    """Start measuring what people's labels of a task teach. Raises InvalidInput for another kind of task."""
    if not possible(tasks.get(project, task)):
        raise InvalidInput(
            f"The outputs of task {task!r} are not one label per record.",
            next_step="A learning curve can be measured for a classification with single labels.",
        )
    return jobs.submit(
        project,
        kind=JOB_KIND,
        function="curation.datasets.more_labels:run",
        args={"task": task},
        title=f"Measure what more labels would add to {task}",
        queue="cpu",
        task=task,
        created_by=created_by,
        lock=f"learning-curve/{task}",
    )


def run(context: JobContext) -> JobOutcome:
    """The job; called again it measures again. Fails with a sentence where there are too few labels."""
    task = tasks.get(context.project, str(context.args["task"]))
    curve = exploring.curve_of(
        context.project, task, progress=lambda done, total: context.progress(done, total, "models trained")
    )
    return JobOutcome(summary=_STORED.dump_python(curve, mode="json"))


def newest(project: Project, task: str) -> Measured | None:
    """The curve measured last, or None before the first."""
    for job in jobs.listing(project, task=task, limit=1_000):
        if job.kind == JOB_KIND and job.status == "succeeded":
            return Measured(_STORED.validate_python(job.summary), job.finished_at)
    return None
