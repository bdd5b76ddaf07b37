"""Answers of one person that meet: replays, two tabs, stale edits, deleted records, at the real Argilla."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from curation import reviews
from curation.queues import Queue
from curation.reviews import Card, Decision, Saved, Superseded
from storage import argilla_client
from storage.argilla_client import ArgillaClient, RecordGone
from storage.project import Project
from tests.curation.conftest import Person

pytestmark = pytest.mark.argilla


@pytest.fixture
def ann(person: Person) -> ArgillaClient:
    return person("ann")


@pytest.fixture
def card(reviewed: Project, queue: Queue, ann: ArgillaClient) -> Card:
    return reviews.next_cards(ann, reviewed, queue.name, limit=1)[0]


def send(client: ArgillaClient, project: Project, card: Card, decision: str, **given: object) -> Saved:
    values = {"client_id": "one", **given}
    return reviews.submit(
        client,
        project,
        Decision(queue=card.queue, argilla_id=card.argilla_id, decision=decision, **values),  # type: ignore[arg-type]
    )


def other(card: Card) -> str:
    return "Tea" if card.output != "Tea" else "Bakeware"


def stored(project: Project, queue: Queue) -> list[object]:
    return [each.values["decision"] for each in argilla_client.connect(project).responses(queue.argilla_id)]


def test_a_retry_with_another_value_is_shown_what_stands_and_changes_nothing(
    reviewed: Project, queue: Queue, ann: ArgillaClient, card: Card
) -> None:
    first = send(ann, reviewed, card, "approved", note="sure")
    with pytest.raises(Superseded) as met:
        send(ann, reviewed, card, "corrected", output=other(card))
    stands = met.value.stands
    assert (stands.decision, stands.note, stands.version) == ("approved", "sure", first.version)
    assert stored(reviewed, queue) == ["approved"]
    won = send(ann, reviewed, card, "corrected", output=other(card), base_version=stands.version)
    assert won.review_id == first.review_id
    assert stored(reviewed, queue) == ["corrected"]


def test_two_tabs_that_decide_the_same_are_both_told_that_it_is_saved(
    reviewed: Project, queue: Queue, ann: ArgillaClient, card: Card
) -> None:
    first = send(ann, reviewed, card, "approved", client_id="tab one", seconds_spent=2.0)
    second = send(ann, reviewed, card, "approved", client_id="tab two", seconds_spent=9.0)
    assert second == first
    with pytest.raises(Superseded):
        send(ann, reviewed, card, "approved", client_id="tab two", note="but")


def test_a_stale_edit_never_overwrites_what_argillas_own_ui_stored(
    reviewed: Project, queue: Queue, ann: ArgillaClient, card: Card
) -> None:
    first = send(ann, reviewed, card, "approved")
    ann.submit(card.argilla_id, {"decision": "discarded", "note": "in Argilla"})
    with pytest.raises(Superseded, match="before: discarded") as met:
        send(ann, reviewed, card, "corrected", output=other(card), base_version=first.version)
    assert met.value.stands.note == "in Argilla"
    assert stored(reviewed, queue) == ["discarded"]


def test_of_eight_edits_of_one_version_at_once_exactly_one_stands(
    reviewed: Project, queue: Queue, ann: ArgillaClient, card: Card
) -> None:
    first = send(ann, reviewed, card, "approved")
    saved, refused = at_once(
        [
            lambda number=number: send(  # type: ignore[misc]
                ann, reviewed, card, "discarded", client_id=f"tab {number}", note=f"no. {number}",
                base_version=first.version,
            )
            for number in range(8)
        ]
    )  # fmt: skip
    assert (len(saved), len(refused)) == (1, 7)
    assert all(isinstance(fault, Superseded) for fault in refused), refused
    (response,) = argilla_client.connect(reviewed).responses(queue.argilla_id)
    assert {fault.stands.note for fault in refused if isinstance(fault, Superseded)} == {
        response.values["note"]
    }


def test_of_eight_first_decisions_at_once_exactly_one_stands(
    reviewed: Project, queue: Queue, ann: ArgillaClient, card: Card
) -> None:
    saved, refused = at_once(
        [
            lambda number=number: send(  # type: ignore[misc]
                ann, reviewed, card, "discarded", client_id=f"tab {number}", note=f"no. {number}"
            )
            for number in range(8)
        ]
    )
    assert (len(saved), len(refused)) == (1, 7)
    assert all(isinstance(fault, Superseded) for fault in refused), refused
    assert stored(reviewed, queue) == ["discarded"]


def at_once(sends: list[Callable[[], Saved]]) -> tuple[list[Saved], list[Exception]]:
    saved: list[Saved] = []
    refused: list[Exception] = []
    gate = threading.Barrier(len(sends))

    def run(one: Callable[[], Saved]) -> None:
        gate.wait()
        try:
            saved.append(one())
        except Exception as fault:
            refused.append(fault)

    threads = [threading.Thread(target=run, args=(one,)) for one in sends]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return saved, refused


def test_an_undo_takes_back_the_decision_it_names_and_no_newer_one(
    reviewed: Project, queue: Queue, ann: ArgillaClient, card: Card
) -> None:
    first = send(ann, reviewed, card, "approved")
    newer = send(ann, reviewed, card, "discarded", base_version=first.version, client_id="two")
    for known in ({"of": "one"}, {"of": "one", "version": first.version}):
        with pytest.raises(Superseded) as met:
            reviews.undo(ann, reviewed, queue.name, card.argilla_id, **known)
        assert (met.value.stands.decision, met.value.stands.version) == ("discarded", newer.version)
    assert stored(reviewed, queue) == ["discarded"]
    reviews.undo(ann, reviewed, queue.name, card.argilla_id, of="two")
    assert stored(reviewed, queue) == []
    assert reviews.undo(ann, reviewed, queue.name, card.argilla_id, of="two").record_id == card.record_id


def test_a_record_that_was_deleted_meanwhile_is_said_to_be_gone(
    reviewed: Project, queue: Queue, ann: ArgillaClient, card: Card
) -> None:
    owner = argilla_client.connect(reviewed)
    owner._http.request(
        "DELETE", f"/datasets/{queue.argilla_id}/records", parameters={"ids": card.argilla_id}
    )
    with pytest.raises(RecordGone, match=r"no record .* any more"):
        send(ann, reviewed, card, "approved")
    with pytest.raises(RecordGone):
        reviews.undo(ann, reviewed, queue.name, card.argilla_id)
