"""The scripted reviewers of the samples: programs that review through Argilla as users of their own.

Each answers from the column of the file that bears its name, and approves where that is what the
teacher said. They are named as scripted wherever they show, and spend no seconds on a record.
"""

from __future__ import annotations

import hashlib
import secrets as random
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from curation import corpus, queues
from curation.corpus import Record
from curation.ordering import places
from curation.queues import Queue
from curation.review_rows import APPROVED, CORRECTED, DISCARDED
from curation.reviews.cards import Card, card_of
from curation.reviews.decisions import Decision, answer_of, checked_output
from curation.sample.scripted import REVIEWERS, TEACHER_ERROR_COLUMN, ScriptedReviewer, error_tag
from curation.tasks import Task
from storage import argilla_client
from storage.argilla_client import ArgillaClient
from storage.errors import Conflict, InvalidInput
from storage.project import Project

LEFT_FOR_A_PERSON = 150
HOPELESS_WORDS = 10
"""A record without its first input, and with fewer words than this in the others, is discarded."""


@dataclass(frozen=True)
class ScriptedOutcome:
    """What the scripted reviewers did: decisions by reviewer, and the records left for people."""

    decisions: Mapping[str, int]
    left_for_people: int


def review(
    project: Project,
    queue: str,
    *,
    leave: int = LEFT_FOR_A_PERSON,
    progress: Callable[[int], None] = lambda done: None,
) -> ScriptedOutcome:
    """Let both reviewers do the overlap queue, and share the main queue but for `leave` records.

    Which records are left follows from a hash of their ids, so running it again changes nothing.
    `progress` is told the decisions so far. Raises InvalidInput where the records do not carry the
    reviewers' columns: only the sample does.
    """
    main = queues.get(project, queue)
    task = queues.task_of(project, main)
    records = corpus.read(project, main.task).by_id
    owner = argilla_client.connect(project)
    everyone = sorted(owner.record_ids(main.argilla_id), key=_place)
    shared = everyone[: max(0, len(everyone) - leave)]
    overlap = queues.overlap_of(project, main)
    decisions: dict[str, int] = {}
    for number, reviewer in enumerate(REVIEWERS):
        client = _signed_in(project, owner, reviewer)
        asked = [(main, frozenset(shared[number :: len(REVIEWERS)]))]
        if overlap is not None:
            asked.append((overlap, frozenset(records)))
        before = sum(decisions.values())
        decisions[reviewer.username] = sum(
            _review(project, owner, client, task, each, reviewer, records, wanted) for each, wanted in asked
        )
        progress(before + decisions[reviewer.username])
    return ScriptedOutcome(decisions, len(everyone) - len(shared))


def _review(
    project: Project,
    owner: ArgillaClient,
    client: ArgillaClient,
    task: Task,
    queue: Queue,
    reviewer: ScriptedReviewer,
    records: Mapping[str, Record],
    wanted: frozenset[str],
) -> int:
    """Answer the wanted records that still wait for this reviewer; how many those were.

    The cards are read as the reviewer. The owner hands the answers in, in the reviewer's name and
    500 at a time: one by one the server takes 2.6 times as long.
    """
    waiting = client.pending(queue.argilla_id, max(1, len(records)))
    known = places.of_queue(project, queue.name)
    blind = {name for name, place in known.items() if place.blind}  # those are for people
    left = wanted - blind
    cards = [card_of(queue, task, found) for found in waiting if found.external_id in left]
    answers = {}
    for card in cards:
        decision = _decided(card, records[card.record_id], reviewer)
        answers[card.argilla_id] = answer_of(
            task, card, decision, checked_output(task, card, decision)
        ).values()
    return owner.submit_as(client.me().id, queue.argilla_id, answers)


def _decided(card: Card, record: Record, reviewer: ScriptedReviewer) -> Decision:
    said = record.extras.get(reviewer.column)
    if not said:
        raise InvalidInput(
            f"Record {card.record_id} has no column {reviewer.column!r} to answer from.",
            next_step="Scripted reviewers know only the samples.",
        )
    decision = APPROVED if said == card.output else CORRECTED
    if _is_hopeless(card):
        decision = DISCARDED
    return Decision(
        queue=card.queue,
        argilla_id=card.argilla_id,
        decision=decision,
        client_id=f"scripted/{card.label_id}",
        output=said if decision == CORRECTED else None,
        error_tags=_tags(card.output, said, record) if decision == CORRECTED else (),
    )


def _tags(output: str, final: str, record: Record) -> tuple[str, ...]:
    """How the teacher erred: as the sample says, else as two labels tell."""
    code = record.extras.get(TEACHER_ERROR_COLUMN) or error_tag(output, final)
    return (code,) if code else ()


def _is_hopeless(card: Card) -> bool:
    first, *others = card.inputs.values()
    return not first.strip() and sum(len(text.split()) for text in others) < HOPELESS_WORDS


def _signed_in(project: Project, owner: ArgillaClient, reviewer: ScriptedReviewer) -> ArgillaClient:
    """The reviewer's own account, with a password that is forgotten at once."""
    password = random.token_urlsafe(24)
    try:
        owner.create_user(reviewer.username, password, "annotator", [project.name], first_name=reviewer.name)
    except Conflict:
        owner.set_password(reviewer.username, password)
        owner.add_to_workspace(owner.user_named(reviewer.username).id, project.name)
    return argilla_client.connect(project, token=owner.sign_in(reviewer.username, password))


def _place(record_id: str) -> str:
    return hashlib.sha256(f"scripted/{record_id}".encode()).hexdigest()
