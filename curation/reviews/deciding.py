"""Deciding: a person's answer on a card, checked, stored in Argilla as that person, and taken back.

A decision carries an id made where it was taken: sent twice it counts once. A second, different
decision on the same record is accepted only if it says which version it replaces.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from curation import ordering, queues
from curation.ordering import leases, places
from curation.queues import Queue
from curation.reviews import conflicts, remembered
from curation.reviews.cards import Card, card_of, completed, holder_of, unveiled
from curation.reviews.decisions import Decision, answer_of, as_compared, checked_output
from curation.tasks import Task
from storage.argilla_client import (
    ArgillaClient,
    QueueItem,
    RecordGone,
    ResponseState,
    ReviewAnswer,
)
from storage.errors import Conflict, NotFound
from storage.project import Project


@dataclass(frozen=True)
class Saved:
    """What stands in Argilla after a decision."""

    review_id: str
    record_id: str
    decision: str
    output: str | None
    version: str


def submit(client: ArgillaClient, project: Project, decision: Decision, *, person: str = "") -> Saved:
    """Store a decision as `client`'s user, `person`.

    On a blind record a person only writes an output: whether it is the teacher's is found out here, and
    not told.

    Raises InvalidInput for an output that the task does not take, an approval of one, or an unknown
    error tag; Superseded where this person's earlier decision stands, says something else and is not
    the one that `base_version` names; RecordGone where the record was deleted meanwhile.
    """
    queue = queues.get(project, decision.queue)
    task = queues.task_of(project, queue)
    found = None if decision.base_version else remembered.recall(project, queue, decision.argilla_id)
    found = found or client.item(decision.argilla_id, queue_id=queue.argilla_id)
    place = places.of_queue(project, queue.name, [found.external_id]).get(found.external_id)
    card = unveiled(project, task, card_of(queue, task, found, place))
    return store(client, project, queue, task, found, card, decision, person=person)


def store(
    client: ArgillaClient,
    project: Project,
    queue: Queue,
    task: Task,
    found: QueueItem,
    card: Card,
    decision: Decision,
    *,
    person: str = "",
) -> Saved:
    """As `submit`, for a record that was read from Argilla (`found`, and `card` made of it)."""
    given = as_compared(task, card, decision)
    output = checked_output(task, card, given)
    answer = answer_of(task, card, given, output)
    replaces = found.own is not None or bool(decision.base_version)
    try:
        with conflicts.in_turn(project, decision.argilla_id, replaces=replaces):
            stored = client.submit(decision.argilla_id, answer.values(), based_on=decision.base_version or "")
    except Conflict:
        stored = _standing_instead(client, queue, decision, answer)
    except NotFound as fault:
        remembered.forget(project, queue, decision.argilla_id)
        raise RecordGone.named(decision.argilla_id) from fault
    holder = holder_of(queue, person or client.me().username)
    leases.close(project, holder, [card.record_id], decided=True)
    return Saved(stored.id, card.record_id, decision.decision, output, stored.version)


def undo(
    client: ArgillaClient,
    project: Project,
    queue: str,
    argilla_id: str,
    *,
    person: str = "",
    of: str = "",
    version: str = "",
) -> Card:
    """Take this person's decision on a record back; where there is none, nothing changes.

    `of` is the client id of that decision and `version` the one it was acknowledged with, as far as the
    page knows them. Raises Superseded where another answer stands by now: it is kept.
    """
    opened = queues.get(project, queue)
    with conflicts.in_turn(project, argilla_id, replaces=True):
        found = client.item(argilla_id, queue_id=opened.argilla_id)
        if found.own is not None:
            if conflicts.is_another(found.own, of=of, version=version):
                raise conflicts.Superseded(conflicts.standing(found.own))
            client.delete_response(found.own.state.id)
    holder = holder_of(opened, person or client.me().username, ordering.of(project, queue).handing)
    leases.reopen(project, holder, found.external_id)
    task = queues.task_of(project, opened)
    place = places.of_queue(project, queue, [found.external_id]).get(found.external_id)
    (card,) = completed(project, task, [replace(card_of(opened, task, found, place), base_version=None)])
    return card


def _standing_instead(
    client: ArgillaClient, queue: Queue, decision: Decision, answer: ReviewAnswer
) -> ResponseState:
    """The answer that stands where this one was refused, if it says the same. Raises Superseded."""
    own = client.item(decision.argilla_id, queue_id=queue.argilla_id).own
    if own is None:
        raise Conflict(
            "Your earlier decision was taken back at this moment.", next_step="Send this one again."
        )
    if not conflicts.says_the_same(own, answer):
        raise conflicts.Superseded(conflicts.standing(own))
    return own.state
