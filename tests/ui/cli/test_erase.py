"""`understudy erase`, as an admin types it, with a worker that runs the job."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from storage import artifacts
from storage.project import Project
from tests.curation import sample_task
from tests.ui.cli.commands import answer, understudy

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
NAME = "Ines Quillfeather"


@pytest.fixture
def shelf(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Three records, one of which has her name; no queue was opened in its Argilla, which nobody asks."""
    path = project.root / "understudy.toml"
    path.write_text(path.read_text() + 'argilla_url = "http://argilla.example.org"\n')
    sample_task.made(project)
    rows = [sample_task.record(number) for number in range(2)]
    rows.append(sample_task.record(7, inputs={"title": f"Tea no. 7 for {NAME}", "Brand name": "Lodge"}))
    sample_task.publish_records(project, rows)
    return project


@contextmanager
def worker(project: Project) -> Iterator[None]:
    command = [sys.executable, "-m", "storage.jobs.worker", "--project", str(project.root), "--queue", "cpu"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def test_it_shows_what_would_go_then_erases_the_number_that_was_confirmed(shelf: Project) -> None:
    at = ("--project", shelf.root)
    shown = understudy("erase", "--find", "ines quillfeather", *at).stdout
    assert f"Tea no. 7 for {NAME} | Lodge" in shown
    assert "Nothing was changed. To erase these 1, repeat it with --count 1" in shown
    found = answer("erase", "--find", NAME, *at)
    assert (found["count"], found["record_ids"], found["texts"]) == (1, ["rec_0007"], 2)
    refused = answer("erase", "--find", NAME, "--reason", "request 17", *at, status=2)
    assert refused["error"] == "1 are found, not 0: nothing was erased."
    with worker(shelf):
        made = answer("erase", "--find", NAME, "--reason", "request 17", "--count", "1", *at)
    assert (made["reason"], made["left"]) == ("request 17", [])
    assert made["places"] == {"artifact shelf/records/rec_a/records.parquet": [1, 0]}
    (records,) = artifacts.listing(shelf, "records", sample_task.NAME)
    assert records.rows("records") == 2
    assert [each["erasure_id"] for each in answer("erase", "--list", *at)["erasures"]] == [made["erasure_id"]]
    assert answer("erase", "--scan", NAME, *at)["findings"] == []
    assert "Bakeware no. 1" in str(answer("erase", "--record", "rec_0001", *at)["records"])


def test_a_text_that_stands_somewhere_is_exit_2_with_its_place(shelf: Project) -> None:
    seen = answer("erase", "--scan", NAME, "--project", shelf.root, status=2)
    assert [(each["kind"], each["where"]) for each in seen["findings"]] == [
        ("artifact", "tasks/shelf/records/rec_a/records.parquet")
    ]
    nowhere = answer("erase", "--find", "nobody at all", "--project", shelf.root, status=2)
    assert nowhere["error"] == "Nothing in this project has 'nobody at all'."
