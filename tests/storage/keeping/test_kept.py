"""A project kept from each release opens in this one: restored, migrated, read in every view, verified."""

from __future__ import annotations

import json
import lzma
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import func, select

from curation import datasets, queues, tasks
from storage import audit, database, keeping
from storage.database.tables import jobs
from storage.keeping import backups
from storage.services import postgres
from tests.folders import open_folder
from tests.storage.keeping.house import TASK
from tests.storage.keeping.keep_release import ARCHIVE, EXPECTED, HOME, MOST_BYTES, rows_of

RELEASES = sorted(path for path in HOME.iterdir() if path.is_dir())


def test_a_project_is_kept_from_a_release_at_least() -> None:
    assert [path.name for path in RELEASES]


@pytest.mark.slow
@pytest.mark.parametrize("kept", RELEASES, ids=lambda path: path.name)
def test_a_project_of_an_earlier_release_opens_and_holds_what_it_held(kept: Path) -> None:
    expected = json.loads((kept / EXPECTED).read_text(encoding="utf-8"))
    assert sum(path.stat().st_size for path in kept.iterdir()) <= MOST_BYTES
    with open_folder() as folder:
        (folder / "project.tar").write_bytes(lzma.decompress((kept / ARCHIVE).read_bytes()))
        project = backups.restore(folder / "project.tar", folder / "again").project
        with postgres.running(project):
            report = keeping.verify(project)
            assert (report.faults, report.database) == ((), "")
            for view, held in expected["views"].items():
                assert held["rows"], view
                assert rows_of(project, view, held["columns"]) == held["rows"], view
            assert audit.verify(project).intact
            hashes = [line.hash for line in audit.listing(project)]
            assert expected["audit_hash"] in hashes
            assert tasks.get(project, TASK).labels
            assert [queue.task for queue in queues.listing(project, TASK)] == [TASK]
            (version,) = datasets.listing(project, TASK)
            assert len(datasets.rows(project, TASK, version.version)) == version.total > 0
            with database.engine(project).connect() as connection:
                done = connection.execute(select(func.count()).select_from(jobs)).scalar_one()
            assert done == expected["jobs"]
            with psycopg.connect(postgres.connection_string(project, "argilla")) as argilla:
                count = argilla.execute(
                    "SELECT count(*) FROM responses WHERE status = 'submitted'"
                ).fetchone()
            assert count == (expected["answers"],)
            database.engine(project).dispose()
