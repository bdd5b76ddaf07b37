"""Opening a review queue as a job: putting thousands of records into Argilla takes half a minute."""

from __future__ import annotations

from curation import prompts, queues
from curation.ordering import Handing
from storage import jobs
from storage.jobs import Job, JobContext, JobOutcome
from storage.project import Project


def start(
    project: Project, task: str, prompt_number: int, created_by: str, *, handing: Handing | None = None
) -> Job:
    """Start opening the queue of a prompt version; `handing` counts where it is new.

    Raises NotFound for an unknown version.
    """
    settings = (handing or Handing()).model_dump(mode="json")
    prompt = prompts.get(project, task, prompt_number)
    return jobs.submit(
        project,
        kind="queue",
        function="curation.queue_opening:run",
        args={"task": task, "prompt_number": prompt_number, "created_by": created_by, "handing": settings},
        title=f"Put the labels of prompt {prompt.version} before reviewers",
        queue="cpu",
        task=task,
        created_by=created_by,
        lock=f"queue/{task}",
    )


def run(context: JobContext) -> JobOutcome:
    """The job. Called again after a kill it adds what is not in the queue yet."""
    args = context.args
    opened = queues.open_queue(
        context.project, str(args["task"]), int(args["prompt_number"]), str(args["created_by"]),
        handing=Handing.model_validate(args.get("handing") or {}),
    )  # fmt: skip
    return JobOutcome(summary={"queue": opened.name})
