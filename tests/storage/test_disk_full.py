"""A disk that fills while an artifact is written: one sentence, and nothing half-written stays."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from storage import artifacts, schemas, views
from storage import project as projects
from storage.errors import DiskFull
from storage.project import Project
from tests.storage.sample_rows import records


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of 1 MiB. Skips where this user may not mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount")
    if mount is None or os.geteuid() != 0:
        pytest.skip("mounting a small file system needs root")
    made = subprocess.run(
        [mount, "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], capture_output=True, text=True
    )
    if made.returncode:
        pytest.skip(f"this machine mounts no tmpfs: {made.stderr.strip()}")
    yield folder
    subprocess.run(["umount", folder], check=True)


def incompressible(rows: int) -> pa.Table:
    noise = np.random.default_rng(0).bytes(1000 * rows).hex()
    texts = [noise[start : start + 2000] for start in range(0, 2000 * rows, 2000)]
    return schemas.from_rows(
        [{"record_id": str(place), "inputs": text} for place, text in enumerate(texts)], "records"
    )


def test_a_full_disk_is_one_sentence_and_leaves_no_half_artifact(small_disk: Path) -> None:
    project = projects.create(small_disk / "pans", "pans")
    with artifacts.draft(project, "records", "pans", "rec_1") as draft:
        draft.write_table("records.parquet", records("a"), "records")
        draft.publish()
    with (
        pytest.raises(DiskFull, match="is full; nothing was published") as told,
        artifacts.draft(project, "records", "pans", "rec_2") as draft,
    ):
        draft.write_table("records.parquet", incompressible(3000), "records")
    assert "Free some space" in told.value.next_step
    assert_only_the_first_stands(project)


def test_a_disk_that_fills_under_a_writer_that_streams_says_the_same(small_disk: Path) -> None:
    project = projects.create(small_disk / "pans", "pans")
    with artifacts.draft(project, "records", "pans", "rec_1") as draft:
        draft.write_table("records.parquet", records("a"), "records")
        draft.publish()
    with pytest.raises(DiskFull), artifacts.draft(project, "records", "pans", "rec_2") as draft:
        (draft.folder / "weights.bin").write_bytes(b"\0" * 4_000_000)
    assert_only_the_first_stands(project)


def test_a_disk_with_no_room_for_the_manifest_publishes_nothing(small_disk: Path) -> None:
    project = projects.create(small_disk / "pans", "pans")
    with artifacts.draft(project, "records", "pans", "rec_1") as draft:
        draft.write_table("records.parquet", records("a"), "records")
        draft.publish()
    ballast = small_disk / "ballast"

    def second(*, full: bool) -> None:
        with artifacts.draft(project, "records", "pans", "rec_2") as draft:
            draft.write_table("records.parquet", records("b"), "records")
            if full:
                fill(ballast)
            draft.publish()

    with pytest.raises(DiskFull):
        second(full=True)
    assert_only_the_first_stands(project)
    ballast.unlink()
    second(full=False)
    assert len(artifacts.listing(project, "records")) == 2


def fill(ballast: Path) -> None:
    with ballast.open("wb", buffering=0) as stream:
        try:
            while stream.write(b"\0" * 4096):
                pass
        except OSError:
            return


def assert_only_the_first_stands(project: Project) -> None:
    assert [manifest.artifact_id for manifest in artifacts.listing(project, "records")] == ["rec_1"]
    assert sorted(path.name for path in project.artifacts_dir("pans", "records").iterdir()) == ["rec_1"]
    assert artifacts.verify(project) == []
    assert views.rows(project, "SELECT record_id FROM records") == [{"record_id": "a"}]
