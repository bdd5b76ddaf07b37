from __future__ import annotations

import pytest

from curation import reviews
from curation.queues import Queue
from storage import argilla_client
from storage.project import Project
from tests.curation import sample_task
from tests.ui.conftest import ORIGIN, SignedIn

HOME = {"Origin": ORIGIN}

pytestmark = pytest.mark.argilla


def decision(card: dict[str, object], **changes: object) -> dict[str, object]:
    """An approval as the card sends it."""
    sent = {
        "queue": card["queue"], "record": card["argilla_id"], "record_id": card["record_id"],
        "label_id": card["label_id"], "base_version": None, "decision": "approved", "output": card["output"],
        "error_tags": [], "note": "", "seconds_spent": 1.5, "client_id": "c-1",
    }  # fmt: skip
    return {**sent, **changes}


def test_a_decision_is_stored_at_argilla_as_the_person_who_took_it(
    labelled: Project, queue: Queue, signed_in: SignedIn
) -> None:
    client = signed_in("annotator")
    answer = client.get("/api/cards", params={"queue": queue.name, "limit": "3"}).json()
    assert answer["progress"]["pending"] == 12
    card = answer["cards"][0]
    assert card["guesses"] == [card["output"]]
    assert (card["blind"], card["flagged"], card["proposed_tags"]) == (False, False, [])
    saved = client.post("/api/reviews", json=decision(card, error_tags=["sibling"]), headers=HOME)
    assert saved.status_code == 200, saved.text
    owner = argilla_client.connect(labelled)
    stored = list(owner.responses(queue.argilla_id))
    assert [(one.username, one.external_id) for one in stored] == [
        (f"annotator-{labelled.name}", card["record_id"])
    ]


def test_a_decision_sent_twice_counts_once(labelled: Project, queue: Queue, signed_in: SignedIn) -> None:
    client = signed_in("annotator")
    card = client.get("/api/cards", params={"queue": queue.name}).json()["cards"][0]
    first = client.post("/api/reviews", json=decision(card), headers=HOME).json()
    second = client.post("/api/reviews", json=decision(card), headers=HOME).json()
    assert second == first
    owner = argilla_client.connect(labelled)
    assert len(list(owner.responses(queue.argilla_id))) == 1


def test_what_the_card_has_in_hand_is_not_sent_again(queue: Queue, signed_in: SignedIn) -> None:
    client = signed_in("annotator")
    first = client.get("/api/cards", params={"queue": queue.name, "limit": "5"}).json()["cards"]
    held = [card["record_id"] for card in first]
    by_address = client.get("/api/cards", params={"queue": queue.name, "exclude": ",".join(held)}).json()
    by_body = client.post(f"/api/cards?queue={queue.name}", json={"exclude": held}, headers=HOME).json()
    for answer in (by_address, by_body):
        assert not {card["record_id"] for card in answer["cards"]} & set(held)


def test_undo_brings_the_record_back(queue: Queue, signed_in: SignedIn) -> None:
    client = signed_in("annotator")
    card = client.get("/api/cards", params={"queue": queue.name}).json()["cards"][0]
    client.post("/api/reviews", json=decision(card), headers=HOME)
    undone = client.request(
        "DELETE", "/api/reviews", json={"queue": queue.name, "record": card["argilla_id"]}, headers=HOME
    )
    assert undone.json()["card"]["record_id"] == card["record_id"]
    again = client.get("/api/cards", params={"queue": queue.name, "limit": "50"}).json()
    assert card["record_id"] in {one["record_id"] for one in again["cards"]}


def test_an_output_outside_the_label_set_is_refused_with_the_value(queue: Queue, signed_in: SignedIn) -> None:
    client = signed_in("annotator")
    card = client.get("/api/cards", params={"queue": queue.name}).json()["cards"][0]
    answer = client.post(
        "/api/reviews", json=decision(card, decision="corrected", output="Teapots"), headers=HOME
    )
    assert answer.status_code == 422
    assert "Teapots" in answer.json()["what"]


def test_a_stale_edit_is_answered_with_what_stands_and_may_be_sent_again_to_replace_it(
    queue: Queue, signed_in: SignedIn
) -> None:
    client = signed_in("annotator")
    card = client.get("/api/cards", params={"queue": queue.name}).json()["cards"][0]
    first = client.post("/api/reviews", json=decision(card, note="sure"), headers=HOME).json()
    mine = decision(card, decision="discarded", client_id="c-2", error_tags=["sibling"])
    met = client.post("/api/reviews", json=mine, headers=HOME)
    assert met.status_code == 409
    stands = met.json()["stands"]
    assert (stands["decision"], stands["output"], stands["note"]) == ("approved", card["output"], "sure")
    assert stands["version"] == first["version"]
    assert stands["at"]
    assert "decided on this record before" in met.json()["what"]
    again = client.post("/api/reviews", json={**mine, "base_version": stands["version"]}, headers=HOME)
    assert again.json()["decision"] == "discarded"


def test_a_record_that_was_deleted_meanwhile_is_gone(
    labelled: Project, queue: Queue, signed_in: SignedIn
) -> None:
    client = signed_in("annotator")
    card = client.get("/api/cards", params={"queue": queue.name}).json()["cards"][0]
    owner = argilla_client.connect(labelled)
    records = f"/datasets/{queue.argilla_id}/records"
    owner._http.request("DELETE", records, parameters={"ids": card["argilla_id"]})
    sent = client.post("/api/reviews", json=decision(card), headers=HOME)
    undone = client.request(
        "DELETE", "/api/reviews", json={"queue": queue.name, "record": card["argilla_id"]}, headers=HOME
    )
    for answer in (sent, undone):
        assert (answer.status_code, answer.json()["gone"]) == (404, True)


@pytest.mark.parametrize(
    "field", [{"ratings": {"clear": "5"}}, {"tag_reasons": {"sibling": 3}}, {"surprise": 1}]
)
def test_a_field_of_the_wrong_form_is_named(
    queue: Queue, signed_in: SignedIn, field: dict[str, object]
) -> None:
    client = signed_in("annotator")
    card = client.get("/api/cards", params={"queue": queue.name}).json()["cards"][0]
    answer = client.post("/api/reviews", json=decision(card, **field), headers=HOME)
    assert answer.status_code == 422
    assert next(iter(field)) in answer.json()["what"]


def test_labels_are_found_by_words_for_a_queue(queue: Queue, signed_in: SignedIn) -> None:
    client = signed_in("annotator")
    found = client.get("/api/labels", params={"queue": queue.name, "q": "WARE", "limit": "1"}).json()
    assert found == {"labels": ["Cookware"], "total": 2, "groups": []}
    assert client.get("/api/labels", params={"queue": queue.name, "limit": "0"}).status_code == 422


def test_an_unknown_queue_is_named(labelled: Project, signed_in: SignedIn) -> None:
    answer = signed_in("annotator").get("/api/cards", params={"queue": "nowhere"})
    assert answer.status_code == 404
    assert "nowhere" in answer.json()["what"]


@pytest.mark.parametrize("limit", ["0", "101", "-1", "many"])
def test_a_limit_out_of_range_is_refused(queue: Queue, signed_in: SignedIn, limit: str) -> None:
    answer = signed_in("annotator").get("/api/cards", params={"queue": queue.name, "limit": limit})
    assert answer.status_code == 422
    assert repr(limit) in answer.json()["what"]


def test_reviews_given_here_become_the_mirror_that_datasets_are_built_from(
    labelled: Project, queue: Queue, signed_in: SignedIn
) -> None:
    client = signed_in("annotator")
    card = client.get("/api/cards", params={"queue": queue.name}).json()["cards"][0]
    client.post("/api/reviews", json=decision(card), headers=HOME)
    manifest = reviews.mirror(labelled, sample_task.NAME)
    assert manifest is not None
    assert manifest.rows("reviews") == 1
