"""Two people's pages at one queue: what one has in hand the other does not get."""

from __future__ import annotations

import pytest

from curation.queues import Queue
from tests.ui.conftest import ORIGIN, SignedIn

HOME = {"Origin": ORIGIN}

pytestmark = pytest.mark.argilla


def test_a_closed_tab_gives_its_cards_to_the_next_person(queue: Queue, signed_in: SignedIn) -> None:
    ann, ben = signed_in("annotator"), signed_in("admin")
    asked = {"queue": queue.name, "limit": "12"}
    mine = [card["record_id"] for card in ann.get("/api/cards", params=asked).json()["cards"]]
    assert len(mine) == 12
    others = ben.get("/api/cards", params=asked).json()["cards"]
    assert all(card["also_open"] for card in others)
    leaving = {"queue": queue.name, "release": mine[:4], "keep": mine[4:]}
    assert ann.post("/api/leases", json=leaving, headers=HOME).json() == {}
    free = ben.get("/api/cards", params=asked).json()["cards"]
    assert {card["record_id"] for card in free} == set(mine[:4])
    assert not any(card["also_open"] for card in free)


def test_nobody_gives_back_what_another_holds(queue: Queue, signed_in: SignedIn) -> None:
    ann, ben = signed_in("annotator"), signed_in("admin")
    asked = {"queue": queue.name, "limit": "12"}
    mine = [card["record_id"] for card in ann.get("/api/cards", params=asked).json()["cards"]]
    ben.post("/api/leases", json={"queue": queue.name, "release": mine}, headers=HOME)
    assert all(card["also_open"] for card in ben.get("/api/cards", params=asked).json()["cards"])


def test_an_order_that_there_is_not_is_named(queue: Queue, signed_in: SignedIn) -> None:
    client = signed_in("annotator")
    answer = client.get("/api/cards", params={"queue": queue.name, "order": "best"})
    assert answer.status_code == 422
    assert "'best' is no order of cards" in answer.json()["what"]
    first = client.get("/api/cards", params={"queue": queue.name, "order": "newest", "limit": "1"}).json()
    assert [card["record_id"] for card in first["cards"]] == ["rec_0011"]


def test_progress_tells_the_target_and_what_is_reached(queue: Queue, signed_in: SignedIn) -> None:
    client = signed_in("annotator")
    answer = client.get("/api/cards", params={"queue": queue.name}).json()
    assert answer["progress"]["target"] is None
