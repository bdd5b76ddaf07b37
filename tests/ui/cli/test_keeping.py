"""`understudy verify`, `backup` and `restore`, as a person or a nightly job calls them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage import artifacts, audit, database, sealing
from storage import project as projects
from storage.project import Project
from storage.services import postgres
from tests.folders import open_folder
from tests.storage.keeping.filled import HOLDS, TASK, fill
from tests.ui.cli.commands import answer, understudy

pytestmark = pytest.mark.slow


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = projects.create(tmp_path / "pans", "pans")
    fill(made)
    return made


@pytest.fixture(scope="module")
def started() -> Iterator[Project]:
    """A project that ran once, so that it has a database; nothing of it runs now."""
    with open_folder() as folder:
        made = projects.create(folder / "pans", "pans")
        fill(made)
        with postgres.running(made):
            database.migrate(made)
            database.engine(made).dispose()
        yield made


def test_verify_says_that_a_project_is_sound_and_what_it_did_not_look_at(project: Project) -> None:
    told = understudy("verify", "-p", project.root).stdout
    assert f"Sound: {len(HOLDS)} artifacts" in told
    assert "What the database names was not compared: PostgreSQL does not answer." in told
    found = answer("verify", "-p", project.root)
    assert (found["sound"], found["faults"], found["artifacts"]) == (True, [], len(HOLDS))


def test_verify_names_what_was_changed_and_what_to_do_and_exits_with_2(project: Project) -> None:
    path = project.tasks_dir / TASK / "records" / "rec_1" / "records.parquet"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    found = answer("verify", "-p", project.root, status=2)
    assert not found["sound"]
    (fault,) = found["faults"]
    assert fault["reference"] == f"{TASK}/records/rec_1"
    assert fault["file"] == "records.parquet"
    assert fault["what"] == "content differs from its sha256"
    assert "Copy it back from a backup" in fault["next_step"]
    shown = understudy("verify", "-p", project.root, status=2).stdout
    assert "records.parquet  content differs from its sha256" in shown
    assert f"1 fault in {len(HOLDS)} artifacts" in shown
    assert fault["next_step"] in shown


def test_verify_goes_on_after_a_damaged_manifest_and_shows_strays(project: Project) -> None:
    for kind, name in (("labels", "lab_1"), ("votes", "g0001")):
        (project.tasks_dir / TASK / kind / name / "manifest.json").write_text("{")
    (project.tasks_dir / TASK / "labels" / ".tmp-lab_2-1").mkdir()
    (project.tasks_dir / TASK / "labels" / "notes.txt").write_text("mine")
    finished = understudy("verify", "-p", project.root, status=2).stdout
    assert finished.count("cannot be read as a manifest") == 2
    assert f"  {TASK}/labels/notes.txt" in finished
    assert f"  {TASK}/labels/.tmp-lab_2-1" in finished


def test_a_project_goes_into_a_folder_and_a_file_and_comes_back(started: Project) -> None:
    home = started.root.parent
    first = answer("backup", home / "nightly", "-p", started.root)
    second = answer("backup", home / "nightly", "-p", started.root)
    assert (second["copied_bytes"], second["linked_bytes"]) == (0, first["copied_bytes"])
    told = understudy("backup", home / "pans.tar", "-p", started.root)
    assert "It was read again and is sound." in told.stdout
    assert "password hashes" in told.stdout
    assert "PostgreSQL did not run: it is started" in told.stderr
    for source, name in ((home / "nightly", "one"), (home / "pans.tar", "two")):
        shown = understudy("restore", source, "-p", home / name).stdout
        assert f"{home / name} is the project as of" in shown
        assert f"understudy up --project {home / name}" in shown
        assert answer("verify", "-p", home / name)["artifacts"] == len(HOLDS)
    again = projects.open_project(home / "two")
    with postgres.running(again):
        done = [line.action for line in audit.listing(again)]
        database.engine(again).dispose()
    assert done == ["project.restore", *["project.backup"] * 3]


def test_a_backup_that_was_cut_short_is_refused_in_one_sentence(started: Project) -> None:
    home = started.root.parent
    whole = home / "cut.tar"
    answer("backup", whole, "-p", started.root)
    whole.write_bytes(whole.read_bytes()[:-3000])
    refused = answer("restore", whole, "-p", home / "from-cut", status=2)
    assert "cut short" in refused["error"]
    assert "Nothing was restored." in refused["error"]
    assert refused["next_step"]
    assert not (home / "from-cut").exists()


def test_a_backup_without_a_database_says_how_to_get_one(project: Project) -> None:
    refused = answer("backup", project.root.parent / "pans.tar", "-p", project.root, status=2)
    assert "never started" in refused["error"]
    assert "understudy up" in refused["next_step"]


def test_artifacts_of_an_older_release_are_sealed_when_that_is_asked_for(started: Project) -> None:
    path = started.tasks_dir / TASK / "votes" / "g0001" / "manifest.json"
    body = json.loads(path.read_bytes())
    body.pop(sealing.KEY)
    path.write_text(json.dumps({**body, "manifest_version": 1}, indent=1) + "\n")
    shown = understudy("verify", "-p", started.root).stdout
    assert "would not show: 1 artifact. `understudy verify --seal`" in shown
    with postgres.running(started):
        found = answer("verify", "--seal", "-p", started.root)
    assert (found["sealed_now"], found["unsealed"], found["database"]) == ([f"{TASK}/votes/g0001"], [], "")
    assert artifacts.load(started, "votes", TASK, "g0001").artifact_id == "g0001"
