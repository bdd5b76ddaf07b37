"""Decisions: what a person decided on a card, checked against the task, and as the queue's form takes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from curation import outputs
from curation.review_rows import APPROVED, CORRECTED, DECISIONS, DISCARDED
from curation.reviews.cards import Card
from curation.tasks import Task, vocabulary
from storage.argilla_client import Provenance, ReviewAnswer
from storage.errors import InvalidInput


@dataclass(frozen=True)
class Decision:
    """What a person decided. `output` is read for a correction only; `error_tags` are codes.

    `base_version` names the person's earlier decision that this one replaces, as `Saved.version`
    gave it. `seconds_spent` counts from the card's showing to the key press. `ratings` are 1-5 by
    criterion, `tag_reasons` say by code why a tag was set, `picked_label_id` names another label of
    the record's whose output the person took over, `batch` the records that were decided together.
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
    batch: str = ""


def as_compared(task: Task, card: Card, decision: Decision) -> Decision:
    """The decision; one on a blind record that wrote what the teacher said is an approval."""
    if not card.blind or decision.decision == DISCARDED:
        return decision
    written = (decision.output or "").strip()
    if not written:
        raise InvalidInput("There is no output to keep.", next_step="Write one, or discard the record.")
    same = outputs.is_valid(task, written) and outputs.same(task, written, card.output)
    return replace(decision, decision=APPROVED if same else CORRECTED)


def checked_output(task: Task, card: Card, decision: Decision) -> str | None:
    """The output that the decision keeps, None for a discard. Raises InvalidInput."""
    if decision.decision not in DECISIONS:
        raise InvalidInput(
            f"{decision.decision!r} is not a decision.", next_step=f"Choose one of {', '.join(DECISIONS)}."
        )
    if not decision.client_id:
        raise InvalidInput("The decision has no id of its own.", next_step="Reload the page and try again.")
    _check_form(task, decision, blind=card.blind)
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


def _check_form(task: Task, decision: Decision, *, blind: bool) -> None:
    codes = [tag.code for tag in task.error_tags]
    for code in decision.error_tags:
        if code not in codes:
            raise InvalidInput(
                f"{code!r} is not an error tag of task {task.name!r}.", next_step=f"It has {codes}."
            )
    tags_needed = task.tags_required and not blind  # who saw no output cannot say what was wrong with it
    if decision.decision == CORRECTED and tags_needed and not decision.error_tags:
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


def answer_of(task: Task, card: Card, decision: Decision, output: str | None) -> ReviewAnswer:
    """The decision as the queue's form takes it, with what the person saw."""
    codes = vocabulary.followed(task, decision.error_tags)
    return ReviewAnswer.model_validate(
        {
            "decision": decision.decision,
            "output": output,
            "error_tags": codes,
            "note": decision.note.strip(),
            "ratings": dict(decision.ratings),
            "provenance": Provenance(
                label_id=card.label_id,
                client_id=decision.client_id,
                base_version=decision.base_version or "",
                seconds_spent=max(0.0, decision.seconds_spent or 0.0),
                tag_reasons=_reasons(task, codes, decision.tag_reasons),
                picked_label_id=decision.picked_label_id,
                blind=card.blind,
                batch=decision.batch,
            ),
        }
    )


def _reasons(task: Task, codes: Sequence[str], given: Mapping[str, str]) -> dict[str, str]:
    """Why each tag was set, for those that were and where a reason was written."""
    found: dict[str, str] = {}
    for code, reason in given.items():
        (now,) = vocabulary.followed(task, [code])
        if now in codes and reason.strip():
            found.setdefault(now, reason.strip())
    return found
