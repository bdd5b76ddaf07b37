"""`kill -9` of a backup or a restore at any moment: nothing half stands, and repeated it is complete."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from storage import artifacts, database, keeping
from storage import project as projects
from storage.project import Project
from storage.services import postgres
from tests.folders import open_folder
from tests.storage.keeping.filled import fill
from tests.ui.cli.commands import answer, killed

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]
ROUNDS = 3


@pytest.fixture(scope="module")
def project() -> Iterator[Project]:
    """A project with a PostgreSQL of its own that does not run, and some weights to copy."""
    with open_folder() as folder:
        made = projects.create(folder / "pans", "pans")
        fill(made)
        dice = random.Random(1)
        for number in range(40):
            with artifacts.draft(made, "runs", "pans", f"run_{number + 2}") as draft:
                (draft.folder / "weights.bin").write_bytes(dice.randbytes(500_000))
                draft.publish()
        with postgres.running(made):
            database.migrate(made)
            database.engine(made).dispose()
        yield made


def at_least(folder: Path, pattern: str, count: int) -> Callable[[], bool]:
    return lambda: len(list(folder.glob(pattern))) >= count


def postgres_below(folder: Path) -> list[psutil.Process]:
    """The servers that work in a folder, or did before it went."""
    found = (process for process in psutil.process_iter(["name", "cmdline"]))
    return [each for each in found if str(folder) in " ".join(each.info["cmdline"] or ())]


def test_killed_backups_leave_nothing_that_is_taken_for_one(project: Project, tmp_path: Path) -> None:
    home, dice = project.root.parent / "backups", random.Random(2)
    for _ in range(ROUNDS):
        pattern = ".part-*/project/tasks/pans/runs/*"
        arguments = ["backup", str(home), "-p", str(project.root)]
        killed(arguments, at_least(home, pattern, dice.randint(1, 30)), tmp_path / "log")
        assert [path.name for path in home.iterdir() if path.name.startswith("backup_")] == []
    made = answer("backup", home, "-p", project.root)
    assert [path.name for path in home.iterdir() if path.name != ".lock"] == [made["backup_id"]]
    assert made["artifacts"] == 49
    assert made["linked_bytes"] == 0


def test_killed_restores_leave_nothing_that_is_taken_for_a_project(project: Project, tmp_path: Path) -> None:
    source = project.root.parent / "pans.tar"
    answer("backup", source, "-p", project.root)
    again = project.root.parent / "again"
    arguments = ["restore", str(source), "-p", str(again)]
    moments = (
        at_least(again.parent, ".again.restoring-*/project/tasks/pans/runs/*", 20),
        at_least(again.parent, ".again.restoring-*/project/services/postgres/postmaster.pid", 1),
        at_least(again.parent, ".again.restoring-*/project/audit-anchor.json", 1),
    )
    for ripe in moments:
        for left in again.parent.glob(".again.restoring-*"):
            assert not again.exists(), left
        killed(arguments, ripe, tmp_path / "log")
        assert not again.exists()
    made = answer("restore", source, "-p", again)
    assert made["report"]["faults"] == []
    assert list(again.parent.glob(".again.*")) == []
    assert postgres_below(again.parent / ".again.restoring") == []
    with postgres.running(projects.open_project(again)):
        assert keeping.verify(projects.open_project(again)).sound
        database.engine(projects.open_project(again)).dispose()
