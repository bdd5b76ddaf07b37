"""Context, the grid, and one decision for many records, as pages send them."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from curation.queues import Queue
from storage import argilla_client, audit
from storage.project import Project
from tests.curation import sample_task
from tests.ui.conftest import ORIGIN, SignedIn

pytestmark = pytest.mark.argilla
HOME = {"Origin": ORIGIN}


def grid(browser: TestClient, queue: Queue, **asked: str) -> list[dict[str, object]]:
    answer = browser.get("/api/grid", params={"queue": queue.name, **asked})
    assert answer.status_code == 200, answer.text
    cells: list[dict[str, object]] = answer.json()["cells"]
    assert answer.json()["total"] == len(cells)
    return cells


def test_the_grid_is_narrowed_by_words_by_output_and_to_copies(
    labelled: Project, queue: Queue, signed_in: SignedIn
) -> None:
    sample_task.publish_duplicates(labelled, [["rec_0002", "rec_0005"], ["rec_0001"]])
    browser = signed_in("annotator")
    assert len(grid(browser, queue)) == 12
    tea = grid(browser, queue, output="Tea")
    assert {cell["output"] for cell in tea} == {"Tea"}
    assert {cell["record_id"] for cell in grid(browser, queue, q="7")} == {"rec_0007"}
    copies = grid(browser, queue, copies="1")
    assert {(cell["record_id"], cell["cluster"]) for cell in copies} == {
        ("rec_0002", "rec_0002"),
        ("rec_0005", "rec_0002"),
    }
    assert grid(browser, queue, copies="1", output="Cookware") == []


def test_what_another_person_has_in_hand_is_left_out_and_counted(queue: Queue, signed_in: SignedIn) -> None:
    ann, ben = signed_in("annotator"), signed_in("admin")
    mine = ann.get("/api/cards", params={"queue": queue.name, "limit": "5"}).json()["cards"]
    asked = {"queue": queue.name}
    found = ben.get("/api/grid", params=asked).json()
    left = {cell["record_id"] for cell in found["cells"]}
    assert (found["total"], found["held"], len(left)) == (7, 5, 7)
    assert not left & {card["record_id"] for card in mine}
    own = ann.get("/api/grid", params=asked).json()
    assert (own["total"], own["held"]) == (12, 0)


def test_a_batch_comes_in_parts_is_undone_as_one_and_is_written_down_with_its_counts(
    labelled: Project, queue: Queue, signed_in: SignedIn
) -> None:
    browser = signed_in("annotator")
    ids = [cell["argilla_id"] for cell in grid(browser, queue)]
    for part in (ids[:3], ids[3:5]):
        body = {"queue": queue.name, "records": part, "decision": "discarded", "client_id": "b1"}
        answer = browser.post("/api/reviews/same", json=body, headers=HOME)
        assert (answer.status_code, answer.json()) == (200, {"saved": part, "refused": []})
    owner = argilla_client.connect(labelled)
    assert len(list(owner.responses(queue.argilla_id))) == 5
    assert len(grid(browser, queue)) == 7
    undoing = {"queue": queue.name, "client_id": "b1"}
    undone = browser.request("DELETE", "/api/reviews/same", json=undoing, headers=HOME).json()
    assert (set(undone["undone"]), undone["kept"]) == (set(ids[:5]), [])
    assert list(owner.responses(queue.argilla_id)) == []
    lines = [
        (line.action, line.facts["records"])
        for line in reversed(audit.listing(labelled))
        if line.action.endswith("_same")
    ]
    assert lines == [("review.send_same", 3), ("review.send_same", 2), ("review.undo_same", 5)]


@pytest.mark.parametrize(
    "change",
    [
        {"records": []},
        {"records": ["x"] * 251},
        {"decision": "maybe"},
        {"client_id": ""},
        {"odd": 1},
    ],
)
def test_a_batch_of_the_wrong_form_is_refused(
    labelled: Project, queue: Queue, signed_in: SignedIn, change: dict[str, object]
) -> None:
    body = {"queue": queue.name, "records": ["r"], "decision": "approved", "client_id": "b1"} | change
    answer = signed_in("annotator").post("/api/reviews/same", json=body, headers=HOME)
    assert answer.status_code == 422, answer.text
    assert list(argilla_client.connect(labelled).responses(queue.argilla_id)) == []


def test_context_is_told_and_a_record_that_is_not_there_is_gone(
    labelled: Project, queue: Queue, signed_in: SignedIn
) -> None:
    sample_task.publish_duplicates(labelled, [["rec_0002", "rec_0005"]])
    browser = signed_in("annotator")
    card = next(cell for cell in grid(browser, queue) if cell["record_id"] == "rec_0002")
    sent = {"queue": queue.name, "records": [card["argilla_id"]], "decision": "discarded", "client_id": "b1"}
    browser.post("/api/reviews/same", json=sent, headers=HOME)
    where = {"queue": queue.name, "record": str(card["argilla_id"])}
    told = browser.get("/api/context", params=where).json()
    assert [near["record_id"] for near in told["near_duplicates"]] == ["rec_0005"]
    assert [(past["decision"], past["by"]) for past in told["history"]] == [
        ("discarded", f"annotator-{labelled.name}")
    ]
    assert (told["others"], told["similar"]) == ([], [])
    gone = browser.get("/api/context", params={**where, "record": "00000000-0000-0000-0000-000000000000"})
    assert (gone.status_code, gone.json()["gone"]) == (404, True)
