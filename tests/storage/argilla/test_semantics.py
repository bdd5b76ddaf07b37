"""What a search means where Argilla's published tests do not say: orders, totals, fields, odd values."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest

from storage.services import postgres
from tests.argilla_stand import ArgillaStand
from tests.storage.argilla.raw_dataset import RawDataset

pytestmark = pytest.mark.argilla

PENDING_RECORD = {
    "type": "terms",
    "scope": {"entity": "record", "property": "status"},
    "values": ["pending"],
}
UNANSWERED = {"type": "terms", "scope": {"entity": "response", "property": "status"}, "values": ["pending"]}
MANY = 700
"""More records than are read block by block, so that both ways of ordering are taken."""


@pytest.fixture(scope="module")
def queue(argilla_stand: ArgillaStand) -> Iterator[RawDataset]:
    """A dataset with `MANY` records, two answers wanted for each."""
    made = RawDataset(argilla_stand, f"queue-{uuid4().hex[:8]}", fields={"title": "text"}, min_submitted=2)
    with psycopg.connect(postgres.connection_string(argilla_stand.project, "argilla")) as connection:
        for number in range(MANY):
            connection.execute(
                "INSERT INTO records (id, fields, dataset_id, external_id, status, inserted_at, updated_at)"
                " VALUES (%s, %s, %s, %s, 'pending', now(), now())",
                (uuid4(), '{"title": "x"}', made.id, str(number)),
            )
    yield made
    made.delete()


@pytest.fixture(scope="module")
def tokens(argilla_stand: ArgillaStand) -> list[str]:
    """Three annotators, signed in."""
    found = []
    for number in range(3):
        name = f"reader-{number}-{uuid4().hex[:6]}"
        argilla_stand.owner.create_user(name, "a password of theirs", "annotator", [argilla_stand.workspace])
        found.append(argilla_stand.owner.sign_in(name, "a password of theirs"))
    return found


def order_for(queue: RawDataset, token: str, *filters: dict[str, Any], size: int = 100) -> list[str]:
    """All of a person's records, page by page, in their order."""
    body = {"filters": {"and": list(filters)}} if filters else {}
    found: list[str] = []
    while True:
        page = queue.names(body, mine=True, token=token, limit=size, offset=len(found))
        found += page
        if len(page) < size:
            return found


def test_everybody_has_an_order_of_their_own_that_stays(queue: RawDataset, tokens: list[str]) -> None:
    orders = [order_for(queue, token, PENDING_RECORD, UNANSWERED) for token in tokens]
    for order in orders:
        assert len(order) == MANY
        assert len(set(order)) == MANY
    assert len({tuple(order[:5]) for order in orders}) == len(orders)
    assert orders[0] != sorted(orders[0], key=int)
    assert order_for(queue, tokens[0], PENDING_RECORD, UNANSWERED, size=90) == orders[0]
    assert order_for(queue, tokens[0]) == orders[0]  # sorted as a whole, without a filter


def test_an_answered_record_leaves_its_person_and_nobody_else(queue: RawDataset, tokens: list[str]) -> None:
    before = order_for(queue, tokens[0], PENDING_RECORD, UNANSWERED)
    headers = {"Authorization": f"Bearer {tokens[0]}"}
    body = {"status": "draft", "values": {"label": {"value": "a"}}}
    with httpx.Client(base_url=queue.http.base_url, headers=headers) as theirs:
        reply = theirs.post(f"/records/{queue.record_id(before[0])}/responses", json=body)
        assert reply.is_success, reply.text
        asked = {"filters": {"and": [PENDING_RECORD, UNANSWERED]}}
        for token, total in ((tokens[0], MANY - 1), (tokens[1], MANY)):
            answer = queue.post("records/search", asked, mine=True, token=token, limit=1).json()
            assert answer["total"] == total
        assert order_for(queue, tokens[0], PENDING_RECORD, UNANSWERED) == before[1:]
        theirs.delete(f"/responses/{reply.json()['id']}").raise_for_status()
    assert order_for(queue, tokens[0], PENDING_RECORD, UNANSWERED) == before


def test_totals_stay_exact_while_many_change_everything(
    argilla_stand: ArgillaStand, tokens: list[str]
) -> None:
    """Answers, drafts, deletions and plain SQL at once; then every sum is compared with a count."""
    with RawDataset(
        argilla_stand, f"busy-{uuid4().hex[:8]}", fields={"title": "text"}, min_submitted=2
    ) as made:
        for number in range(30):
            made.add({"title": "x"}, name=str(number))
        ids = [hit["record"]["id"] for hit in made.hits({}, limit=100)]

        def act(number: int) -> None:
            chance = random.Random(number)
            headers = {"Authorization": f"Bearer {tokens[number % 3]}"}
            with httpx.Client(base_url=made.http.base_url, headers=headers, timeout=60) as theirs:
                for _ in range(25):
                    body = {"status": chance.choice(["draft", "submitted", "discarded"])}
                    answer = body | {"values": {"label": {"value": "a"}}}
                    path = f"/records/{chance.choice(ids)}/responses"
                    reply = theirs.post(path, json=answer)
                    if reply.status_code == 201 and chance.random() < 0.5:
                        theirs.delete(f"/responses/{reply.json()['id']}")
                    elif reply.status_code == 201:
                        theirs.put(f"/responses/{reply.json()['id']}", json=answer | {"status": "submitted"})

        def meddle(number: int) -> None:
            with psycopg.connect(postgres.connection_string(argilla_stand.project, "argilla")) as connection:
                for each in ids[number::4]:
                    for status in ("completed", "pending"):
                        connection.execute("UPDATE records SET status = %s WHERE id = %s", (status, each))
                        connection.commit()

        with ThreadPoolExecutor(9) as pool:
            for running in [
                *(pool.submit(act, at) for at in range(6)),
                *(pool.submit(meddle, at) for at in range(3)),
            ]:
                running.result()
        made.http.delete(f"/datasets/{made.id}/records", params={"ids": ",".join(ids[:5])}).raise_for_status()
        check_sums(argilla_stand, made, tokens)


def test_many_lines_of_sums_become_few_while_everybody_reads(
    argilla_stand: ArgillaStand, queue: RawDataset
) -> None:
    """More readers at once than the engine has connections, each finding that there is much to add up."""
    many = "SELECT count(*) FROM understudy_search.record_counts WHERE dataset_id = %s"
    with psycopg.connect(postgres.connection_string(argilla_stand.project, "argilla")) as connection:
        connection.execute(
            "INSERT INTO understudy_search.record_counts (dataset_id, status, delta)"
            " SELECT %s, 'pending', n %% 2 * 2 - 1 FROM generate_series(1, 4000) AS n",
            (queue.id,),
        )
        connection.commit()
        with ThreadPoolExecutor(40) as pool:
            asked = [pool.submit(queue.http.get, f"/datasets/{queue.id}/progress") for _ in range(80)]
            assert {each.result().json()["total"] for each in asked} == {MANY}
        until = time.monotonic() + 30
        while connection.execute(many, (queue.id,)).fetchone() != (1,):
            assert time.monotonic() < until
            connection.commit()
            time.sleep(0.05)
    assert queue.http.get(f"/datasets/{queue.id}/progress").json()["total"] == MANY


def check_sums(stand: ArgillaStand, made: RawDataset, tokens: list[str]) -> None:
    with psycopg.connect(postgres.connection_string(stand.project, "argilla")) as connection:
        by_status = connection.execute(
            "SELECT status::text, count(*) FROM records WHERE dataset_id = %s GROUP BY status", (made.id,)
        ).fetchall()
        progress = made.http.get(f"/datasets/{made.id}/progress").json()
        assert {status: progress[status] for status, _ in by_status} == dict(by_status)
        assert progress["total"] == sum(count for _, count in by_status) == 25
        for token in tokens:
            with httpx.Client(
                base_url=made.http.base_url, headers={"Authorization": f"Bearer {token}"}
            ) as person:
                me = person.get("/me").json()["id"]
                shown = person.get(f"/me/datasets/{made.id}/metrics").json()["responses"]
            theirs = connection.execute(
                "SELECT responses.status::text, count(*) FROM responses"
                " JOIN records ON records.id = record_id"
                " WHERE dataset_id = %s AND user_id = %s GROUP BY responses.status",
                (made.id, me),
            ).fetchall()
            assert {status: shown[status] for status, _ in theirs} == dict(theirs)
            open_ = connection.execute(
                "SELECT count(*) FROM records WHERE dataset_id = %s AND status = 'pending' AND NOT EXISTS"
                " (SELECT FROM responses WHERE record_id = records.id AND user_id = %s)", (made.id, me),
            ).fetchone()  # fmt: skip
            asked = {"filters": {"and": [PENDING_RECORD, UNANSWERED]}}
            reply = made.post("records/search", asked, mine=True, token=token, limit=100).json()
            assert (reply["total"],) == open_
            assert len(reply["items"]) == reply["total"]
        connection.execute("SELECT understudy_search.compact_counts(%s)", (made.id,))
        connection.commit()
        assert made.http.get(f"/datasets/{made.id}/progress").json() == progress


def test_each_of_many_fields_can_be_searched_alone(argilla_stand: ArgillaStand) -> None:
    names = [f"f{number}" for number in range(6)]
    fields = {name: "image" if name == "f1" else "text" for name in names}
    with RawDataset(argilla_stand, f"wide-{uuid4().hex[:8]}", fields=fields) as made:
        said = {name: f"common own{name} last" for name in names}
        made.add(said | {"f1": "https://pictures.example/common-ownf1.png"}, name="0")
        made.add({"f0": "common " * 300, "f5": "common"}, name="often")
        made.add({"f0": " ".join(f"w{number}" for number in range(40_000)), "f4": "tail"}, name="long")
        for name in names:
            owned = [] if name == "f1" else ["0"]
            assert made.text(f"own{name}", name) == owned
            assert made.text(f'"own{name} last"', name) == owned
            assert made.text(f"own{name[:-1]}*", name) == owned
            assert made.text("own" + names[names.index(name) - 1], name) == []
        assert made.text("common", "f5") == ["0", "often"]
        assert made.text("common", "f2") == ["0"]
        assert made.text("-common", "f2") == ["long", "often"]
        assert made.text("w39999", "f0") == ["long"]
        assert made.text("tail", "f4") == ["long"]
        assert made.text("tail", "f0") == []
        assert made.text("w39999 tail") == ["long"]


def test_scores_may_be_lists_and_labels_several(argilla_stand: ArgillaStand) -> None:
    options = [{"value": value, "text": value} for value in ("x", "y", "z")]
    with RawDataset(
        argilla_stand,
        f"scores-{uuid4().hex[:8]}",
        fields={"title": "text"},
        questions={
            "many": {"type": "multi_label_selection", "options": options},
            "one": {"type": "label_selection", "options": options},
        },
    ) as made:
        given = {"0": (["x", "y"], [0.1, 0.9]), "1": (["z"], [0.5]), "2": (["x"], [0.2])}
        for name, (value, score) in given.items():
            suggestions = {
                "many": {"value": value, "score": score},
                "one": {"value": value[0], "score": score[0]},
            }
            made.add({"title": name}, name=name, suggestions=suggestions)
        made.add({"title": "none"}, name="none")
        scope = {"entity": "suggestion", "question": "many", "property": "score"}

        def within(**bounds: float) -> list[str]:
            return sorted(made.names({"filters": {"and": [{"type": "range", "scope": scope, **bounds}]}}))

        assert within(ge=0.8) == ["0"]
        assert within(ge=0.2, le=0.6) == ["1", "2"]
        for order, expected in (("asc", ["0", "2", "1", "none"]), ("desc", ["0", "1", "2", "none"])):
            assert made.names({"sort": [{"scope": scope, "order": order}]}) == expected
        value = {"entity": "suggestion", "question": "many", "property": "value"}
        assert made.filtered(value, "y", "z") == ["0", "1"]
        assert made.filtered(value | {"question": "one"}, "x") == ["0", "2"]
        assert made.filtered(value | {"question": "one"}, "x", "z", "nothing") == ["0", "1", "2"]


def test_times_are_asked_for_in_iso_and_in_milliseconds(
    argilla_stand: ArgillaStand, queue: RawDataset
) -> None:
    with RawDataset(argilla_stand, f"times-{uuid4().hex[:8]}", fields={"title": "text"}) as made:
        moment = datetime(2025, 5, 17, 12, 30, tzinfo=UTC)
        made.add({"title": "x"}, name="then")
        made.add({"title": "x"}, name="now")
        with psycopg.connect(postgres.connection_string(argilla_stand.project, "argilla")) as connection:
            connection.execute(
                "UPDATE records SET inserted_at = %s WHERE dataset_id = %s AND external_id = 'then'",
                (moment.replace(tzinfo=None), made.id),
            )
        scope = {"entity": "record", "property": "inserted_at"}

        def until(greatest: Any) -> list[str]:
            return sorted(
                made.names({"filters": {"and": [{"type": "range", "scope": scope, "le": greatest}]}})
            )

        milliseconds = int(moment.timestamp() * 1000)
        for greatest, found in (
            (moment.isoformat(), ["then"]),
            ("2025-05-17T14:30:00+02:00", ["then"]),
            ("2025-05-17T12:29:59.999", []),
            ("2025-05-17", ["then"]),
            ("2025-05-16", []),
            (milliseconds, ["then"]),
            (milliseconds - 1, []),
        ):
            assert until(greatest) == found, greatest
