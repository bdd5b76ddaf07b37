"""Records that are decided without the teacher's output: nobody is told it, and the server compares."""

from __future__ import annotations

import dataclasses
import json

import pytest

from curation import adjudication, agreement, ordering, outputs, queues, review_rows, reviews
from curation.ordering import places
from curation.queues import Queue
from curation.reviews import Card, Decision, Saved
from storage import argilla_client
from storage.argilla_client import ArgillaClient
from storage.errors import InvalidInput
from storage.project import Project
from tests.curation import sample_task
from tests.curation.conftest import Person

pytestmark = pytest.mark.argilla
TASK = sample_task.NAME


@pytest.fixture
def half_blind(reviewed: Project) -> Queue:
    return queues.open_queue(reviewed, TASK, 1, "owner", handing=ordering.Handing(blind_share=0.5))


def cards_of(client: ArgillaClient, project: Project, queue: Queue) -> list[Card]:
    return reviews.next_cards(client, project, queue.name, 50)


def send(client: ArgillaClient, project: Project, card: Card, decision: str, **given: object) -> Saved:
    wanted = Decision(card.queue, card.argilla_id, decision, client_id=card.record_id, **given)  # type: ignore[arg-type]
    return reviews.submit(client, project, wanted)


def taught(record_id: str) -> str:
    return sample_task.LABELS[int(record_id.removeprefix("rec_")) % 3]


def test_a_blind_card_holds_nothing_that_the_teacher_said(
    reviewed: Project, half_blind: Queue, person: Person
) -> None:
    ann = person("ann")
    cards = cards_of(ann, reviewed, half_blind)
    blind = [card for card in cards if card.blind]
    assert 0 < len(blind) < len(cards) == 12
    for card in blind:
        shown = {name: value for name, value in dataclasses.asdict(card).items() if name != "inputs"}
        assert taught(card.record_id) not in json.dumps(shown)
        assert (card.output, card.guesses, card.proposed_tags) == ("", (), ())
        told = ann.item(card.argilla_id, queue_id=half_blind.argilla_id)  # what Argilla's API and UI show
        assert (told.fields["teacher_output"], told.suggestions) == ("", {})
        assert places.is_blind(reviewed, half_blind.name, card.record_id)
    for card in cards:
        assert card.blind or card.output == taught(card.record_id)


def test_the_server_compares_and_does_not_tell(reviewed: Project, half_blind: Queue, person: Person) -> None:
    ann = person("ann")
    same, other = [card for card in cards_of(ann, reviewed, half_blind) if card.blind][:2]
    with pytest.raises(InvalidInput, match="no output to keep"):
        send(ann, reviewed, same, "approved")
    wrong = next(label for label in sample_task.LABELS if label != taught(other.record_id))
    told = [
        send(ann, reviewed, same, "corrected", output=taught(same.record_id)),
        send(ann, reviewed, other, "corrected", output=wrong),
    ]
    assert [saved.decision for saved in told] == ["corrected", "corrected"]
    send(ann, reviewed, same, "corrected", output=taught(same.record_id))  # sent again it is the same
    with pytest.raises(reviews.Superseded) as met:
        send(ann, reviewed, same, "discarded")
    assert met.value.stands.decision == "corrected"
    found = {review.record_id: review for review in review_rows.of(reviews.mirror(reviewed, TASK))}
    assert {(each.decision, each.output, each.blind) for each in found.values()} == {
        ("approved", taught(same.record_id), True), ("corrected", wrong, True),
    }  # fmt: skip


def test_an_undone_blind_record_comes_back_blind(
    reviewed: Project, half_blind: Queue, person: Person
) -> None:
    ann = person("ann")
    card = next(card for card in cards_of(ann, reviewed, half_blind) if card.blind)
    send(ann, reviewed, card, "corrected", output="Tea")
    back = reviews.undo(ann, reviewed, half_blind.name, card.argilla_id)
    assert (back.blind, back.output, back.guesses) == (True, "", ())


def test_a_share_raised_later_changes_no_record_that_people_may_have_seen(
    reviewed: Project, queue: Queue, person: Person
) -> None:
    stands = ordering.of(reviewed, queue.name)
    ordering.change(
        reviewed, queue.name, ordering.changed(stands.handing, blind_share=1.0), based_on=stands.revision
    )
    queues.open_queue(reviewed, TASK, 1, "owner")
    assert not any(card.blind for card in cards_of(person("ann"), reviewed, queue))


def test_a_correction_of_a_blind_record_needs_no_error_tag(reviewed: Project, person: Person) -> None:
    from curation import tasks

    tasks.update(reviewed, tasks.get(reviewed, TASK).model_copy(update={"tags_required": True}), based_on=1)
    queue = queues.open_queue(reviewed, TASK, 1, "owner", handing=ordering.Handing(blind_share=1.0))
    ann = person("ann")
    card = cards_of(ann, reviewed, queue)[0]
    wrong = next(label for label in sample_task.LABELS if label != taught(card.record_id))
    assert send(ann, reviewed, card, "corrected", output=wrong).output == wrong


def test_the_human_baseline_and_the_pull_are_measured(reviewed: Project, person: Person) -> None:
    main = queues.open_queue(
        reviewed, TASK, 1, "owner", overlap_rows=12, handing=ordering.Handing(blind_share=0.5)
    )
    twice = queues.overlap_of(reviewed, main)
    assert twice is not None
    people = {name: person(name) for name in ("ann", "ben")}
    cards = cards_of(people["ann"], reviewed, twice)
    blind = sorted(card.record_id for card in cards if card.blind)
    for card in cards:
        wrong = next(label for label in sample_task.LABELS if label != taught(card.record_id))
        for name, client in people.items():
            if not card.blind:
                send(client, reviewed, card, "approved")
            elif name == "ben" and card.record_id == blind[0]:
                send(client, reviewed, card, "corrected", output=wrong)
            else:
                send(client, reviewed, card, "corrected", output=taught(card.record_id))
    reviews.mirror(reviewed, TASK)
    before = agreement.human_baseline(reviewed, TASK)
    assert before is not None
    assert before.right is None
    assert before.alike is not None
    assert (before.alike.rows, before.alike.value) == (len(blind), (len(blind) - 1) / len(blind))
    pull = agreement.suggestion_pull(reviewed, TASK)
    assert pull is not None
    assert (pull.seen.value, pull.blind.rows) == (1.0, 2 * len(blind))
    assert pull.blind.value == pytest.approx(1 - 1 / (2 * len(blind)))
    settle(reviewed, person("cay"))
    after = agreement.human_baseline(reviewed, TASK)
    assert after is not None
    assert after.right is not None
    assert (after.right.rows, after.right.value) == (2, 0.5)


def settle(project: Project, adjudicator: ArgillaClient) -> None:
    """Decide the one conflict as the teacher had."""
    [conflict] = adjudication.conflicts(project, TASK)
    verdict = adjudication.Verdict(
        conflict.record_id, conflict.queue, taught(conflict.record_id), "v-1",
        {version.review_id: version.version for version in conflict.versions},
    )  # fmt: skip
    ruling = adjudication.adjudicate(adjudicator, project, adjudicator.me().username, verdict)
    assert ruling.decision == "approved"
    assert outputs.same(sample_task.TASK, ruling.output or "", conflict.teacher_output)
    assert argilla_client.connect(project).me().username
