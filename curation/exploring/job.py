"""Exploring as a job: the answer becomes an artifact, and a page shows the newest.

    start(project, task, "data", created_by)            what the records are like
    start(project, task, "label_errors", created_by)    which labels are probably wrong
    start(project, task, "learning_curve", created_by)  what more labels would bring

An answer is JSON; a newer one never replaces it, so that what was known when can be said.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from typing import Any, Generic, Literal, TypeVar, get_args

from pydantic import TypeAdapter

from curation import queues, tasks
from curation.exploring import label_errors, learning_curve
from curation.exploring.exploration import Exploration, explored
from curation.exploring.label_errors import LabelErrors
from curation.exploring.labelled import Whose
from curation.exploring.learning_curve import LearningCurve
from curation.reviews import mirroring
from curation.tasks import Task
from storage import artifacts, jobs
from storage.artifacts import Manifest
from storage.errors import InvalidInput
from storage.identifiers import new_id
from storage.jobs import Job, JobContext, JobOutcome
from storage.project import Project

KIND, ANSWER = "explorations", "answer.json"
Part = Literal["data", "label_errors", "learning_curve"]
Answer = Exploration | LabelErrors | LearningCurve
_Found = TypeVar("_Found", Exploration, LabelErrors, LearningCurve)
_READ_FROM = ("records", "duplicates", "labels", "reviews", "datasets")
_TITLES: Mapping[Part, str] = {
    "data": "Look at the records of {}",
    "label_errors": "Look for label errors in {}",
    "learning_curve": "Measure the learning curve of {}",
}


@dataclass(frozen=True)
class Explored(Generic[_Found]):
    """An answer with when it was found, of whose labels it speaks, and what came since.

    `new_records` were imported since; `labels_changed` says that labels or reviews came or went.
    """

    found: _Found
    artifact_id: str
    at: datetime
    whose: Whose
    new_records: int
    labels_changed: bool

    @property
    def is_current(self) -> bool:
        """Whether nothing it speaks of has changed."""
        return not self.new_records and not self.labels_changed


def start(project: Project, task: str, part: Part, created_by: str, *, whose: Whose = "people") -> Job:
    """Start looking. Raises NotFound for an unknown task, InvalidInput for one without records.

    For `label_errors` and `learning_curve` also where the task has not one label per record.
    """
    known = tasks.get(project, task)
    if part not in get_args(Part):
        raise InvalidInput(
            f"There is no part {part!r} to explore.", next_step=f"Ask for {', '.join(_TITLES)}."
        )
    if not artifacts.listing(project, "records", task):
        raise InvalidInput(f"Task {task!r} has no records yet.", next_step="Import a file first.")
    if part != "data" and (known.kind != "classification" or known.multi_label):
        raise InvalidInput(
            f"The outputs of task {task!r} are not one label per record.",
            next_step="This can be asked of a classification with single labels.",
        )
    return jobs.submit(
        project,
        kind="explore",
        function="curation.exploring.job:run",
        args={"task": task, "part": part, "whose": whose},
        title=_TITLES[part].format(task),
        queue="cpu",
        task=task,
        created_by=created_by,
        lock=f"explore/{task}/{part}",
    )


def run(context: JobContext) -> JobOutcome:
    """The job; a second call looks again."""
    project, task = context.project, tasks.get(context.project, str(context.args["task"]))
    part: Part = context.args["part"]
    whose: Whose = context.args["whose"]
    if whose == "people" and queues.listing(project, task.name):
        context.progress(0, None, "reading the newest decisions")
        mirroring.mirror(project, task.name)
    inputs = _inputs(project, task.name)
    answer = _LOOK[part](project, task, whose, context)
    with artifacts.draft(project, KIND, task.name, new_id("exp")) as draft:
        draft.write_text(ANSWER, _adapter(part).dump_json(answer).decode())
        manifest = draft.publish(inputs=inputs, facts={"part": part, "whose": whose, **_counts(answer)})
    return JobOutcome(artifact=manifest.reference, summary=_counts(answer))


def newest_data(project: Project, task: str) -> Explored[Exploration] | None:
    """What the records are like, as it was last looked at; None before the first time."""
    return _newest(project, task, "data")


def newest_label_errors(project: Project, task: str) -> Explored[LabelErrors] | None:
    """The labels that were last found to be probably wrong."""
    return _newest(project, task, "label_errors")


def newest_curve(project: Project, task: str) -> Explored[LearningCurve] | None:
    """The learning curve that was last measured."""
    return _newest(project, task, "learning_curve")


def _newest(project: Project, task: str, part: Part) -> Explored[Any] | None:
    manifest = next(
        (each for each in reversed(artifacts.listing(project, KIND, task)) if each.facts["part"] == part),
        None,
    )
    if manifest is None:
        return None
    seen, now = set(manifest.inputs), _manifests(project, task)
    [entry] = manifest.files
    return Explored(
        found=_read(manifest.path(ANSWER).as_posix(), entry.sha256, part),
        artifact_id=manifest.artifact_id,
        at=manifest.created_at,
        whose=manifest.facts["whose"],
        new_records=sum(m.rows("records") for m in now if m.kind == "records" and m.reference not in seen),
        labels_changed={m.reference for m in now if m.kind in ("labels", "reviews")}
        != {name for name in seen if name.startswith(("labels/", "reviews/"))},
    )


@lru_cache(maxsize=16)
def _read(path: str, sha256: str, part: Part) -> Any:
    """The answer in a file; what was read is kept while the file is the same, as it is until an erasure."""
    with open(path, "rb") as stream:
        return _adapter(part).validate_json(stream.read())


@cache
def _adapter(part: Part) -> TypeAdapter[Any]:
    return TypeAdapter(_KINDS[part])


_KINDS: Mapping[Part, Any] = {
    "data": Exploration, "label_errors": LabelErrors, "learning_curve": LearningCurve,
}  # fmt: skip


def _manifests(project: Project, task: str) -> list[Manifest]:
    """What an exploration reads: of mirrors, searches and versions only the newest."""
    found = []
    for kind in _READ_FROM:
        every = artifacts.listing(project, kind, task)
        found += every if kind in ("records", "labels") else every[-1:]
    return found


def _inputs(project: Project, task: str) -> list[str]:
    return [manifest.reference for manifest in _manifests(project, task)]


def _counts(answer: Answer) -> dict[str, int | float]:
    """What a job's page says of it."""
    if isinstance(answer, Exploration):
        return {"records": answer.records, "columns": len(answer.columns), "warnings": len(answer.warnings)}
    if isinstance(answer, LabelErrors):
        return {"judged": answer.judged, "suspects": len(answer.suspects), "accuracy": answer.accuracy}
    return {"labels": answer.labels, "accuracy": answer.points[-1].accuracy, "gain": answer.gain}


def _data(project: Project, task: Task, whose: Whose, context: JobContext) -> Answer:
    return explored(project, task, context.progress)


def _errors(project: Project, task: Task, whose: Whose, context: JobContext) -> Answer:
    context.progress(0, None, "a proxy model judges the labels")
    return label_errors.likely_errors(project, task, whose)


def _curve(project: Project, task: Task, whose: Whose, context: JobContext) -> Answer:
    def told(done: int, total: int) -> None:
        context.progress(done, total, "models trained")

    return learning_curve.curve_of(project, task, whose, progress=told)


_LOOK: Mapping[Part, Callable[[Project, Task, Whose, JobContext], Answer]] = {
    "data": _data,
    "label_errors": _errors,
    "learning_curve": _curve,
}
