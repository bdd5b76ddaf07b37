"""A disk that is full: nothing begins where there is no room, and what was begun ends once there is."""

from __future__ import annotations

import os
import random
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from curation import erasing
from curation.erasing import room
from storage import artifacts, jobs
from storage import project as projects
from storage.errors import DiskFull
from storage.jobs import Job
from storage.project import Project
from tests.conftest import fresh_project
from tests.curation import sample_task
from tests.curation.erasing import traces

TASK = sample_task.NAME
ROWS, SIZE_MB = 2_000, 16
HERS = ("rec_0003", "rec_1500")
NAME = "Mara Quench"


@pytest.fixture
def small_disk(open_folder: Path) -> Iterator[Path]:
    """A real file system of 16 MB. Skips where this user may not mount one."""
    folder = open_folder / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE_MB}m,mode=755", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("mounting a small file system needs root")
    yield folder
    subprocess.run(["umount", folder], check=True)
    folder.rmdir()


@pytest.fixture
def shelf(postgres_project: Project, small_disk: Path) -> Iterator[Project]:
    """Records of 2 MB and their labels on that disk; the database lies elsewhere."""
    with fresh_project(postgres_project, small_disk) as project:
        path = project.root / projects.SETTINGS_NAME
        path.write_text(path.read_text() + 'argilla_url = "http://argilla.example.org"\n')
        sample_task.made(project)
        dice = random.Random(5)
        rows = [sample_task.record(number) for number in range(ROWS)]
        for row in rows:
            name = f" for {NAME}" if row["record_id"] in HERS else ""
            row["inputs"]["title"] += f" {dice.randbytes(1000).hex()}{name}"
        sample_task.publish_records(project, rows)
        sample_task.publish_labels(project, [sample_task.label(str(row["record_id"])) for row in rows])
        yield projects.open_project(project.root)


def filled(disk: Path, leave: int) -> Path:
    """A file that leaves so many bytes of the disk."""
    ballast = disk / "ballast"
    with ballast.open("wb") as stream:
        free = psutil.disk_usage(str(disk)).free
        while free > leave:
            stream.write(bytes(min(free - leave, 1_000_000)))
            stream.flush()
            free = psutil.disk_usage(str(disk)).free
    return ballast


def states(project: Project) -> dict[str, int]:
    return {each.reference: each.rows(each.kind) for each in artifacts.listing(project, "records", TASK)}


def asked(project: Project) -> Job:
    found = erasing.find(project, text=NAME)
    return erasing.start(project, found, by="owner", reason="request 17")


def test_nothing_begins_where_there_is_no_room(shelf: Project, small_disk: Path) -> None:
    found = erasing.find(shelf, text=NAME)
    ballast = filled(small_disk, 1_500_000)
    with pytest.raises(DiskFull, match=r"takes \d MB on the disk that holds .*; 1 MB are free|2 MB are free"):
        erasing.start(shelf, found, by="owner", reason="request 17")
    assert jobs.listing(shelf) == []
    assert traces.left(shelf, traces.needles([NAME])) == {f"tasks/{TASK}/records/rec_a/records.parquet"}
    ballast.unlink()
    assert jobs.run_inline(shelf, asked(shelf).job_id).status == "succeeded"


def test_a_disk_that_fills_meanwhile_leaves_every_artifact_whole_and_the_job_is_resumed(
    shelf: Project, small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = asked(shelf)
    ballast = filled(small_disk, 200_000)
    monkeypatch.setattr(room, "check", lambda *_: None)  # there was room when it was asked
    failed = jobs.run_inline(shelf, job.job_id)
    assert failed.status == "failed"
    assert "is full" in failed.error
    assert "Traceback" not in failed.error
    assert artifacts.verify(shelf) == []
    assert states(shelf) == {"records/rec_a": ROWS}
    ballast.unlink()
    jobs.resume(shelf, job.job_id)
    done = jobs.run_inline(shelf, job.job_id)
    assert done.status == "succeeded", done.error
    assert erasing.report(shelf, str(job.args["erasure_id"])).clean
    assert states(shelf) == {"records/rec_a": ROWS - len(HERS)}
    assert traces.left(shelf, traces.needles([NAME], HERS)) == set()
    assert artifacts.verify(shelf) == []
