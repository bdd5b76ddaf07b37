"""Cards: the next records of a queue as a reviewer sees them, and how far the queue is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from curation import labelling, ordering, outputs, proposals, queues
from curation import review_form as form
from curation.labelling import TeacherLabel
from curation.ordering import Handing, Order, handing_out, holders, leases, places
from curation.ordering.holders import Holder
from curation.ordering.places import Place
from curation.proposals import ProposedTag
from curation.queues import Queue
from curation.reviews import remembered
from curation.tasks import Task
from storage.argilla_client import ArgillaClient, QueueItem
from storage.argilla_client.review_shape import TEACHER_OUTPUT
from storage.errors import InvalidInput
from storage.project import Project

MOST_GUESSES = 9


@dataclass(frozen=True)
class Card:
    """One record to decide on. `output` is what the teacher said; `inputs` by input column.

    `base_version` is None for a record this person has not decided on. `guesses` are the labels
    that teachers gave for the record, the most frequent first; `proposed_tags` what rules found.
    Of a `blind` card the person sees no output and writes it. `flagged` says that this person asked
    to discuss the record, `also_open` that somebody else has it in hand: nothing else was left.
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
    also_open: bool = False


@dataclass(frozen=True)
class TargetReached:
    """What a person is to decide, each `day` (UTC, decisions on cards) or in `all`, and has."""

    count: int
    per: str
    done: int


@dataclass(frozen=True)
class ReviewProgress:
    """How far a queue is, in records. `mine` are this person's decisions, `pending` what they may do."""

    total: int
    completed: int
    pending: int
    mine: int
    target: TargetReached | None = None


def next_cards(
    client: ArgillaClient,
    project: Project,
    queue: str,
    limit: int = 10,
    exclude: Collection[str] = (),
    *,
    person: str = "",
    order: str = "",
) -> list[Card]:
    """The next records that `client`'s user, `person`, may decide on, without those in `exclude`.

    They are leased to that person. `order` is theirs instead of the queue's own. Raises InvalidInput
    for an order that there is not.
    """
    opened = queues.get(project, queue)
    task = queues.task_of(project, opened)
    handing = ordering.of(project, queue).handing
    found = handing_out.handed_out(
        client, project, opened.argilla_id, opened.task,
        holder_of(opened, person or client.me().username, handing), handing, limit,
        exclude=exclude, order=chosen_order(task, handing, order),
    )  # fmt: skip
    remembered.remember(project, opened, [each.item for each in found])
    known = places.of_queue(project, queue, [each.item.external_id for each in found])
    cards = [
        replace(card_of(opened, task, each.item, known.get(each.item.external_id)), also_open=each.also_open)
        for each in found
    ]
    return completed(project, task, cards)


def chosen_order(task: Task, handing: Handing, text: str) -> Order:
    """A person's own order, else the queue's. Raises InvalidInput where people may not order so."""
    if not text:
        return ordering.parsed(handing.order)
    order = ordering.parsed(text)
    columns = (*task.input_columns, *handing.slices)
    if order.column and order.column not in columns and str(order) != handing.order:
        raise InvalidInput(
            f"Cards cannot be ordered by {order.column!r} here.", next_step=f"Choose one of {list(columns)}."
        )
    return order


def hold(
    project: Project, queue: str, person: str, *, keep: Collection[str] = (), let_go: Collection[str] = ()
) -> None:
    """Hold records for longer, as far as the person still holds them, and give others back."""
    opened = queues.get(project, queue)
    if keep:
        leases.renew(project, holder_of(opened, person, ordering.of(project, queue).handing), keep)
    if let_go:
        leases.release(project, queue, person, let_go)


def holder_of(queue: Queue, person: str, handing: Handing | None = None) -> Holder:
    """A person at a queue."""
    minutes = (handing or Handing()).lease_minutes
    return Holder(queue.name, person, queues.MIN_SUBMITTED[queue.purpose], minutes)


def progress(client: ArgillaClient, project: Project, queue: str, *, person: str = "") -> ReviewProgress:
    """How far the queue is, what `client`'s user has in it, and how far `person` is to their target."""
    opened = queues.get(project, queue)
    whole, mine = client.progress(opened.argilla_id), client.my_progress(opened.argilla_id)
    decided = mine.submitted + mine.discarded
    reached = None
    target = ordering.of(project, queue).handing.target_of(person) if person else None
    if target is not None:
        today = target.per == "day"
        done = holders.decided(project, queue, person, since=holders.today()) if today else decided
        reached = TargetReached(target.count, target.per, done)
    return ReviewProgress(whole.total, whole.completed, mine.left, decided, reached)


def card_of(queue: Queue, task: Task, found: QueueItem, place: Place | None = None) -> Card:
    """A record of the queue as a card, with what the queue alone knows of it.

    Of one that is to be decided blind the teacher's output is left out.
    """
    names = form.field_names(task.input_columns)
    blind = place is not None and place.blind
    output = "" if blind else str(found.fields.get(TEACHER_OUTPUT) or "")
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
        blind=blind,
    )


def unveiled(project: Project, task: Task, card: Card) -> Card:
    """A blind card with what the teacher said, for the server to compare with; others as they are."""
    if not card.blind:
        return card
    labels = labelling.of_records(project, task.name, [card.record_id])[card.record_id]
    output = next((label.output for label in labels if label.label_id == card.label_id), "")
    return replace(card, output=output)


def completed(project: Project, task: Task, cards: Sequence[Card]) -> list[Card]:
    """The cards with what helps to decide: the labels guessed for their records, and proposed tags."""
    said: Mapping[str, list[TeacherLabel]] = {}
    if cards and outputs.form_of(task).labels:
        said = labelling.of_records(project, task.name, [card.record_id for card in cards])
    return [
        card
        if card.blind
        else replace(
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
