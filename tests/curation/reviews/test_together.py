"""One decision on many records, at the real Argilla: stored once each, refused with a reason, taken back."""

from __future__ import annotations

import signal
import time
from dataclasses import replace

import pytest

from curation import review_rows, reviews
from curation.corpus import table_rows
from curation.queues import Queue
from curation.reviews import Card, Decision, Together
from storage import argilla_client
from storage.argilla_client import ArgillaClient, StoredResponse
from storage.errors import Conflict, InvalidInput, ServiceUnavailable
from storage.project import Project
from tests.argilla_stand import ArgillaStand
from tests.curation import sample_task
from tests.curation.conftest import Person

pytestmark = pytest.mark.argilla

ANN = "ann"


@pytest.fixture
def ann(person: Person) -> ArgillaClient:
    return person("ann")


@pytest.fixture
def cards(reviewed: Project, queue: Queue, ann: ArgillaClient) -> list[Card]:
    return reviews.next_cards(ann, reviewed, queue.name, limit=12)


def wanted(cards: list[Card], decision: str = "approved", **given: object) -> Together:
    values = {"client_id": "batch-1", **given}
    return Together(cards[0].queue, tuple(card.argilla_id for card in cards), decision, **values)  # type: ignore[arg-type]


def stored(project: Project, queue: Queue) -> dict[str, StoredResponse]:
    found = list(argilla_client.connect(project).responses(queue.argilla_id))
    assert len({each.external_id for each in found}) == len(found)
    return {each.external_id: each for each in found}


def test_each_record_gets_an_ordinary_answer_that_names_the_batch_also_when_sent_twice(
    reviewed: Project, queue: Queue, ann: ArgillaClient, cards: list[Card]
) -> None:
    first = reviews.submit_all(ann, reviewed, ANN, wanted(cards[:5]))
    assert (set(first.saved), first.refused) == ({card.argilla_id for card in cards[:5]}, ())
    before = stored(reviewed, queue)
    assert reviews.submit_all(ann, reviewed, ANN, wanted(cards[:5])) == first
    assert stored(reviewed, queue) == before
    mirror = reviews.mirror(reviewed, sample_task.NAME)
    assert mirror is not None
    rows = {review.record_id: review for review in reviews_of(reviewed)}
    assert {rows[card.record_id].output for card in cards[:5]} == {card.output for card in cards[:5]}
    assert {row["batch"] for row in mirrored(reviewed)} == {"batch-1"}


def reviews_of(project: Project) -> list[reviews.Review]:
    return review_rows.of(reviews.newest_mirror(project, sample_task.NAME))


def mirrored(project: Project) -> list[dict[str, object]]:
    manifest = reviews.newest_mirror(project, sample_task.NAME)
    assert manifest is not None
    return table_rows(manifest, "reviews")


def test_an_output_for_all_is_an_approval_where_the_teacher_said_so_and_a_correction_elsewhere(
    reviewed: Project, queue: Queue, ann: ArgillaClient, cards: list[Card]
) -> None:
    found = reviews.submit_all(ann, reviewed, ANN, wanted(cards[:6], output="Tea"))
    assert found.refused == ()
    answers = stored(reviewed, queue)
    for card in cards[:6]:
        told = answers[card.record_id].values
        expected = "approved" if card.output == "Tea" else "corrected"
        assert (told["decision"], told["output"]) == (expected, "Tea")


def test_earlier_decisions_stay_and_are_named(
    reviewed: Project, queue: Queue, ann: ArgillaClient, cards: list[Card]
) -> None:
    own = Decision(queue.name, cards[0].argilla_id, "discarded", "alone")
    reviews.submit(ann, reviewed, own)
    found = reviews.submit_all(ann, reviewed, ANN, wanted(cards[:3]))
    assert [refused.record for refused in found.refused] == [cards[0].argilla_id]
    assert "You decided on this record before: discarded" in found.refused[0].what
    assert stored(reviewed, queue)[cards[0].record_id].values["decision"] == "discarded"
    taken = reviews.undo_all(ann, reviewed, ANN, queue.name, "batch-1")
    assert set(taken.undone) == {card.argilla_id for card in cards[1:3]}
    assert taken.kept == (cards[0].argilla_id,)
    assert set(stored(reviewed, queue)) == {cards[0].record_id}


def test_an_undo_keeps_what_was_decided_anew_and_closes_the_batch(
    reviewed: Project, queue: Queue, ann: ArgillaClient, cards: list[Card]
) -> None:
    reviews.submit_all(ann, reviewed, ANN, wanted(cards[:3]))
    again = ann.item(cards[1].argilla_id, queue_id=queue.argilla_id).own
    assert again is not None
    anew = Decision(queue.name, cards[1].argilla_id, "discarded", "anew", base_version=again.state.version)
    reviews.submit(ann, reviewed, anew)
    taken = reviews.undo_all(ann, reviewed, ANN, queue.name, "batch-1")
    assert (set(taken.undone), taken.kept) == (
        {cards[0].argilla_id, cards[2].argilla_id},
        (cards[1].argilla_id,),
    )
    assert set(stored(reviewed, queue)) == {cards[1].record_id}
    assert reviews.undo_all(ann, reviewed, ANN, queue.name, "batch-1").undone == ()
    with pytest.raises(Conflict, match="taken back"):
        reviews.submit_all(ann, reviewed, ANN, wanted(cards[:3]))
    assert set(stored(reviewed, queue)) == {cards[1].record_id}


def test_records_of_a_batch_that_was_taken_back_are_handed_out_again(
    reviewed: Project, queue: Queue, ann: ArgillaClient, cards: list[Card]
) -> None:
    name, five = ann.me().username, {card.record_id for card in cards[:5]}

    def handed_out() -> set[str]:
        return {card.record_id for card in reviews.next_cards(ann, reviewed, queue.name, limit=100)}

    reviews.submit_all(ann, reviewed, name, wanted(cards[:5]))
    assert not five & handed_out()
    reviews.undo_all(ann, reviewed, name, queue.name, "batch-1")
    assert five <= handed_out()


def test_nobody_takes_back_what_another_person_decided(
    reviewed: Project, queue: Queue, ann: ArgillaClient, cards: list[Card], person: Person
) -> None:
    reviews.submit_all(ann, reviewed, ANN, wanted(cards[:2]))
    assert reviews.undo_all(person("bob"), reviewed, "bob", queue.name, "batch-1").undone == ()
    assert len(stored(reviewed, queue)) == 2


def test_what_no_record_can_take_is_refused_at_once(
    reviewed: Project, ann: ArgillaClient, cards: list[Card]
) -> None:
    with pytest.raises(InvalidInput, match="'maybe'"):
        reviews.submit_all(ann, reviewed, ANN, wanted(cards[:2], "maybe"))
    with pytest.raises(InvalidInput, match="0 records"):
        reviews.submit_all(ann, reviewed, ANN, replace(wanted(cards[:1]), argilla_ids=()))
    found = reviews.submit_all(ann, reviewed, ANN, wanted(cards[:2], "corrected", output="Teapots"))
    assert {refused.record for refused in found.refused} == {card.argilla_id for card in cards[:2]}
    assert all("Teapots" in refused.what for refused in found.refused)


def token_of(client: ArgillaClient) -> str:
    return client._http._headers["Authorization"].removeprefix("Bearer ")


def test_a_batch_that_argilla_cut_short_goes_on_where_it_stopped_and_stores_each_once(
    reviewed: Project, queue: Queue, ann: ArgillaClient, cards: list[Card], argilla_stand: ArgillaStand
) -> None:
    reviews.submit_all(ann, reviewed, ANN, wanted(cards[:3]))
    server = argilla_stand.process
    assert server is not None
    hurried = ArgillaClient(ann.base_url, token=token_of(ann), timeout_s=1.0)
    server.send_signal(signal.SIGSTOP)  # it hangs: what is sent reaches it, later
    try:
        began = time.monotonic()
        with pytest.raises(ServiceUnavailable):
            reviews.submit_all(hurried, reviewed, ANN, wanted(cards))
        assert time.monotonic() - began < 8  # the first that is not answered ends it, not every one in turn
    finally:
        server.send_signal(signal.SIGCONT)
    found = reviews.submit_all(ann, reviewed, ANN, wanted(cards))
    assert (len(found.saved), found.refused) == (12, ())
    assert len(stored(reviewed, queue)) == 12
