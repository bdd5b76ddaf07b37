"""Rows that are gone leave PostgreSQL's own files too: its tables, its statistics, its write-ahead log."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator

import psycopg
import pytest

from storage import project as projects
from storage.erasing import compacting, scanning, tables
from storage.erasing.needles import Needles
from storage.errors import Conflict
from storage.project import Project
from storage.services import postgres
from tests.folders import open_folder

pytestmark = pytest.mark.slow
TEXT = "ines.canary.3f9d@example.org"


@pytest.fixture(scope="module")
def project() -> Iterator[Project]:
    """A project with a PostgreSQL of its own, as one on a laptop has."""
    with open_folder() as folder:
        made = projects.create(folder / "pans", "pans")
        with postgres.running(made):
            postgres.ensure_databases(made)
            yield made


def connected(project: Project) -> psycopg.Connection:
    return psycopg.connect(postgres.connection_string(project, "understudy"), autocommit=True)


@pytest.fixture
def filled(project: Project) -> Iterator[Project]:
    """A table with her text in short cells, a long one, JSON and an index, changed and analysed."""
    dice = random.Random(3)
    with connected(project) as connection:
        connection.execute("CREATE TABLE kept (record_id text, note text, facts jsonb)")
        connection.execute("CREATE INDEX ON kept (note)")
        connection.execute("CREATE INDEX ON kept USING gin (facts)")
        for number in range(200):
            hers = number % 10 == 0
            note = TEXT if hers else f"note {number}"
            connection.execute("INSERT INTO kept VALUES (%s, %s, jsonb_build_object('said', %s::text))",
                               ("rec_her" if hers else f"rec_{number}", note, note))  # fmt: skip
        long = TEXT + "".join(chr(dice.randrange(33, 126)) for _ in range(20_000))
        connection.execute("INSERT INTO kept VALUES ('rec_her', %s, NULL)", (long[:2_000],))
        connection.execute(
            "INSERT INTO kept VALUES ('rec_her', NULL, jsonb_build_object('x', %s::text))", (long,)
        )
        connection.execute("UPDATE kept SET note = note || ' twice' WHERE record_id = 'rec_her'")
        connection.execute("ANALYZE kept")
        connection.execute("CHECKPOINT")
        yield project
        connection.execute("DROP TABLE kept")


def erase(project: Project) -> None:
    with connected(project) as connection:
        tables.erase(connection, Needles.of([TEXT]), {"record_id": ["rec_her"]})


def where(project: Project) -> list[str]:
    return [each.where for each in scanning.in_data_files(project, Needles.of([TEXT]))]


def test_what_was_deleted_stands_in_its_files_until_they_are_compacted(filled: Project) -> None:
    assert scanning.scan(filled, [TEXT], raw=False).findings[0].where == "public.kept"
    erase(filled)
    assert scanning.scan(filled, [TEXT], raw=False).clean
    left = where(filled)
    assert any("/base/" in each for each in left)
    assert any("/pg_wal/" in each for each in left)
    assert compacting.compact(filled) == ()
    assert where(filled) == []
    with connected(filled) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (180,)
        assert connection.execute("SHOW wal_recycle").fetchone() == ("on",)
    assert not (postgres.data_dir(filled) / "postgresql.auto.conf").read_text().count("wal_recycle")


def test_a_reader_of_before_is_waited_for(filled: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    with psycopg.connect(postgres.connection_string(filled, "understudy")) as reader:
        reader.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        reader.execute("SELECT 1")  # from now on it sees what stood at this moment
        erase(filled)
        monkeypatch.setattr(compacting, "_READERS_LIMIT_S", 0.5)
        with pytest.raises(Conflict, match="has run for more than a minute"):
            compacting.compact(filled)
        monkeypatch.undo()
        waiting = threading.Thread(target=compacting.compact, args=(filled,))
        waiting.start()
        waiting.join(0.5)
        assert waiting.is_alive()
        reader.rollback()
    waiting.join(60)
    assert not waiting.is_alive()
    assert where(filled) == []
