"""POST /api/flags, as the card sends it."""

from __future__ import annotations

import pytest

from curation import flags, reviews
from curation.queues import Queue
from storage import argilla_client, audit
from storage.project import Project
from tests.ui.conftest import ORIGIN, SignedIn

pytestmark = pytest.mark.argilla


def test_a_flag_is_set_once_settled_by_its_owner_and_written_down(
    house: Project, queue: Queue, signed_in: SignedIn
) -> None:
    browser = signed_in("annotator")
    [card] = reviews.next_cards(argilla_client.connect(house), house, queue.name, limit=1)
    body = {
        "queue": queue.name, "record": card.argilla_id, "record_id": card.record_id, "flagged": True,
        "note": "which shelf?", "client_id": "f1",
    }  # fmt: skip
    for _ in range(2):
        answer = browser.post("/api/flags", json=body, headers={"Origin": ORIGIN})
        assert (answer.status_code, answer.json()) == (200, {"flagged": True})
    [flag] = flags.open_flags(house, queue.task)
    assert (flag.record_id, flag.note, flag.flagged_by) == (
        card.record_id,
        "which shelf?",
        f"annotator-{house.name}",
    )
    answer = browser.post(
        "/api/flags", json=body | {"flagged": False, "client_id": "f2"}, headers={"Origin": ORIGIN}
    )
    assert answer.json() == {"flagged": False}
    assert flags.open_flags(house, queue.task) == []
    assert len(audit.listing(house, audit.Filters(kind="flag"))) == 3


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"record_id": "rec_else"}, 404),
        ({"queue": "none"}, 404),
        ({"note": "x" * 10_001}, 422),
        ({"odd": 1}, 422),
    ],
)
def test_a_flag_that_fits_nothing_is_refused(
    house: Project, queue: Queue, signed_in: SignedIn, change: dict[str, object], status: int
) -> None:
    [card] = reviews.next_cards(argilla_client.connect(house), house, queue.name, limit=1)
    body = {
        "queue": queue.name, "record": card.argilla_id, "record_id": card.record_id, "flagged": True,
        "client_id": "f1",
    }  # fmt: skip
    answer = signed_in("annotator").post("/api/flags", json=body | change, headers={"Origin": ORIGIN})
    assert answer.status_code == status, answer.text
    assert flags.open_flags(house, queue.task) == []
