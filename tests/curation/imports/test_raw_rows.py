"""Raw rows, rejects and examples: deleted in time, while all that was made of them stays and verifies."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from curation import imports
from curation.imports.mapping import ColumnMapping
from storage import artifacts, audit, keeping, views
from storage import project as projects
from storage.artifacts import MANIFEST
from storage.errors import NotFound
from storage.identifiers import now
from storage.keeping import raw_rows, removed_files
from storage.project import Project
from tests.curation import sample_task

TASK = sample_task.NAME
MAPPING = ColumnMapping(inputs={"title": "title", "brand": "Brand name"})
LIMIT_S = 60.0


@pytest.fixture
def house(project: Project) -> Project:
    """A project that keeps raw rows for 30 days, with one import."""
    settings = project.root / projects.SETTINGS_NAME
    settings.write_text(settings.read_text() + "\n[imports]\nkeep_raw_days = 30\n")
    opened = projects.open_project(project.root)
    sample_task.made(opened)
    brought_in(opened, "a.csv", ["Tea for  one,Lodge", "Too,many,cells"])
    return opened


def brought_in(project: Project, name: str, lines: list[str]) -> str:
    path = project.root / name
    path.write_text("title,brand\n" + "\n".join(lines) + "\n")
    return imports.import_file(project, TASK, path, MAPPING, imported_by="owner").import_id


def files(project: Project, import_id: str) -> set[str]:
    return {path.name for path in artifacts.load(project, "imports", TASK, import_id).folder.iterdir()}


def sound(project: Project) -> bool:
    report = keeping.verify(project)
    return not (report.faults or report.strays or report.unfinished)


def test_they_go_when_they_are_old_enough_and_not_before(house: Project) -> None:
    [past] = imports.listing(house, TASK)
    assert files(house, past.import_id) == {
        MANIFEST, "raw.parquet", "rejects.parquet", "steps.parquet", "uncertain.parquet",
    }  # fmt: skip
    assert raw_rows.delete_old(house, at=now() + timedelta(days=29)) == []
    assert len(imports.rejects(house, TASK, past.import_id)) == 1
    before = views.rows(house, "SELECT * FROM records", task=TASK)
    assert raw_rows.delete_old(house, at=now() + timedelta(days=31)) == [f"{TASK}/{past.import_id}"]
    assert files(house, past.import_id) == {MANIFEST}
    assert views.rows(house, "SELECT * FROM records", task=TASK) == before
    assert views.rows(house, "SELECT * FROM imports UNION ALL BY NAME SELECT * FROM rejects", task=TASK) == []
    assert sound(house)
    [after] = imports.listing(house, TASK)
    assert after.raw_removed_at is not None
    assert (after.read, after.new, after.rejected) == (past.read, past.new, past.rejected) == (2, 1, 1)
    [line] = audit.listing(house, audit.Filters(kind="import.delete_raw"))
    assert (line.actor, line.subject, line.facts["import"]) == ("understudy", TASK, past.import_id)
    assert raw_rows.delete_old(house, at=now() + timedelta(days=32)) == []


def test_without_a_setting_nothing_is_ever_deleted(project: Project) -> None:
    sample_task.made(project)
    import_id = brought_in(project, "a.csv", ["Tea,Lodge"])
    assert raw_rows.delete_old(project, at=now() + timedelta(days=30_000)) == []
    assert "raw.parquet" in files(project, import_id)


def test_those_of_one_import_go_at_once_where_somebody_says_so(house: Project) -> None:
    other = brought_in(house, "b.csv", ["Kettle,Lodge"])
    [first] = [past.import_id for past in imports.listing(house, TASK) if past.import_id != other]
    raw_rows.delete(house, TASK, first, by="ann", why="the contract ended")
    assert files(house, first) == {MANIFEST}
    assert "raw.parquet" in files(house, other)
    said = artifacts.load(house, "imports", TASK, first).facts["removed"]
    assert (said["by"], said["why"], len(said["files"])) == ("ann", "the contract ended", 4)
    with pytest.raises(NotFound):
        raw_rows.delete(house, TASK, "imp_none", by="ann", why="none")


def test_importing_the_same_file_after_that_changes_nothing(house: Project) -> None:
    [past] = imports.listing(house, TASK)
    raw_rows.delete(house, TASK, past.import_id, by="ann", why="done with")
    again = imports.import_file(house, TASK, house.root / "a.csv", MAPPING)
    assert (again.again, again.import_id, again.known, again.rejected) == (True, past.import_id, 1, 1)
    assert len(imports.listing(house, TASK)) == 1


def test_a_kill_before_the_files_were_deleted_is_made_up_for(
    house: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    [past] = imports.listing(house, TASK)
    unlink = Path.unlink

    def killed(path: Path, **given: Any) -> None:
        if path.suffix == ".parquet":
            raise KeyboardInterrupt
        unlink(path, **given)

    manifest = artifacts.load(house, "imports", TASK, past.import_id)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", killed)
        with pytest.raises(KeyboardInterrupt):
            removed_files.remove_files(manifest, by="ann", why="done with")
    assert "raw.parquet" in files(house, past.import_id)
    assert keeping.verify(house).faults == ()
    assert views.rows(house, "SELECT * FROM imports", task=TASK) == []
    assert raw_rows.delete_old(house, at=now() + timedelta(days=31)) == [f"{TASK}/{past.import_id}"]
    assert files(house, past.import_id) == {MANIFEST}
    assert sound(house)


def test_a_worker_sees_to_it_by_itself(house: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(artifacts, "now", lambda: now() - timedelta(days=31))
        old = brought_in(house, "b.csv", ["Kettle,Lodge"])
    [young] = [past.import_id for past in imports.listing(house, TASK) if past.import_id != old]
    command = ["-m", "storage.jobs.worker", "--project", str(house.root), "--queue", "cpu"]
    worker = subprocess.Popen(
        [sys.executable, "-P", *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        until = time.monotonic() + LIMIT_S
        while files(house, old) != {MANIFEST}:
            assert time.monotonic() < until
            time.sleep(0.05)
    finally:
        worker.terminate()
        worker.wait(30)
    assert "raw.parquet" in files(house, young)
