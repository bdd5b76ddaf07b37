"""Review queues: what a teacher said under one prompt, put before people in Argilla.

The main queue takes one decision a record. Beside it may stand an overlap queue, in which each
record waits for two people, so that their agreement can be measured. A record is in one of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select
from sqlalchemy.dialects.postgresql import insert

from curation import corpus, labelling, prompts, queue_questions, review_rows, tasks
from curation import review_form as form
from curation.corpus import Record
from curation.gold import probing
from curation.labelling import TeacherLabel
from curation.ordering import Handing, places
from curation.queue_questions import Asked
from curation.tasks import Task
from storage import argilla_client, database, locks
from storage.argilla_client import ArgillaClient, QueueRecord, suggestions_for
from storage.argilla_client.review_shape import TEACHER_OUTPUT
from storage.database import tables
from storage.errors import InvalidInput, NotFound
from storage.identifiers import now
from storage.project import Project

MAIN, OVERLAP = "main", "overlap"
MIN_SUBMITTED = {MAIN: 1, OVERLAP: 2}


@dataclass(frozen=True)
class Queue:
    """A review queue. `purpose` is main or overlap.

    `argilla_id` is its dataset in Argilla, `asked` what it was opened with.
    """

    name: str
    task: str
    prompt_version: int
    argilla_id: str
    purpose: str
    created_at: datetime
    asked: Asked = field(default_factory=Asked)


def open_queue(
    project: Project,
    task: str,
    prompt_number: int,
    created_by: str,
    *,
    overlap_rows: int = 0,
    handing: Handing | None = None,
) -> Queue:
    """Open the queue of a prompt version, or bring it up to date with labels that came since.

    Holds the trainable records that have a label under that prompt, without those already
    approved or corrected under another. `overlap_rows` of them, chosen by hash when the overlap
    queue is first opened, wait for two people there. `handing` counts where the queue is new; a gold
    share of it brings in records whose right output is known, settled though they are. Returns the main
    queue.

    Raises InvalidInput where nothing has a label yet.
    """
    described = tasks.get(project, task)
    prompts.get(project, task, prompt_number)
    labels = labelling.latest(project, task, prompt_number)
    settled = _settled_elsewhere(project, task, prompt_number)
    whole = corpus.read(project, task)
    waiting = [r for r in whole.trainable if r.record_id in labels and r.record_id not in settled]
    if not labels:
        raise InvalidInput(
            f"No record of task {task!r} has a label under prompt v{prompt_number}.",
            next_step="Label them first, then open the queue.",
        )
    client = argilla_client.connect(project)
    with database.engine(project).begin() as connection:
        locks.hold(connection, f"queues/{task}")
        known = {queue.name: queue for queue in _listed(connection, task)}
        name = queue_name(task, prompt_number)
        apart: frozenset[str] = frozenset()
        if overlap_rows or f"{name}.{OVERLAP}" in known:
            twice = _ensure(connection, client, project, described, prompt_number, OVERLAP, known, handing)
            apart = frozenset(client.record_ids(twice.argilla_id)) or _sampled(waiting, overlap_rows)
            filling = _Filling(client, project, described, labels, _handing(connection, twice))
            filling.fill(twice, [r for r in waiting if r.record_id in apart])
        main = _ensure(connection, client, project, described, prompt_number, MAIN, known, handing)
        filling = _Filling(client, project, described, labels, _handing(connection, main))
        mine = [r for r in waiting if r.record_id not in apart]
        done = [r for r in whole.trainable if r.record_id in labels and r.record_id in settled]
        filling.fill(main, mine, done)
        return main


def queue_name(task: str, prompt_number: int) -> str:
    """The main queue's name; the overlap queue's has `.overlap` after it."""
    return f"{task}.prompt-v{prompt_number}"


def listing(project: Project, task: str | None = None) -> list[Queue]:
    """The queues of a task, or of all, oldest first."""
    with database.engine(project).connect() as connection:
        return _listed(connection, task)


def get(project: Project, name: str) -> Queue:
    """One queue. Raises NotFound, naming those there are."""
    with database.engine(project).connect() as connection:
        table = tables.queues
        row = connection.execute(select(table).where(table.c.name == name)).first()
        if row is not None:
            return _queue(row)
        names = ", ".join(queue.name for queue in _listed(connection, None))
    raise NotFound(
        f"There is no review queue {name!r}.",
        next_step=f"There are {names}." if names else "Open one on the Prompts and labels page.",
    )


def task_of(project: Project, queue: Queue) -> Task:
    """The task as this queue asks it: with the criteria, and of its labels those, that it was opened with."""
    return queue_questions.as_asked(tasks.get(project, queue.task), queue.asked)


def overlap_of(project: Project, queue: Queue) -> Queue | None:
    """The overlap queue beside a main queue, if it has one."""
    names = {found.name: found for found in listing(project, queue.task)}
    return names.get(f"{queue.name}.{OVERLAP}")


def _ensure(
    connection: Connection,
    client: ArgillaClient,
    project: Project,
    task: Task,
    number: int,
    purpose: str,
    known: Mapping[str, Queue],
    handing: Handing | None,
) -> Queue:
    name = queue_name(task.name, number) + ("" if purpose == MAIN else f".{purpose}")
    asked = known[name].asked if name in known else Asked.of(task)
    spec = queue_questions.spec_of(name, project.name, task, asked, MIN_SUBMITTED[purpose])
    values = {
        "name": name,
        "task": task.name,
        "prompt_version": number,
        "argilla_id": client.create_queue(spec),
        "purpose": purpose,
        "asked": queue_questions.stored(asked),
        "handing": (handing or Handing()).model_dump(mode="json"),
        "created_at": now(),
    }
    table = tables.queues
    changed = {"argilla_id": values["argilla_id"]}
    statement = insert(table).values(values).on_conflict_do_update(index_elements=["name"], set_=changed)
    return _queue(connection.execute(statement.returning(table)).one())


def _handing(connection: Connection, queue: Queue) -> Handing:
    table = tables.queues
    stored = connection.execute(select(table.c.handing).where(table.c.name == queue.name)).scalar_one()
    return Handing.model_validate(stored)


@dataclass(frozen=True)
class _Filling:
    """What a queue is filled with; what people see of a record there never changes under them."""

    client: ArgillaClient
    project: Project
    task: Task
    labels: Mapping[str, TeacherLabel]
    handing: Handing

    def fill(self, queue: Queue, waiting: Sequence[Record], settled: Sequence[Record] = ()) -> None:
        """Add the records that are not in the queue yet; of those `settled` some whose output is known."""
        there = self.client.record_ids(queue.argilla_id)
        probes: Sequence[Record] = ()
        if settled and self.handing.gold_share:
            probes = probing.chosen(self.project, self.task.name, queue.name, waiting, settled, self.handing)
        every = [*waiting, *probes]
        known = places.settle(
            self.project, queue.name, self.task, every, self.labels,
            labelling.by_id(self.project, self.task.name).values(),
            there=there, blind_share=self.handing.blind_share,
            probes=frozenset(record.record_id for record in probes),
        )  # fmt: skip
        new = [
            self._record(queue, record, blind=known[record.record_id].blind)
            for record in every
            if record.record_id not in there
        ]
        if new:
            self.client.add_records(queue.argilla_id, sorted(new, key=_by_hash) if probes else new)

    def _record(self, queue: Queue, record: Record, *, blind: bool) -> QueueRecord:
        """As Argilla is given it: of a blind one it does not know the teacher's output."""
        label = self.labels[record.record_id]
        names = form.field_names(self.task.input_columns)
        fields = {name: record.inputs.get(column) or "" for column, name in names.items()}
        return QueueRecord(
            external_id=record.record_id,
            fields={**fields, TEACHER_OUTPUT: "" if blind else label.output},
            metadata={form.LABEL_ID: label.label_id},
            suggestions={}
            if blind
            else suggestions_for(label.output, queue.asked.labels, agent=label.teacher),
        )


def _by_hash(record: QueueRecord) -> str:
    """An order that tells nothing: known records do not stand together at the end."""
    return hashlib.sha256(f"added/{record.external_id}".encode()).hexdigest()


def _sampled(records: Sequence[Record], count: int) -> frozenset[str]:
    def place(record: Record) -> str:
        return hashlib.sha256(f"overlap/{record.record_id}".encode()).hexdigest()

    return frozenset(record.record_id for record in sorted(records, key=place)[:count])


def _settled_elsewhere(project: Project, task: str, prompt_number: int) -> set[str]:
    reviews = review_rows.of(review_rows.newest_mirror(project, task))
    return {
        review.record_id
        for review in reviews
        if review.prompt_number != prompt_number and review.decision != review_rows.DISCARDED
    }


def _listed(connection: Connection, task: str | None) -> list[Queue]:
    table = tables.queues
    query = select(table).order_by(table.c.created_at, table.c.name)
    return [_queue(row) for row in connection.execute(query.where(table.c.task == task) if task else query)]


def _queue(row: Row[Any]) -> Queue:
    asked = Asked.model_validate(row.asked)
    return Queue(row.name, row.task, row.prompt_version, row.argilla_id, row.purpose, row.created_at, asked)
