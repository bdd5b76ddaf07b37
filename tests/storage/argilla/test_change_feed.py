"""The change feed leaves nothing out, however transactions commit, and says so when it cannot reach back."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest

from storage.services import postgres
from tests.argilla_stand import ArgillaStand
from tests.storage.argilla.raw_dataset import RawDataset

pytestmark = pytest.mark.argilla

INSERT = (
    "INSERT INTO records (id, fields, dataset_id, status, inserted_at, updated_at)"
    " VALUES (%s, '{}', %s, 'pending', now(), now())"
)


class Reader:
    """Follows the feed as the mirror does."""

    def __init__(self, stand: ArgillaStand, **headers: str) -> None:
        given = headers or {"X-Argilla-Api-Key": stand.api_key}
        self.http = httpx.Client(base_url=f"{stand.url}/api/v1", headers=given, timeout=60)
        self.place = ""
        if not headers:
            self.place = self.get()["next"]

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def ask(self, **parameters: Any) -> httpx.Response:
        return self.http.get("/understudy/changes", params=parameters)

    def get(self, **parameters: Any) -> dict[str, Any]:
        reply = self.ask(**parameters)
        assert reply.status_code == 200, reply.text
        page: dict[str, Any] = reply.json()
        return page

    def news(self, limit: int = 1000) -> list[dict[str, Any]]:
        """Everything since the last call, page by page."""
        found: list[dict[str, Any]] = []
        more = True
        while more:
            page = self.get(after=self.place, limit=limit)
            found += page["changes"]
            self.place, more = page["next"], page["more"]
            assert not page["changes"] or page["changes"][-1]["cursor"] == self.place
        return found


@contextmanager
def database(stand: ArgillaStand) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(postgres.connection_string(stand.project, "argilla")) as connection:
        yield connection


@pytest.fixture
def dataset(argilla_stand: ArgillaStand) -> Iterator[RawDataset]:
    made = RawDataset(argilla_stand, f"feed-{uuid4().hex[:8]}", fields={"title": "text"})
    yield made
    made.delete()


@pytest.fixture
def reader(argilla_stand: ArgillaStand, dataset: RawDataset) -> Iterator[Reader]:
    with Reader(argilla_stand) as made:
        yield made


def named(changes: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(change["entity"], change["action"]) for change in changes]


def test_every_change_and_deletion_is_listed_once(dataset: RawDataset, reader: Reader) -> None:
    dataset.add({"title": "one"}, name="0", suggestions={"label": {"value": "a"}})
    record = dataset.record_id("0")
    changes = reader.news()
    assert named(changes) == [("record", "created"), ("suggestion", "created")]
    assert {change["record_id"] for change in changes} == {record}
    assert {change["dataset_id"] for change in changes} == {dataset.id}
    assert changes[1]["question_id"] == dataset.questions["label"]
    answer = {"status": "draft", "values": {"label": {"value": "a"}}}
    response = dataset.made(f"/records/{record}/responses", answer)
    dataset.http.put(f"/responses/{response['id']}", json=answer | {"status": "submitted"}).raise_for_status()
    changes = reader.news()
    assert named(changes) == [("response", "created"), ("response", "updated"), ("record", "updated")]
    assert changes[0]["id"] == response["id"]
    assert changes[0]["user_id"] == response["user_id"]
    dataset.http.delete(f"/responses/{response['id']}").raise_for_status()
    assert ("response", "deleted") in named(reader.news())
    dataset.made(f"/records/{record}/responses", answer)
    reader.news()
    dataset.remove("0")
    changes = reader.news()
    assert sorted(named(changes)) == [
        ("record", "deleted"),
        ("response", "deleted"),
        ("suggestion", "deleted"),
    ]
    assert {change["dataset_id"] for change in changes} == {dataset.id}
    assert reader.news() == []


def test_pages_join_without_a_gap(argilla_stand: ArgillaStand, dataset: RawDataset, reader: Reader) -> None:
    ids = [uuid4() for _ in range(25)]
    with database(argilla_stand) as connection:
        for each in ids:
            connection.execute(INSERT, (each, dataset.id))
    assert [UUID(change["id"]) for change in reader.news(limit=4)] == ids


def test_a_transaction_that_commits_late_is_neither_skipped_nor_read_twice(
    argilla_stand: ArgillaStand, dataset: RawDataset, reader: Reader
) -> None:
    slow, quick = uuid4(), uuid4()
    with database(argilla_stand) as late:
        late.execute(INSERT, (slow, dataset.id))
        with database(argilla_stand) as early:
            early.execute(INSERT, (quick, dataset.id))
        assert reader.news() == []  # the later one is committed and waits for the earlier one
    assert [UUID(change["id"]) for change in reader.news()] == [slow, quick]
    assert reader.news() == []


def test_a_reader_beside_many_writers_misses_nothing(
    argilla_stand: ArgillaStand, dataset: RawDataset, reader: Reader
) -> None:
    written: list[UUID] = []
    done = threading.Event()

    def write() -> None:
        with database(argilla_stand) as connection:
            for _ in range(40):
                ids = [uuid4() for _ in range(3)]
                for each in ids:
                    connection.execute(INSERT, (each, dataset.id))
                connection.commit()
                written.extend(ids)

    writers = [threading.Thread(target=write) for _ in range(6)]
    seen: list[str] = []

    def read() -> None:
        while not done.is_set():
            seen.extend(change["id"] for change in reader.news(limit=7))

    following = threading.Thread(target=read)
    for each in (*writers, following):
        each.start()
    for each in writers:
        each.join()
    done.set()
    following.join()
    seen.extend(change["id"] for change in reader.news())
    assert len(seen) == 6 * 40 * 3
    assert set(seen) == {str(each) for each in written}


def test_only_owners_and_admins_read_and_admins_only_of_their_workspaces(
    argilla_stand: ArgillaStand, dataset: RawDataset, reader: Reader
) -> None:
    before = reader.place
    dataset.add({"title": "one"}, name="0")
    assert httpx.get(f"{argilla_stand.url}/api/v1/understudy/changes").status_code == 401
    argilla_stand.owner.ensure_workspace("elsewhere")

    def somebody(name: str, role: str, workspace: str) -> Reader:
        argilla_stand.owner.create_user(name, "a password of theirs", role, [workspace])
        token = argilla_stand.owner.sign_in(name, "a password of theirs")
        return Reader(argilla_stand, Authorization=f"Bearer {token}")

    with somebody("feed-annotator", "annotator", argilla_stand.workspace) as annotator:
        assert annotator.ask().status_code == 403
    for name, workspace, expected in (("here", argilla_stand.workspace, 1), ("there", "elsewhere", 0)):
        with somebody(f"feed-admin-{name}", "admin", workspace) as admin:
            page = admin.get(after=before)
            assert len(page["changes"]) == expected
            assert admin.get(after=page["next"])["changes"] == []


@pytest.mark.parametrize(
    "harm",
    [
        "DROP SCHEMA understudy_search CASCADE",  # rebuilt at the start
        "UPDATE understudy_search.feed SET known_as = 1",  # as in a database restored from a dump
        "INSERT INTO understudy_search.changes (xid, entity, action, id, record_id)"
        " VALUES ('9223372036854775000', 'record', 'created', gen_random_uuid(), gen_random_uuid())",
    ],
)
def test_a_feed_that_began_anew_tells_its_reader(
    argilla_stand: ArgillaStand, dataset: RawDataset, reader: Reader, harm: str
) -> None:
    with database(argilla_stand) as connection:
        connection.execute(harm)
    argilla_stand.end()
    argilla_stand.start()
    reply = reader.ask(after=reader.place)
    assert reply.status_code == 410
    assert "Compare everything once" in reply.json()["detail"]
    reader.place = reply.json()["next"]
    dataset.add({"title": "one"}, name="0")
    assert named(reader.news()) == [("record", "created")]


def test_truncating_tells_the_reader_too(argilla_stand: ArgillaStand, reader: Reader) -> None:
    with database(argilla_stand) as connection, connection.transaction(force_rollback=True):
        before = connection.execute("SELECT id FROM understudy_search.feed").fetchone()
        connection.execute("TRUNCATE suggestions")
        assert connection.execute("SELECT id FROM understudy_search.feed").fetchone() != before
        assert connection.execute("SELECT count(*) FROM understudy_search.changes").fetchone() == (0,)


def test_old_changes_are_forgotten_and_a_reader_that_slept_is_told(
    argilla_stand: ArgillaStand, dataset: RawDataset, reader: Reader
) -> None:
    asleep = reader.place
    dataset.add({"title": "old"}, name="old")
    assert len(reader.news()) == 1
    awake = reader.place
    with database(argilla_stand) as connection:
        connection.execute("UPDATE understudy_search.changes SET at = now() - interval '31 days'")
    dataset.add({"title": "new"}, name="new")
    argilla_stand.end()
    argilla_stand.start()  # a server forgets once an hour, and first soon after its start
    assert reader.ask(after=asleep).status_code == 410
    reader.place = awake
    assert named(reader.news()) == [("record", "created")]
    with database(argilla_stand) as connection:
        assert connection.execute("SELECT count(*) FROM understudy_search.changes").fetchone() == (1,)


@pytest.mark.parametrize("place", ["", "nowhere", "0.0.0", f"{'0' * 32}.1.{'9' * 19}", f"{'0' * 32}.-1.0"])
def test_a_place_that_is_none_is_refused(reader: Reader, place: str) -> None:
    reply = reader.ask(after=place)
    assert reply.status_code == 422
    assert "no place in the change feed" in reply.text


def test_limits_are_checked(reader: Reader) -> None:
    assert reader.ask(after=reader.place, limit=0).status_code == 422
    assert reader.ask(after=reader.place, limit=1_000_000).status_code == 422
