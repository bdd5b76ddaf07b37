"""`understudy explore`, `understudy contamination` and `task add --sample`, each over a real project."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from curation import left_out, tasks
from storage.project import Project
from tests.curation import sample_task
from ui.cli import following
from ui.cli.main import run

pytestmark = pytest.mark.argilla
NAME = sample_task.NAME


@pytest.fixture(autouse=True)
def _inline(monkeypatch: pytest.MonkeyPatch) -> None:
    """No worker runs beside a test: what a command waits for is run by the command itself."""
    from storage import jobs
    from storage.jobs import Job

    waited = following.follow

    def follow(project: Project, job: Job, *, quiet: bool = False) -> Job:
        return waited(project, jobs.run_inline(project, job.job_id), quiet=quiet)

    monkeypatch.setattr("ui.cli.explore.follow", follow)
    monkeypatch.setattr("ui.cli.curate.follow", follow)


def answered(capsys: pytest.CaptureFixture[str], *arguments: str | Path, status: int = 0) -> str:
    capsys.readouterr()
    found = run([str(each) for each in arguments])
    printed = capsys.readouterr()
    assert found == status, printed.err
    return printed.out if status == 0 else printed.err


def test_explore_says_what_the_records_are_like(
    labelled: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    here = ("--project", labelled.root)
    shown = answered(capsys, "explore", NAME, *here)
    assert "12 records" in shown
    assert "shelf.csv" in shown
    assert '"records": 12' in answered(capsys, "explore", NAME, *here, "--json")
    refused = answered(
        capsys, "explore", NAME, "--part", "label_errors", "--whose", "teacher", *here, status=2
    )
    assert "occur often enough to be judged" in refused
    assert "no part 'all'" in answered(capsys, "explore", NAME, "--part", "all", *here, status=2)
    assert "Nobody is called" in answered(capsys, "explore", NAME, "--whose", "me", *here, status=2)


def test_contamination_counts_and_leaves_out(
    labelled: Project, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    here = ("--threshold", "1", "--project", labelled.root)
    path = tmp_path / "benchmark.csv"
    path.write_text("title,other\nCOOKWARE no 0 lodge,x\n")
    shown = answered(capsys, "contamination", NAME, path, *here)
    assert "1 of 12 records stand in benchmark.csv (1 rows): 1 word for word" in shown
    found = answered(capsys, "contamination", NAME, path, "--column", "title", "--leave-out", *here, "--json")
    assert '"left_out": 1' in found
    assert list(left_out.standing(labelled, NAME)) == ["rec_0000"]
    refused = answered(capsys, "contamination", NAME, path, "--column", "no", *here, status=2)
    assert "no column 'no'" in refused
    path.write_text("question\nx\n")
    assert "none of the task's columns" in answered(capsys, "contamination", NAME, path, *here, status=2)


def test_a_preset_is_made_with_its_sample(house: Project, capsys: pytest.CaptureFixture[str]) -> None:
    here = ("--project", house.root)
    answered(capsys, "task", "add", "--preset", "patient-triage", "--sample", *here)
    assert [task.name for task in tasks.listing(house)] == ["patient-triage"]
    explored = json.loads(answered(capsys, "explore", "patient-triage", *here, "--json"))
    assert explored["records"] > 200
    assert set(explored["labels"]) == {"gold"}
    refused = answered(capsys, "task", "add", "--preset", "news-titles", "--sample", *here, status=2)
    assert "comes without sample data" in refused
    assert [task.name for task in tasks.listing(house)] == ["patient-triage"]
