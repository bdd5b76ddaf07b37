"""The context of one record: near-duplicates, other outputs, approved examples and its history.

Who reviews on their own, without the teacher's output or beside another reviewer, keeps doing so: a
blind card has no context at all, and of an overlap queue nobody is shown what others answered there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

import orjson
from rapidfuzz import fuzz

from curation import labelling, queues, review_form
from curation.context.approved import nearest_approved, text_of
from curation.context.shapes import Context, NearDuplicate, Other, Past, Similar
from curation.duplicates.normal import normal_form
from curation.queues import MAIN, Queue
from curation.reviews import conflicts
from curation.reviews.cards import Card, card_of, completed
from curation.tasks import Task, vocabulary
from storage import argilla_client, views
from storage.argilla_client import ArgillaClient, OwnResponse
from storage.project import Project

MOST_NEAR = 200
SIMILAR = 5


def of(client: ArgillaClient, project: Project, person: str, queue: str, argilla_id: str) -> Context:
    """What helps `person`, who is `client`'s user, to decide on a record of a queue.

    Raises RecordGone where the queue does not show them that record.
    """
    opened = queues.get(project, queue)
    task = queues.task_of(project, opened)
    found = client.item(argilla_id, queue_id=opened.argilla_id)
    (card,) = completed(project, task, [card_of(opened, task, found)])
    if card.blind:
        return Context()
    members = _cluster(project, task.name, card.record_id)
    reviews = _mirrored(project, task, [card.record_id, *members])
    shows = _shown(opened, person, card.record_id)
    near = _near(client, project, task, opened, card, members, [row for row in reviews if shows(row)])
    similar = nearest_approved(
        project, task.name, text_of(card.inputs), limit=SIMILAR, without=[card.record_id, *members]
    )
    return Context(
        near_duplicates=near,
        others=_others(project, task.name, card),
        similar=tuple(Similar(**vars(each)) for each in similar),
        history=_history(opened, task, person, card.record_id, reviews, found.own, shows),
    )


Row = Mapping[str, Any]


def _shown(queue: Queue, person: str, record_id: str) -> Callable[[Row], bool]:
    """Which reviews a person may see: theirs, those of other queues, and in a main queue of other records."""

    def shown(row: Row) -> bool:
        elsewhere = row["queue"] != queue.name or (queue.purpose == MAIN and row["record_id"] != record_id)
        return bool(elsewhere or row["reviewer"] == person)

    return shown


def _cluster(project: Project, task: str, record_id: str) -> dict[str, Mapping[str, str]]:
    """The inputs of the other records of its duplicate cluster, by record id."""
    rows = views.rows(project, _MEMBERS, (record_id, record_id, MOST_NEAR), task=task)
    return {row["record_id"]: orjson.loads(row["inputs"]) for row in rows}


_MEMBERS = """
SELECT d.record_id, any_value(r.inputs) AS inputs
FROM duplicates AS d JOIN records AS r ON r.record_id = d.record_id
WHERE d.cluster = (SELECT any_value(cluster) FROM duplicates WHERE record_id = ?)
    AND d.record_id <> ? AND NOT r.held_out
GROUP BY d.record_id ORDER BY d.record_id LIMIT ?
"""


def _mirrored(project: Project, task: Task, record_ids: Collection[str]) -> list[dict[str, Any]]:
    """The reviews of these records in the newest mirror, newest first."""
    rows = views.rows(project, _REVIEWS, [sorted(record_ids)], task=task.name)
    return [{**row, "error_tags": vocabulary.followed(task, row["error_tags"] or ())} for row in rows]


_REVIEWS = """
SELECT record_id, queue, reviewer, decision, output, error_tags, note, submitted_at
FROM reviews WHERE NOT deleted AND record_id IN (SELECT unnest(?::VARCHAR[])) ORDER BY submitted_at DESC
"""


def _near(
    client: ArgillaClient,
    project: Project,
    task: Task,
    queue: Queue,
    card: Card,
    members: Mapping[str, Mapping[str, str]],
    reviews: list[Row],
) -> tuple[NearDuplicate, ...]:
    """The cluster's other records, most alike first, with how each was decided last."""
    if not members:
        return ()
    here = client.record_ids_of(queue.argilla_id, members)
    decided = {row["record_id"]: row for row in reversed(reviews)}
    decided |= _just_decided(project, queue, here) if queue.purpose == MAIN else {}
    own_form = normal_form(text_of(card.inputs))
    found = []
    for record_id, inputs in members.items():
        row = decided.get(record_id)
        found.append(
            NearDuplicate(
                record_id=record_id,
                argilla_id=here.get(record_id, ""),
                inputs={column: inputs.get(column) or "" for column in task.input_columns},
                similarity=round(fuzz.ratio(own_form, normal_form(text_of(inputs))) / 100, 4),
                decision=row["decision"] if row else "",
                output=row["output"] if row else None,
                by=row["reviewer"] if row else "",
            )
        )
    return tuple(sorted(found, key=lambda each: (-each.similarity, each.record_id)))


def _just_decided(project: Project, queue: Queue, here: Mapping[str, str]) -> dict[str, Row]:
    """The answers on these records as Argilla has them now: the mirror comes behind."""
    if not here:
        return {}
    owner = argilla_client.connect(project)
    found: dict[str, Row] = {}
    for response in owner.responses_to(queue.argilla_id, here.values(), owner.usernames(queue.argilla_id)):
        if response.status == "draft":
            continue
        filled = review_form.read(response.values)
        decision = "discarded" if response.status == "discarded" else filled.decision
        found[response.external_id] = {
            "record_id": response.external_id, "reviewer": response.username, "decision": decision,
            "output": filled.output if decision != "discarded" else None,
        }  # fmt: skip
    return found


def _others(project: Project, task: str, card: Card) -> tuple[Other, ...]:
    """What else was said of the record, newest first; the same words only once."""
    said = {card.output.strip()}
    found = []
    for label in labelling.of_records(project, task, [card.record_id])[card.record_id]:
        if label.output.strip() not in said:
            said.add(label.output.strip())
            found.append(Other(label.label_id, label.teacher, label.prompt_number, label.output))
    return tuple(found)


def _history(
    queue: Queue,
    task: Task,
    person: str,
    record_id: str,
    reviews: list[dict[str, Any]],
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
