"""Cards: the next records of a queue as a reviewer sees them, and how far the queue is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from curation import labelling, outputs, proposals, queues
from curation import review_form as form
from curation.labelling import TeacherLabel
from curation.proposals import ProposedTag
from curation.queues import Queue
from curation.tasks import Task
from storage.argilla_client import ArgillaClient, QueueItem
from storage.argilla_client.review_shape import TEACHER_OUTPUT
from storage.project import Project

MOST_GUESSES = 9


@dataclass(frozen=True)
class Card:
    """One record to decide on. `output` is what the teacher said; `inputs` by input column.

    `base_version` is None for a record this person has not decided on. `guesses` are the labels
    that teachers gave for the record, the most frequent first; `proposed_tags` what rules found.
    Of a `blind` card the person sees no output and writes it. `flagged` says that this person
    asked to discuss the record.
    """

    queue: str
    argilla_id: str
    record_id: str
    label_id: str
    prompt_version: int
    inputs: Mapping[str, str]
    output: str
    is_valid: bool  # whether `output` may be approved as it stands
    base_version: str | None = None
    guesses: tuple[str, ...] = ()
    proposed_tags: tuple[ProposedTag, ...] = ()
    blind: bool = False
    flagged: bool = False


@dataclass(frozen=True)
class ReviewProgress:
    """How far a queue is, in records. `mine` are this person's decisions, `pending` what they may do."""

    total: int
    completed: int
    pending: int
    mine: int


def next_cards(
    client: ArgillaClient,
    project: Project,
    queue: str,
    limit: int = 10,
    exclude: Collection[str] = (),
) -> list[Card]:
    """The next records that `client`'s user may decide on, without those in `exclude` (record ids)."""
    opened = queues.get(project, queue)
    task = queues.task_of(project, opened)
    asked = 2 * limit
    while True:
        found = client.pending(opened.argilla_id, asked)
        waiting = [item for item in found if item.external_id not in exclude]
        if len(waiting) >= limit or len(found) < asked:
            return completed(project, task, [card_of(opened, task, item) for item in waiting[:limit]])
        asked *= 4


def progress(client: ArgillaClient, project: Project, queue: str) -> ReviewProgress:
    """How far the queue is, and what `client`'s user has in it."""
    opened = queues.get(project, queue)
    whole, mine = client.progress(opened.argilla_id), client.my_progress(opened.argilla_id)
    return ReviewProgress(whole.total, whole.completed, mine.left, mine.submitted + mine.discarded)


def card_of(queue: Queue, task: Task, found: QueueItem) -> Card:
    """A record of the queue as a card, with what the queue alone knows of it."""
    names = form.field_names(task.input_columns)
    output = str(found.fields.get(TEACHER_OUTPUT) or "")
    return Card(
        queue=queue.name,
        argilla_id=found.record_id,
        record_id=found.external_id,
        label_id=str(found.metadata.get(form.LABEL_ID) or ""),
        prompt_version=queue.prompt_version,
        inputs={column: str(found.fields.get(name) or "") for column, name in names.items()},
        output=output,
        base_version=found.own.state.version if found.own else None,
        is_valid=outputs.is_valid(task, output),
    )


def completed(project: Project, task: Task, cards: Sequence[Card]) -> list[Card]:
    """The cards with what helps to decide: the labels guessed for their records, and proposed tags."""
    said: Mapping[str, list[TeacherLabel]] = {}
    if cards and outputs.form_of(task).labels:
        said = labelling.of_records(project, task.name, [card.record_id for card in cards])
    return [
        replace(
            card,
            guesses=guesses(task, said.get(card.record_id, [])),
            proposed_tags=proposals.of(task, card.inputs, card.output),
        )
        for card in cards
    ]


def guesses(task: Task, labels: Sequence[TeacherLabel]) -> tuple[str, ...]:
    """The labels of the set that a record was given, most frequent first; of equals the newer first."""
    known = frozenset(task.labels)
    counted: Counter[str] = Counter()
    for label in labels:
        named = outputs.named_labels(label.output) if task.multi_label else [label.output.strip()]
        counted.update(list(dict.fromkeys(name for name in named if name in known)))
    return tuple(name for name, _ in counted.most_common(MOST_GUESSES))
