"""The index beside Argilla's tables: kept by triggers, mended at start, away while Argilla migrates."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from storage.services import postgres
from tests.argilla_stand import ArgillaStand
from tests.storage.argilla.raw_dataset import RawDataset

pytestmark = pytest.mark.argilla

INSERT = (
    "INSERT INTO records (id, fields, dataset_id, external_id, status, inserted_at, updated_at)"
    " VALUES (%s, %s, %s, %s, 'pending', now(), now())"
)


@contextmanager
def database(stand: ArgillaStand) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(postgres.connection_string(stand.project, "argilla")) as connection:
        yield connection


@pytest.fixture
def texts(argilla_stand: ArgillaStand) -> Iterator[RawDataset]:
    """A dataset with a text, a chat, a custom and an image field, and a vector of two numbers."""
    made = RawDataset(
        argilla_stand,
        f"texts-{uuid4().hex[:8]}",
        fields={"title": "text", "talk": "chat", "card": "custom", "picture": "image"},
        vectors={"place": 2},
    )
    yield made
    made.delete()


def installed_at(stand: ArgillaStand) -> str:
    with database(stand) as connection:
        return str(connection.execute("SELECT since FROM understudy_search.installed").fetchone())


def restart(stand: ArgillaStand) -> None:
    stand.end()
    stand.start()


def test_what_is_searched_of_a_record(texts: RawDataset) -> None:
    texts.add(
        {
            "title": "alpha 100",
            "talk": [{"role": "assistant", "content": "beta"}, {"role": "user", "content": "gamma delta"}],
            "card": {"heading": {"inner": "epsilon zeta"}, "amount": 4200, "list": ["eta", True]},
            "picture": "https://pictures.example/theta.png",
        },
        name="0",
    )
    for found in (
        "alpha",
        "100",
        "beta",
        "assistant",
        '"gamma delta"',
        "epsilon",
        "4200",
        "eta",
        "alpha zeta",
    ):
        assert texts.text(found) == ["0"], found
    for missed in ("theta", "pictures", "heading", "amount", "inner", "content", '"beta user"', '"zeta eta"'):
        assert texts.text(missed) == [], missed
    assert texts.text("beta", "talk") == ["0"]
    assert texts.text("beta", "card") == []
    assert texts.text("theta", "picture") == []


def test_rows_changed_by_plain_sql_are_found_by_the_next_search(
    argilla_stand: ArgillaStand, texts: RawDataset
) -> None:
    with database(argilla_stand) as connection:
        connection.execute(INSERT, (uuid4(), '{"title": "written behind"}', texts.id, "behind"))
    assert texts.text("behind") == ["behind"]
    with database(argilla_stand) as connection:
        connection.execute(
            'UPDATE records SET fields = \'{"title": "rewritten"}\' WHERE dataset_id = %s', (texts.id,)
        )
    assert texts.text("behind") == []
    assert texts.text("rewritten") == ["behind"]
    with database(argilla_stand) as connection:
        connection.execute(
            "UPDATE fields SET name = 'heading' WHERE dataset_id = %s AND name = 'title'", (texts.id,)
        )
    assert texts.text("rewritten") == []
    with database(argilla_stand) as connection:
        connection.execute(
            "UPDATE fields SET name = 'title' WHERE dataset_id = %s AND name = 'heading'", (texts.id,)
        )
    assert texts.text("rewritten") == ["behind"]
    with database(argilla_stand) as connection:
        connection.execute("DELETE FROM records WHERE dataset_id = %s", (texts.id,))
        left = connection.execute(
            "SELECT count(*) FROM understudy_search.record_text WHERE dataset_id = %s", (texts.id,)
        ).fetchone()
    assert left == (0,)
    assert texts.text("rewritten") == []


def test_erased_words_leave_the_vocabulary_too(argilla_stand: ArgillaStand, texts: RawDataset) -> None:
    texts.add({"title": "Wolfeschlegelstein"}, name="0")
    assert texts.text("wolfeschlegelsteim~1") == ["0"]
    with database(argilla_stand) as connection:
        words = "SELECT word FROM understudy_search.vocabulary WHERE dataset_id = %s"
        assert connection.execute(words, (texts.id,)).fetchall() == [("wolfeschlegelstein",)]
        connection.execute("DELETE FROM records WHERE dataset_id = %s", (texts.id,))
        assert connection.execute(words, (texts.id,)).fetchall() == []


@pytest.mark.parametrize(
    "stored",
    [
        '{"title": "before \\\\u0000\\\\u0000 after"}',
        '{"title": "before \\\\ud83d after"}',
        '{"title": "before \\\\udc4d\\\\ud83d after \\\\ud83d\\\\udc4d"}',
        '{"title": "before \\\\\\\\u0000 \\\\\\\\ud83d after"}',
        '{"title": "before after", "talk": "not a chat", "card": 7}',
        '{"title": "before after", "talk": [1, null, {"role": 2}], "card": [[], {}]}',
    ],
)
def test_no_document_is_too_odd_to_store_and_find(
    argilla_stand: ArgillaStand, texts: RawDataset, stored: str
) -> None:
    with database(argilla_stand) as connection:
        connection.execute(INSERT, (uuid4(), stored.replace("\\\\", "\\"), texts.id, "odd"))
        kept = "SELECT words @@ 'before & after' FROM understudy_search.record_text WHERE dataset_id = %s"
        assert connection.execute(kept, (texts.id,)).fetchall() == [(True,)]
    assert texts.text("before nowhere") == []  # Argilla itself cannot send half a surrogate pair
    assert texts.filtered({"entity": "metadata", "metadata_property": "kind"}, "x") == []


def test_a_long_text_is_found_by_every_word_and_phrase(texts: RawDataset) -> None:
    many = [f"w{number} and" for number in range(20_000)]
    texts.add({"title": " ".join(many)}, name="long")
    texts.add({"title": "and " * 300 + "the last words " + "and " * 300}, name="often")
    assert texts.text("w19999") == ["long"]
    assert texts.text('"w19998 and w19999"') == ["long"]
    assert texts.text('"w19998 and w19997"') == []
    assert texts.text('"w19998 w19999"~1') == ["long"]
    assert texts.text('"and the last words and"', "title") == ["often"]
    assert texts.text('"and last the"') == []


def test_rows_missing_from_the_index_are_added_at_start(
    argilla_stand: ArgillaStand, texts: RawDataset
) -> None:
    texts.add({"title": "seen"}, name="seen")
    before = installed_at(argilla_stand)
    with database(argilla_stand) as connection:
        connection.execute("SET session_replication_role = replica")  # no trigger fires
        connection.execute(INSERT, (uuid4(), '{"title": "unseen"}', texts.id, "unseen"))
        connection.execute("DELETE FROM records WHERE dataset_id = %s AND external_id = 'seen'", (texts.id,))
    assert texts.text("unseen") == []
    restart(argilla_stand)
    assert texts.text("unseen") == ["unseen"]
    with database(argilla_stand) as connection:
        rows = connection.execute(
            "SELECT count(*) FROM understudy_search.record_text WHERE dataset_id = %s", (texts.id,)
        ).fetchone()
    assert rows == (1,)
    assert installed_at(argilla_stand) == before


def test_an_index_of_another_version_or_without_a_trigger_is_rebuilt_at_start(
    argilla_stand: ArgillaStand, texts: RawDataset
) -> None:
    texts.add({"title": "zeppelin"}, name="0")
    for harm in (
        "UPDATE understudy_search.installed SET fingerprint = 'older'",
        "DROP TRIGGER understudy_text_created ON records",
        "DROP SCHEMA understudy_search CASCADE",
    ):
        before = installed_at(argilla_stand)
        with database(argilla_stand) as connection:
            connection.execute(harm)
        restart(argilla_stand)
        assert installed_at(argilla_stand) != before
        assert texts.text("zeppelin") == ["0"]
    texts.add({"title": "airship"}, name="1")
    assert texts.text("airship") == ["1"]


def test_the_index_is_away_while_argilla_migrates(argilla_stand: ArgillaStand, texts: RawDataset) -> None:
    """Argilla's newest migration is undone and done again; a trap records whether our tables stood then."""
    texts.add({"title": "zeppelin"}, name="0")
    argilla_stand.end()
    with database(argilla_stand) as connection:
        newest = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        connection.execute("DROP TABLE datasets_users")
        connection.execute("UPDATE alembic_version SET version_num = '6ed1b8bf8e08'")
        connection.execute(
            "CREATE TABLE seen_at_migration AS SELECT to_regclass('public.none') AS ours LIMIT 0"
        )
        connection.execute(
            "CREATE FUNCTION look() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " INSERT INTO seen_at_migration VALUES (to_regclass('understudy_search.record_text'));"
            " RETURN NULL; END $$"
        )
        connection.execute("CREATE TRIGGER look AFTER UPDATE ON alembic_version EXECUTE FUNCTION look()")
    try:
        argilla_stand.start()
        with database(argilla_stand) as connection:
            assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == newest
            assert connection.execute("SELECT ours FROM seen_at_migration").fetchall() == [(None,)]
    finally:
        with database(argilla_stand) as connection:
            connection.execute("DROP TRIGGER look ON alembic_version")
            connection.execute("DROP FUNCTION look")
            connection.execute("DROP TABLE seen_at_migration")
    assert texts.text("zeppelin") == ["0"]


@pytest.mark.parametrize(
    "settings",
    [
        {"UNDERSTUDY_SEARCH_VECTORS": "memory"},
        {"UNDERSTUDY_VECTOR_INDEX": "hnsw"},
        {},
    ],
)
def test_similar_records_are_the_same_however_vectors_are_kept(
    argilla_stand: ArgillaStand, texts: RawDataset, settings: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(8):
        texts.add(
            {"title": "even" if number % 2 == 0 else "odd"},
            name=str(number),
            vectors={"place": [1.0, number / 2]},
        )
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    if settings:
        restart(argilla_stand)
    try:
        first = texts.record_id("0")
        assert texts.similar("place", 3, record_id=first) == ["1", "2", "3"]
        assert texts.similar("place", 2, record_id=first, order="least_similar") == ["7", "6"]
        assert texts.similar("place", 2, value=[0.0, 1.0]) == ["7", "6"]
        assert texts.similar("place", 2, value=[0.0, 1.0], text="even") == ["6", "4"]
        texts.add({"title": "new"}, name="8", vectors={"place": [0.0, 3.0]})
        assert texts.similar("place", 2, value=[0.0, 1.0]) == ["8", "7"]
        texts.remove("8")
        assert texts.similar("place", 2, value=[0.0, 1.0]) == ["7", "6"]
        with database(argilla_stand) as connection:
            connection.execute(
                "UPDATE vectors SET value = '[0.0, 5.0]' WHERE record_id = %s", (texts.record_id("1"),)
            )
        assert texts.similar("place", 2, value=[0.0, 1.0]) == ["1", "7"]
    finally:
        for name in settings:
            monkeypatch.delenv(name)
        if settings:
            restart(argilla_stand)


def test_a_vector_of_zeros_is_neither_near_nor_far(texts: RawDataset) -> None:
    for name, vector in (("near", [1.0, 0.1]), ("zeros", [0.0, 0.0]), ("far", [-1.0, 0.0])):
        texts.add({"title": name}, name=name, vectors={"place": vector})
    assert texts.similar("place", 3, value=[1.0, 0.0]) == ["near", "zeros", "far"]


def test_a_search_that_takes_too_long_is_given_up_with_a_reason(
    argilla_stand: ArgillaStand, texts: RawDataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts.add({"title": "locked"}, name="0")
    monkeypatch.setenv("UNDERSTUDY_SEARCH_TIMEOUT_S", "0.5")
    restart(argilla_stand)
    try:
        with database(argilla_stand) as connection:
            connection.execute("LOCK TABLE understudy_search.record_text IN ACCESS EXCLUSIVE MODE")
            reply = texts.post("records/search", {"query": {"text": {"q": "locked"}}})
        assert reply.status_code == 422
        assert "longer than 0.5 s" in json.dumps(reply.json())
        assert texts.text("locked") == ["0"]
    finally:
        monkeypatch.delenv("UNDERSTUDY_SEARCH_TIMEOUT_S")
        restart(argilla_stand)
