"""A file of any size is imported within a gigabyte: the job and the process that reads together."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from curation import imports, tasks
from curation.imports.mapping import ColumnMapping
from curation.tasks import Task
from storage import jobs
from storage.project import Project

TASK = "shelf"
MAPPING = ColumnMapping(inputs={"text": "text"}, gold="label", extras=("id",))
MOST_MB = 1_000
LETTERS = str.maketrans("0123456789", "abcdefghij")
"""For numbers that no word beside them makes an identifier."""
GROWTH_MB = 90
"""What 150 MB more of a file may take more: 80 bytes of each new record, and what allocators keep."""


def written(path: Path, size_bytes: int, begins: str = "") -> int:
    """Lines of some 450 bytes, none like another, an e-mail address in some; how many."""
    dice = random.Random(4)
    words = ["".join(dice.choices("abcdefghijklmnopqrstuvwxyz", k=dice.randint(2, 9))) for _ in range(5_000)]
    texts = [" ".join(dice.choices(words, k=70)) for _ in range(2_000)]
    rows = 0
    with path.open("w") as stream:
        while stream.tell() < size_bytes:
            for number, text in enumerate(texts):
                contact = f" ann{rows}@shop.example" if number % 50 == 0 else ""
                said = f"{begins}{str(rows + number).translate(LETTERS)} {text}{contact}"
                stream.write(f'{{"id": "row {rows + number}", "text": "{said}", "label": "Tea"}}\n')
            rows += len(texts)
    return rows


def peak_mb(project: Project, path: Path, rows: int) -> float:
    """The most that importing the file took, of all its processes together; looked at often."""
    job = imports.start(project, TASK, path, MAPPING)
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "storage.jobs.runner", "--project", project.root, "--job", job.job_id],
        stdout=subprocess.DEVNULL, env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    watched, most = psutil.Process(process.pid), 0
    while process.poll() is None:
        with suppress(psutil.Error):
            tree = [watched, *watched.children(recursive=True)]
            most = max(most, sum(one.memory_info().rss for one in tree))
        time.sleep(0.05)
    done = jobs.get(project, job.job_id)
    assert (done.status, done.summary.get("new")) == ("succeeded", rows), done.error
    return most / 1e6


def task(project: Project) -> None:
    tasks.create(project, Task(name=TASK, title="Shelf", input_columns=("text",), labels=("Tea", "Pan")))


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_memory_hardly_grows_with_the_file(project: Project, tmp_path: Path) -> None:
    task(project)
    small, large = tmp_path / "small.jsonl", tmp_path / "large.jsonl"
    little = peak_mb(project, small, written(small, 50_000_000))
    much = peak_mb(project, large, written(large, 200_000_000, "again "))
    print(f"50 MB: {little:.0f} MB; 200 MB: {much:.0f} MB")  # noqa: T201 - the figures of the measurement
    assert much < MOST_MB
    assert much - little < GROWTH_MB


@pytest.mark.soak
@pytest.mark.timeout(3_600)
def test_two_gigabytes_take_less_than_one(project: Project, tmp_path: Path) -> None:
    task(project)
    path = tmp_path / "large.jsonl"
    assert peak_mb(project, path, written(path, 2_000_000_000)) < MOST_MB
