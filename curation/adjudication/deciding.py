"""Adjudicating: a final decision, stored in Argilla as the adjudicator's response and kept as a ruling."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from curation import flags, outputs, queues, review_rows, tasks
from curation.adjudication import keeping
from curation.datasets.decisions.resolution import counting_of
from curation.datasets.decisions.rulings import Judged, Ruling, judged, version_of
from curation.gold import probing
from curation.ordering import places
from curation.review_rows import APPROVED, CORRECTED, DISCARDED, Review
from curation.reviews import cards, mirroring
from curation.tasks import Task
from storage import database
from storage.argilla_client import ArgillaClient, Provenance, ReviewAnswer
from storage.errors import Conflict, InvalidInput, NotFound
from storage.identifiers import now
from storage.project import Project


@dataclass(frozen=True)
class Verdict:
    """What an adjudicator decided: an output, or None to discard the record.

    `seen` are the versions of the reviews they judged, by review id, as the page showed them.
    """

    record_id: str
    queue: str
    output: str | None
    client_id: str
    seen: Mapping[str, str]
    why: str = ""


def adjudicate(client: ArgillaClient, project: Project, adjudicator: str, verdict: Verdict) -> Ruling:
    """Decide a record for good, as `client`'s user. Sent twice it counts once.

    An adjudicator who reviewed the record themselves replaces their answer; what it was stays in
    the ruling. Raises Conflict where a review changed since it was shown, InvalidInput for an
    output that the task does not allow, NotFound for a record that its queue has no longer.
    """
    queue = queues.get(project, verdict.queue)
    task = tasks.get(project, queue.task)
    before = _standing(project, task.name, verdict.record_id)
    known = keeping.sent_as(project, task.name, verdict.client_id)
    if known is not None:
        return known
    _check_seen(verdict, before, adjudicator)
    place = client.record_ids_of(queue.argilla_id, [verdict.record_id]).get(verdict.record_id)
    if place is None:
        raise NotFound(f"{queue.name} has no record {verdict.record_id} any more.", next_step="Skip it.")
    item = client.item(place, queue_id=queue.argilla_id)
    blind = places.of_queue(project, queue.name, [verdict.record_id]).get(verdict.record_id)
    card = cards.unveiled(project, task, cards.card_of(queue, task, item, blind))
    decision, output = _decided(task, card.output, verdict.output)
    answer = ReviewAnswer.model_validate(
        {
            "decision": decision,
            "output": output,
            "note": verdict.why.strip(),
            "provenance": Provenance(label_id=card.label_id, client_id=verdict.client_id),
        }
    )
    client.submit(place, answer.values(), based_on=item.own.state.version if item.own else "")
    after = _standing(project, task.name, verdict.record_id)
    own = next((review for review in after if review.reviewer == adjudicator), None)
    if own is None:
        raise Conflict("The answer was taken back at once.", next_step="Decide it again.")
    ruling = Ruling(
        record_id=verdict.record_id,
        queue=queue.name,
        adjudicator=adjudicator,
        decision=decision,
        output=output,
        why=verdict.why.strip(),
        review_id=own.review_id,
        review_version=version_of(own),
        judged=_judged(before, verdict),
        at=now(),
    )
    with database.engine(project).begin() as connection:
        keeping.keep(connection, task.name, ruling, verdict.client_id)
    flags.resolve(project, task.name, verdict.record_id, adjudicator)
    return ruling


def _standing(project: Project, task: str, record_id: str) -> list[Review]:
    """The reviews of a record that count now, read from Argilla."""
    mirroring.mirror(project, task)
    reviews = review_rows.of(review_rows.newest_mirror(project, task))
    found = probing.without_probes(project, task, reviews)
    mine = [review for review in found if review.record_id == record_id]
    return counting_of(mine) if mine else []


def _check_seen(verdict: Verdict, before: list[Review], adjudicator: str) -> None:
    """An interrupted attempt may have stored the adjudicator's own answer: that is no change of others'."""
    stands = {review.review_id: version_of(review) for review in before}
    ours = {
        review.review_id
        for review in before
        if review.reviewer == adjudicator and review.client_id == verdict.client_id
    }
    if {name: at for name, at in stands.items() if name not in ours} != {
        name: at for name, at in verdict.seen.items() if name not in ours
    }:
        raise Conflict(
            "Somebody changed their decision on this record meanwhile.",
            next_step="Look at it again, then decide.",
        )


def _judged(before: list[Review], verdict: Verdict) -> tuple[Judged, ...]:
    """The reviews as shown, without an answer that an interrupted attempt at this verdict stored."""
    return tuple(judged(review) for review in before if review.client_id != verdict.client_id)


def _decided(task: Task, teacher_output: str, given: str | None) -> tuple[str, str | None]:
    if given is None:
        return DISCARDED, None
    if not given.strip():
        raise InvalidInput("There is no output to keep.", next_step="Write one, or discard the record.")
    output = outputs.checked(task, given)
    return (APPROVED if outputs.same(task, output, teacher_output) else CORRECTED), output
