"""Moving ten times as much takes no more memory: records are read and written some at a time."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from storage import argilla_client
from storage.argilla_client import QueueRecord, review_queue
from storage.project import Project
from tests.storage.moving.conftest import Elsewhere
from tests.ui.cli.commands import UNDERSTUDY, environment_for

pytestmark = [pytest.mark.argilla, pytest.mark.slow]
ALLOWED_MB = 20
"""Half of what the additional texts alone would take."""


def peak_mb(*arguments: str | Path) -> float:
    """The most memory that a command had, in MB."""
    process = subprocess.Popen(
        [str(UNDERSTUDY), *map(str, arguments)], env=environment_for(), stdout=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return usage.ru_maxrss / 1000


def fill(project: Project, start: int, stop: int, text_bytes: int) -> None:
    client = argilla_client.connect(project)
    queue_id = client.create_queue(review_queue("pans", project.name, input_columns=("title",)))
    for first in range(start, stop, 500):
        records = [
            QueueRecord(f"rec-{number:06}", {"title": os.urandom(text_bytes // 2).hex()})
            for number in range(first, min(stop, first + 500))
        ]
        client.add_records(queue_id, records)


@pytest.mark.parametrize(
    ("few", "many", "text_bytes"),
    [
        pytest.param(400, 4_000, 10_000, marks=pytest.mark.soak),
        pytest.param(4_000, 100_000, 400, marks=[pytest.mark.soak, pytest.mark.timeout(1800)]),
    ],
)
def test_memory_does_not_grow_with_what_is_moved(
    reviewed: Project, elsewhere: Elsewhere, tmp_path: Path, few: int, many: int, text_bytes: int
) -> None:
    home = str(reviewed.root)
    fill(reviewed, 0, few, text_bytes)
    little = peak_mb("argilla", "export", tmp_path / "few", "-p", home)
    fill(reviewed, few, many, text_bytes)
    much = peak_mb("argilla", "export", tmp_path / "many", "-p", home)
    assert much - little < ALLOWED_MB, (little, much)
    elsewhere(reviewed)
    little = peak_mb("argilla", "import", tmp_path / "few", "-p", home)
    there = argilla_client.connect(elsewhere(reviewed))
    (queue,) = there.queues(reviewed.name)
    there.delete_queue(queue.id)
    much = peak_mb("argilla", "import", tmp_path / "many", "-p", home)
    assert much - little < ALLOWED_MB, (little, much)
    assert there.progress(there.queues(reviewed.name)[0].id).total == many
