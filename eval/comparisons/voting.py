"""Opening a comparison in Argilla, and voting in it as the signed-in person."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

from eval import evaluations
from eval.comparisons import pairing, registry
from eval.comparisons.pairing import Pair
from eval.comparisons.registry import WINNERS, Comparison, Winner
from storage import argilla_client, database, locks
from storage.argilla_client import (
    ArgillaClient,
    LabelQuestion,
    QueueRecord,
    QueueSpec,
    ResponseState,
    TextField,
    TextQuestion,
)
from storage.errors import InvalidInput
from storage.identifiers import content_hash, now
from storage.project import Project

PREFERENCE, PROVENANCE = "preference", "provenance"


class VoteProvenance(BaseModel):
    """What is kept beside a vote: the id made where it was cast, so that sent twice it counts once."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    client_id: str = ""


def open_comparison(
    project: Project, task: str, evaluation_id: str, left: str, right: str, created_by: str
) -> Comparison:
    """Open the comparison of two candidates of an evaluation; the same two give the same one again.

    Raises NotFound for an unknown evaluation, InvalidInput for a candidate that took no part, the
    same one twice, or two that never differ.
    """
    evaluation = evaluations.get(project, task, evaluation_id)
    for key in (left, right):
        if evaluation.candidate(key) is None:
            known = ", ".join(one.key for one in evaluation.candidates)
            raise InvalidInput(f"{key!r} took no part in {evaluation_id}.", next_step=f"It has {known}.")
    if left == right:
        raise InvalidInput(f"Both sides are {left!r}.", next_step="Choose two different candidates.")
    named = {"task": task, "evaluation": evaluation_id, "left": min(left, right), "right": max(left, right)}
    comparison_id = f"cmp_{content_hash(named)}"
    with database.engine(project).begin() as connection:
        locks.hold(connection, f"comparisons/{task}")
        for standing in registry.listing(project, task):
            if standing.comparison_id == comparison_id:
                return standing
        found = pairing.every_pair(project, task, evaluation_id, comparison_id, left, right)
        queue_id = _filled_queue(project, comparison_id, [pair for pair in found if pair.differ], created_by)
        opened = Comparison(comparison_id, task, evaluation_id, left, right, queue_id, now())
        registry.register(connection, opened)
        return opened


def vote(
    client: ArgillaClient,
    project: Project,
    comparison: Comparison,
    record_id: str,
    winner: Winner,
    client_id: str,
) -> ResponseState:
    """Store a vote as `client`'s user; `winner` is the side as shown. A second one replaces the first.

    Raises InvalidInput for another word than left, right, tie, for a vote without an id of its
    own, or for a record on which both said the same.
    """
    if winner not in WINNERS:
        raise InvalidInput(f"{winner!r} is not a vote.", next_step=f"Choose one of {', '.join(WINNERS)}.")
    if not client_id:
        raise InvalidInput("The vote has no id of its own.", next_step="Reload the page and vote again.")
    argilla_id = _argilla_ids(project, comparison).get(record_id)
    if argilla_id is None:
        raise InvalidInput(
            f"Record {record_id!r} cannot be voted on: both candidates said the same, or it is not held out.",
            next_step="Vote on a record where they differ.",
        )
    provenance = VoteProvenance(client_id=client_id).model_dump_json()
    return client.submit(argilla_id, {PREFERENCE: winner, PROVENANCE: provenance})


def _filled_queue(project: Project, comparison_id: str, differing: Sequence[Pair], created_by: str) -> str:
    if not differing:
        raise InvalidInput("The two candidates said the same for every record.", next_step="Choose others.")
    spec = QueueSpec(
        name=f"compare.{comparison_id}",
        workspace=project.name,
        fields=(TextField("prompt", "Asked"), TextField("left", "Left"), TextField("right", "Right")),
        questions=(
            LabelQuestion(PREFERENCE, WINNERS, "Which answer is better?", required=True),
            TextQuestion(PROVENANCE, "Provenance", "Filled in by Understudy; leave it as it is."),
        ),
        guidelines=f"Two answers to the same question, in changing order. Opened by {created_by}.",
    )
    client = argilla_client.connect(project)
    queue_id = client.create_queue(spec)
    records = [
        QueueRecord(
            pair.record_id, {"prompt": pair.prompt, "left": pair.left.output, "right": pair.right.output}
        )
        for pair in differing
    ]
    client.add_records(queue_id, records)
    return queue_id


_KNOWN_IDS: dict[tuple[str, str], dict[str, str]] = {}


def _argilla_ids(project: Project, comparison: Comparison) -> dict[str, str]:
    """Argilla's record ids by ours; a comparison's queue never changes, so asked once a process."""
    key = (str(project.root), comparison.argilla_id)
    if key not in _KNOWN_IDS:
        _KNOWN_IDS[key] = argilla_client.connect(project).record_ids(comparison.argilla_id)
    return _KNOWN_IDS[key]
