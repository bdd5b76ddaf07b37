"""The context of one record: near-duplicates, other outputs, approved examples and its history.

Who reviews on their own, without the teacher's output or beside another reviewer, keeps doing so: a
blind card has no context at all, and of an overlap queue nobody is shown what others answered there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from rapidfuzz import fuzz

from curation import queues, review_form
from curation.context import looking_up
from curation.context.approved import nearest_approved, text_of
from curation.context.looking_up import Row
from curation.context.shapes import Context, NearDuplicate, Other, Past, beginnings
from curation.duplicates.normal import normal_form
from curation.queues import MAIN, Queue
from curation.reviews import conflicts
from curation.reviews.cards import Card
from curation.reviews.shown import shown
from curation.tasks import Task, vocabulary
from storage import argilla_client
from storage.argilla_client import ArgillaClient, OwnResponse
from storage.project import Project

SIMILAR = 5
COMPARED_CHARACTERS = 5_000
"""Of each near-duplicate the beginning is compared: two hundred whole texts may take minutes."""


def of(client: ArgillaClient, project: Project, person: str, queue: str, argilla_id: str) -> Context:
    """What helps `person`, who is `client`'s user, to decide on a record of a queue.

    Raises RecordGone where the queue does not show them that record.
    """
    opened = queues.get(project, queue)
    task = queues.task_of(project, opened)
    found = client.item(argilla_id, queue_id=opened.argilla_id)
    [seen] = shown(project, opened, task, [found])
    card = seen.card
    if card.blind:
        return Context()
    told = looking_up.told(project, task, card.record_id)
    shows = _shown(opened, person, card.record_id, untold=seen.untold)
    similar = nearest_approved(
        project, task.name, text_of(card.inputs), limit=SIMILAR, without=[card.record_id, *told.members]
    )
    return Context(
        near_duplicates=_near(
            client, project, task, opened, card, told.members, [row for row in told.reviews if shows(row)]
        ),
        others=_others(card, told.labels),
        similar=tuple(similar),
        history=_history(opened, task, person, card.record_id, told.reviews, found.own, shows),
    )


def _shown(queue: Queue, person: str, record_id: str, *, untold: bool) -> Callable[[Row], bool]:
    """Which reviews a person may see: theirs, those of other queues, and in a main queue of other records.

    Of a record that is `untold` only their own.
    """

    def told(row: Row) -> bool:
        same = row["record_id"] == record_id
        elsewhere = row["queue"] != queue.name or (queue.purpose == MAIN and not same)
        return bool(row["reviewer"] == person or (elsewhere and not (same and untold)))

    return told


def _near(
    client: ArgillaClient,
    project: Project,
    task: Task,
    queue: Queue,
    card: Card,
    members: Mapping[str, Mapping[str, str]],
    reviews: Sequence[Row],
) -> tuple[NearDuplicate, ...]:
    """The cluster's other records, most alike first, with how each was decided last."""
    if not members:
        return ()
    here = client.record_ids_of(queue.argilla_id, members)
    decided = {row["record_id"]: row for row in reversed(reviews)}
    decided |= _just_decided(project, queue, here) if queue.purpose == MAIN else {}
    own_form = _compared(card.inputs)
    found = []
    for record_id, inputs in members.items():
        row = decided.get(record_id)
        found.append(
            NearDuplicate(
                record_id=record_id,
                argilla_id=here.get(record_id, ""),
                inputs=beginnings(inputs),
                similarity=round(fuzz.ratio(own_form, _compared(inputs)) / 100, 4),
                decision=row["decision"] if row else "",
                output=row["output"] if row else None,
                by=row["reviewer"] if row else "",
            )
        )
    return tuple(sorted(found, key=lambda each: (-each.similarity, each.record_id)))


def _compared(inputs: Mapping[str, str]) -> str:
    return normal_form(text_of(inputs)[:COMPARED_CHARACTERS])


def _just_decided(project: Project, queue: Queue, here: Mapping[str, str]) -> dict[str, Row]:
    """The answers on these records as Argilla has them now: the mirror comes behind."""
    if not here:
        return {}
    owner = argilla_client.connect(project)
    found: dict[str, Row] = {}
    for response in owner.responses_to(queue.argilla_id, here.values(), owner.usernames(queue.argilla_id)):
        if response.status == "draft":
            continue
        filled = review_form.read(response.values, response.status)
        found[response.external_id] = {
            "record_id": response.external_id, "reviewer": response.username, "decision": filled.decision,
            "output": filled.output,
        }  # fmt: skip
    return found


def _others(card: Card, labels: Sequence[Row]) -> tuple[Other, ...]:
    """What else was said of the record, newest first; the same words only once."""
    said = {card.output.strip()}
    found = []
    for label in labels:
        if label["output"].strip() not in said:
            said.add(label["output"].strip())
            found.append(Other(label["label_id"], label["teacher"], label["prompt_version"], label["output"]))
    return tuple(found)


def _history(
    queue: Queue,
    task: Task,
    person: str,
    record_id: str,
    reviews: Sequence[Row],
    own: OwnResponse | None,
    shows: Callable[[Row], bool],
) -> tuple[Past, ...]:
    """Decisions on the record itself. The person's own in this queue is as Argilla has it now."""
    found = [
        Past(
            row["submitted_at"], row["reviewer"], row["decision"], row["output"], tuple(row["error_tags"]),
            row["note"] or "", row["queue"],
        )
        for row in reviews
        if row["record_id"] == record_id and shows(row)
        and not (row["queue"] == queue.name and row["reviewer"] == person)
    ]  # fmt: skip
    if own is not None and own.state.status != "draft":
        now = conflicts.standing(own)
        tags = vocabulary.followed(task, now.error_tags)
        found.append(Past(now.at, person, now.decision, now.output, tuple(tags), now.note, queue.name))
    return tuple(sorted(found, key=lambda past: past.at, reverse=True))
