"""The loop of one task as stages, each with its number, and the one thing to do next."""

from __future__ import annotations

from dataclasses import dataclass

from curation import overview, queues, reviews
from curation.overview import Overview
from curation.tasks import Task
from eval import evaluations
from eval.evaluations import Row
from storage import argilla_client
from storage.errors import ServiceUnavailable
from storage.project import Project
from training import runs
from training.runs import Run
from ui.components.words import NONE, count, several, share, span
from ui.sign_in import Person


@dataclass(frozen=True)
class Stage:
    """One stage: its page, its main number and short lines about it. `reached`: something is there."""

    address: str
    title: str
    value: str
    detail: tuple[str, ...]
    reached: bool


@dataclass(frozen=True)
class Next:
    """The next thing to do, why, and the page where it is done."""

    sentence: str
    action: str
    address: str


@dataclass(frozen=True)
class Queue:
    """How far the newest prompt's review queues are, in records; all zero without one.

    `waiting` counts the records this person may still decide on. `answers` is False where Argilla
    does not answer, so the numbers are unknown.
    """

    total: int = 0
    completed: int = 0
    waiting: int = 0
    answers: bool = True


@dataclass(frozen=True)
class Loop:
    """Everything the pipeline draws: the data's stages, the queue, the newest run and its evaluation."""

    seen: Overview
    queue: Queue
    runs: tuple[Run, ...] = ()
    measured: tuple[Row, ...] = ()


def read(project: Project, person: Person, task: Task) -> Loop:
    """Where `task` stands for `person`. Argilla may be away; the rest is drawn all the same."""
    found = evaluations.listing(project, task.name)
    return Loop(
        seen=overview.read(project, task.name),
        queue=_queue(project, person, task),
        runs=tuple(runs.listing(project, task.name)),
        measured=tuple(evaluations.table(project, task.name, found[0].evaluation_id)) if found else (),
    )


def drawn(loop: Loop) -> list[Stage]:
    """The six stages, left to right."""
    seen, queue = loop.seen, loop.queue
    return [
        _stage("import", "Import", seen.imported.records, _import_detail(seen)),
        _stage("labels", "Label", seen.labelled.records, _label_detail(seen)),
        _stage("review", "Review", queue.completed, _review_detail(queue, seen), reached=queue.total > 0),
        _dataset(seen),
        _stage("train", "Train", len(loop.runs), _train_detail(loop)),
        _evaluated(loop),
    ]


def coming(loop: Loop) -> Next:
    """The first stage of the loop that is not finished."""
    seen, queue = loop.seen, loop.queue
    if seen.imported.records == 0:
        return Next("Bring in the inputs to be labelled.", "Import records", "import")
    if seen.searched.at is None and seen.labelled.records == 0:
        return Next("Find copies before anyone labels the same thing twice.", "Find duplicates", "duplicates")
    if seen.labelled.records == 0:
        return Next("Write the prompt and let the teacher label.", "Prompts and labels", "labels")
    if queue.total == 0 and queue.answers:
        labels = several(seen.labelled.records, "label")
        return Next(f"{labels} can go to review.", "Open a review queue", "labels")
    if queue.waiting:
        return Next(_waiting(queue.waiting), "Review", "review")
    if seen.frozen.version is None:
        return Next("What was approved can become a dataset.", "Freeze a dataset", "datasets")
    if not loop.runs:
        return Next(f"{seen.frozen.version} is ready to train on.", "Train", "train")
    if not loop.measured:
        return Next("The adapter has not been measured yet.", "Evaluate", "evaluate")
    return Next("See what the candidates say, record by record.", "Compare side by side", "side-by-side")


def _queue(project: Project, person: Person, task: Task) -> Queue:
    opened = queues.listing(project, task.name)
    if not opened:
        return Queue()
    newest = max(queue.prompt_version for queue in opened)
    client = argilla_client.connect(project, token=person.argilla_token)
    try:
        found = [
            reviews.progress(client, project, queue.name)
            for queue in opened
            if queue.prompt_version == newest
        ]
    except ServiceUnavailable:
        return Queue(answers=False)
    return Queue(
        sum(one.total for one in found),
        sum(one.completed for one in found),
        sum(one.pending for one in found),
    )


def _stage(
    address: str, title: str, number: int, detail: tuple[str, ...], *, reached: bool | None = None
) -> Stage:
    there = number > 0 if reached is None else reached
    return Stage(address, title, count(number) if there else NONE, detail, there)


def _import_detail(seen: Overview) -> tuple[str, ...]:
    if seen.imported.records == 0:
        return ("nothing yet",)
    copies = several(seen.searched.copies, "copy", "copies") if seen.searched.at else "copies not sought"
    return copies, f"{count(seen.imported.held_out)} held out"


def _label_detail(seen: Overview) -> tuple[str, ...]:
    if seen.labelled.records == 0:
        return ("no labels yet",)
    return f"of {count(seen.imported.trainable)}", f"prompt v{seen.labelled.prompt_number}"


def _review_detail(queue: Queue, seen: Overview) -> tuple[str, ...]:
    if not queue.answers:
        return ("Argilla does not answer",)
    if queue.total == 0:
        return ("no queue yet",)
    kept = seen.reviewed.approved + seen.reviewed.corrected
    untouched = (f"{share(seen.reviewed.approved, kept)} untouched",) if kept else ()
    return f"of {count(queue.total)}", *untouched


def _dataset(seen: Overview) -> Stage:
    frozen = seen.frozen
    if frozen.version is None:
        return Stage("datasets", "Dataset", NONE, ("none frozen yet",), False)
    return Stage(
        "datasets", "Dataset", frozen.version, (f"{several(frozen.train, 'row')} to train on",), True
    )


def _train_detail(loop: Loop) -> tuple[str, ...]:
    if not loop.runs:
        return ("no adapter yet",)
    newest = max(loop.runs, key=lambda run: run.created_at)
    return f"on {newest.dataset_version}", span(newest.seconds)


def _evaluated(loop: Loop) -> Stage:
    if not loop.measured:
        return Stage("evaluate", "Evaluate", NONE, ("none yet",), False)
    students = [row for row in loop.measured if row.kind == "adapter"]
    best = max(students or loop.measured, key=lambda row: row.accuracy.value)
    teachers = [row for row in loop.measured if row.kind in ("recorded", "teacher", "teacher_labels")]
    against = f"against {_percent(teachers[0])} teacher" if teachers else "accuracy"
    return Stage("evaluate", "Evaluate", _percent(best), (against,), True)


def _percent(row: Row) -> str:
    return f"{100 * row.accuracy.value:.0f}%"


def _waiting(number: int) -> str:
    return "1 record waits for you." if number == 1 else f"{number:,} records wait for you."
