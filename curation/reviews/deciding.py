"""Deciding: a person's answer on a card, checked, stored in Argilla as that person, and taken back.

A decision carries an id made where it was taken: sent twice it counts once. A second, different
decision on the same record is accepted only if it says which version it replaces.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from curation import outputs, queues, tasks
from curation import review_form as form
from curation.review_rows import APPROVED, CORRECTED, DECISIONS, DISCARDED
from curation.reviews.cards import Card, card_of
from curation.tasks import Task
from storage.argilla_client import ArgillaClient, Provenance, ReviewAnswer
from storage.errors import Conflict, InvalidInput
from storage.project import Project


@dataclass(frozen=True)
class Decision:
    """What a person decided. `output` is read for a correction only; `error_tags` are codes.

    `base_version` names the person's earlier decision that this one replaces, as `Saved.version`
    gave it. `seconds_spent` counts from the card's showing to the key press. `ratings` are 1-5 by
    criterion, `tag_reasons` say by code why a tag was set, `picked_label_id` names another label of
    the record's whose output the person took over.
    """

    queue: str
    argilla_id: str
    decision: str
    client_id: str
    output: str | None = None
    error_tags: Sequence[str] = ()
    note: str = ""
    tag_reasons: Mapping[str, str] = field(default_factory=dict)
    ratings: Mapping[str, int] = field(default_factory=dict)
    seconds_spent: float | None = None
    base_version: str | None = None
    picked_label_id: str = ""


@dataclass(frozen=True)
class Saved:
    """What stands in Argilla after a decision."""

    review_id: str
    record_id: str
    decision: str
    output: str | None
    version: str


def submit(client: ArgillaClient, project: Project, decision: Decision) -> Saved:
    """Store a decision as `client`'s user.

    Raises InvalidInput for an output outside the label set, an approval of one, or an unknown
    error tag; Conflict where this person's earlier decision stands and is not named.
    """
    queue = queues.get(project, decision.queue)
    task = tasks.get(project, queue.task)
    found = client.item(decision.argilla_id, queue_id=queue.argilla_id)
    card = card_of(queue, task, found)
    output = checked_output(task, card, decision)
    answer = answer_of(card, decision, output)
    try:
        stored = client.submit(decision.argilla_id, answer.values(), based_on=decision.base_version or "")
    except Conflict as fault:
        if found.own is None:
            raise
        before = form.read(found.own.values)
        said = " ".join(filter(None, (before.decision, f'"{before.output}"' if before.output else "")))
        raise Conflict(
            f"You decided on this record before: {said}.", next_step="Undo that, or open it again."
        ) from fault
    return Saved(stored.id, card.record_id, decision.decision, output, stored.version)


def undo(client: ArgillaClient, project: Project, queue: str, argilla_id: str) -> Card:
    """Take this person's decision on a record back; where there is none, nothing changes."""
    opened = queues.get(project, queue)
    found = client.item(argilla_id, queue_id=opened.argilla_id)
    if found.own is not None:
        client.delete_response(found.own.state.id)
    return card_of(opened, tasks.get(project, opened.task), found)


def checked_output(task: Task, card: Card, decision: Decision) -> str | None:
    """The output that the decision keeps, None for a discard. Raises InvalidInput."""
    if decision.decision not in DECISIONS:
        raise InvalidInput(
            f"{decision.decision!r} is not a decision.", next_step=f"Choose one of {', '.join(DECISIONS)}."
        )
    if not decision.client_id:
        raise InvalidInput("The decision has no id of its own.", next_step="Reload the page and try again.")
    _check_form(task, decision)
    if decision.decision == DISCARDED:
        return None
    given = (card.output if decision.decision == APPROVED else decision.output or "").strip()
    if not given:
        raise InvalidInput(
            "There is no output to keep.", next_step="Write one as a correction, or discard the record."
        )
    try:
        output = outputs.checked(task, given)
    except InvalidInput as fault:
        if decision.decision == CORRECTED:
            raise
        raise InvalidInput(
            f"Cannot approve it as it stands. {fault.what}", next_step="Correct or discard it."
        ) from fault
    if decision.decision == CORRECTED and outputs.same(task, output, card.output):
        raise InvalidInput(
            f'"{output}" is what the teacher said: nothing is corrected.', next_step="Approve it instead."
        )
    return output


def _check_form(task: Task, decision: Decision) -> None:
    codes = [tag.code for tag in task.error_tags]
    for code in decision.error_tags:
        if code not in codes:
            raise InvalidInput(
                f"{code!r} is not an error tag of task {task.name!r}.", next_step=f"It has {codes}."
            )
    if decision.decision == CORRECTED and task.tags_required and not decision.error_tags:
        raise InvalidInput(
            "A correction of this task needs an error tag.", next_step="Say with one what was wrong."
        )
    criteria = [rating.code for rating in task.ratings]
    for code, value in decision.ratings.items():
        if code not in criteria:
            raise InvalidInput(
                f"{code!r} is no criterion of task {task.name!r}.", next_step=f"It has {criteria}."
            )
        if not 1 <= value <= 5:
            raise InvalidInput(f"The rating of {code!r} is {value}.", next_step="Rate from 1 to 5.")


def answer_of(card: Card, decision: Decision, output: str | None) -> ReviewAnswer:
    """The decision as the queue's form takes it, with what the person saw."""
    return ReviewAnswer.model_validate(
        {
            "decision": decision.decision,
            "output": output,
            "error_tags": tuple(decision.error_tags),
            "note": decision.note.strip(),
            "ratings": dict(decision.ratings),
            "provenance": Provenance(
                label_id=card.label_id,
                client_id=decision.client_id,
                base_version=decision.base_version or "",
                seconds_spent=max(0.0, decision.seconds_spent or 0.0),
                tag_reasons=dict(decision.tag_reasons),
                picked_label_id=decision.picked_label_id,
            ),
        }
    )
