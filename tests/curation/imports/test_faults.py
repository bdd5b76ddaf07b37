"""An import cut short by a full disk at any write, or by a kill: old records stand, nothing is half."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from curation import imports, tasks
from curation.imports.mapping import ColumnMapping
from curation.tasks import Task
from storage import artifacts, keeping, views
from storage import project as projects
from storage.errors import DiskFull, InvalidInput
from storage.project import Project
from tests.storage.test_disk_full import small_disk as small_disk

TASK = "shelf"
MAPPING = ColumnMapping(inputs={"text": "text"})
STEP_BYTES = 8_192
PAGE_BYTES = 4_096


def made(project: Project) -> None:
    tasks.create(project, Task(name=TASK, title="Shelf", input_columns=("text",), labels=("Tea", "Pan")))


def written(path: Path, rows: int, prefix: str) -> Path:
    """Rows that no compression makes smaller, some of which are rejected or repeat."""
    lines = [f"{prefix}{os.urandom(400).hex()}" for _ in range(rows)]
    path.write_text("text\n" + "\n".join([*lines, lines[0], ",one cell too many"]) + "\n")
    return path


def sound(project: Project) -> bool:
    report = keeping.verify(project)
    return not (report.faults or report.strays or report.unfinished)


def ids(project: Project) -> set[str]:
    return {row["record_id"] for row in views.rows(project, "SELECT record_id FROM records", task=TASK)}


def leave_free(ballast: Path, free_bytes: int) -> None:
    """Fill the disk until so much is left, to the page."""
    with ballast.open("wb", buffering=0) as stream, suppress(OSError):
        while stream.write(bytes(PAGE_BYTES)):
            pass
    os.truncate(ballast, max(0, ballast.stat().st_size - free_bytes))


def refusal(project: Project, path: Path) -> DiskFull | None:
    """What an import says of a full disk; None where it found room."""
    try:
        imports.import_file(project, TASK, path, MAPPING)
    except DiskFull as fault:
        return fault
    return None


@pytest.mark.slow
def test_a_disk_that_fills_at_any_write_leaves_what_stood_and_says_so(
    project: Project, small_disk: Path, tmp_path: Path
) -> None:
    home = projects.create(small_disk / "p", project.name)
    (home.root / projects.SETTINGS_NAME).write_text((project.root / projects.SETTINGS_NAME).read_text())
    home = projects.open_project(home.root)
    made(home)
    imports.import_file(home, TASK, written(tmp_path / "a.csv", 10, "a"), MAPPING)
    before, second = ids(home), written(tmp_path / "b.csv", 160, "b")
    ballast = small_disk / "ballast"
    refused = []
    for free_bytes in range(0, 1 << 20, STEP_BYTES):
        leave_free(ballast, free_bytes)
        fault = refusal(home, second)
        if fault is None:
            break
        refused.append(fault)
        assert ids(home) == before
        assert len(imports.listing(home, TASK)) == 1
        assert not list(home.tasks_dir.rglob(".tmp-*"))
    assert len(refused) > 10
    assert all("is full" in fault.what and fault.next_step for fault in refused)
    ballast.unlink()
    assert len(ids(home)) == 170
    assert sound(home)
    assert artifacts.verify(home) == []
    assert [past.complete for past in imports.listing(home, TASK)] == [True, True]


@pytest.mark.parametrize("after_rows", [0, 10_000])
def test_a_killed_reader_is_told_of_and_nothing_is_published(
    project: Project, tmp_path: Path, after_rows: int
) -> None:
    made(project)
    path = written(tmp_path / "a.csv", 60_000, "a")  # more than is read ahead and waits in the pipe
    killed: list[int] = []

    def kill(read: int) -> None:
        if read >= after_rows and not killed:
            for child in psutil.Process().children():
                if any(part.endswith("child.py") for part in child.cmdline()):
                    child.kill()
                    killed.append(child.pid)

    with pytest.raises(InvalidInput, match=r"a\.csv took more than .* or the system's memory ran out"):
        imports.import_file(project, TASK, path, MAPPING, progress=kill)
    assert killed
    assert imports.listing(project, TASK) == []
    assert ids(project) == set()
    assert sound(project)
    assert imports.import_file(project, TASK, path, MAPPING).new == 60_000
