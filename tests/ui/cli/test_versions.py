"""Dataset versions on the command line: compared, checked, named, followed back and forward."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from storage import artifacts, audit, jobs
from storage.project import Project
from tests.curation import sample_task
from tests.curation.datasets.made_versions import TASK, publish, row
from tests.ui.cli.commands import answer, understudy


@pytest.fixture
def versions(project: Project) -> Project:
    """v0001, and v0002 with one row more, one other output and a row that leaks."""
    sample_task.made(project)
    with artifacts.draft(project, "imports", TASK, "imp_a") as draft:
        draft.publish(facts={"file": "shelf.csv", "imported_by": "ann", "terms": {"licence": "own"}})
    sample_task.publish_records(project, [sample_task.record(number) for number in range(4)])
    by_people = {"label_id": None, "teacher_output": None}
    before = [row(number, **by_people) for number in range(3)]
    after = [dict(each) for each in before] + [row(3, "test", cluster=2, **by_people)]
    after[0]["completion"] = "Tea"
    publish(project, "v0001", before, inputs=["records/rec_a"])
    publish(project, "v0002", after, inputs=["records/rec_a"])
    return project


@contextmanager
def worker(project: Project) -> Iterator[None]:
    """Runs what the command submits, as a worker would."""
    over = threading.Event()

    def work() -> None:
        while not over.wait(0.2):
            for job in jobs.listing(project, active_only=True):
                jobs.run_inline(project, job.job_id)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def test_a_difference_is_told_in_counts_and_rows(versions: Project) -> None:
    home = ("--project", versions.root)
    found = answer("dataset", "diff", TASK, "v0001", "v0002", "--show", "changed", *home)
    assert found["counts"] == {"added": 1, "removed": 0, "changed": 1, "moved": 0, "asked": 0}
    assert [(each["record_id"], each["after"]["completion"]) for each in found["changes"]] == [
        ("rec_0000", "Tea")
    ]
    told = understudy("dataset", "diff", TASK, "v0001", "v0002", "--show", "changed", *home).stdout
    assert "1 with another output" in told
    assert "train: Cookware" in told
    refused = answer("dataset", "diff", TASK, "v0001", "v0002", "--show", "nothing", *home, status=2)
    assert "do not differ by 'nothing'" in refused["error"]


def test_a_name_is_moved_by_command_and_taken_by_every_other(versions: Project) -> None:
    home = ("--project", versions.root)
    answer("dataset", "name", TASK, "production", "v0001", "--why", "it won", *home)
    moved = answer("dataset", "name", TASK, "production", "v0002", "--based-on", "1", *home)
    assert (moved["version"], moved["revision"]) == ("v0002", 2)
    late = answer("dataset", "name", TASK, "production", "v0001", "--based-on", "1", *home, status=2)
    assert "stands for v0002" in late["error"]
    assert answer("dataset", "diff", TASK, "v0001", "production", *home)["after"] == "v0002"
    shown = understudy("dataset", "list", TASK, *home).stdout.splitlines()
    assert shown[2].split()[:2] == ["v0002", "production"]
    out = versions.root / "rows.jsonl"
    answer("export", TASK, "production", "--out", out, "--format", "prompt-completion", *home)
    assert len(out.read_text().splitlines()) == 3
    history = answer("dataset", "name", TASK, "production", *home)["names"]
    assert [(each["version"], each["why"]) for each in history] == [("v0002", ""), ("v0001", "it won")]
    answer("dataset", "name", TASK, "production", "--remove", *home)
    gone = answer("dataset", "diff", TASK, "v0001", "production", *home, status=2)
    assert "no dataset version or name 'production'" in gone["error"]
    acts = [
        line.action for line in audit.listing(versions, audit.Filters()) if line.action.startswith("dataset.")
    ]
    assert sorted(acts) == ["dataset.export", "dataset.name", "dataset.name", "dataset.unname"]


def test_leaks_are_listed_and_the_command_fails(versions: Project) -> None:
    home = ("--project", versions.root)
    with worker(versions):
        found = answer("dataset", "leakage", TASK, "v0002", *home, status=2)
        assert (found["found"], found["counts"]) == (1, {"cluster": 1})
        assert "none of 3 rows" in understudy("dataset", "leakage", TASK, "v0001", *home).stdout


def test_a_row_is_followed_back_and_an_import_forward(versions: Project) -> None:
    home = ("--project", versions.root)
    with artifacts.draft(versions, "runs", TASK, "run_a") as draft:
        draft.publish(inputs=["datasets/v0002"], facts={"created_by": "ben"})
    found = answer("dataset", "lineage", TASK, "v0002", "number 3", *home)
    assert (found["import_id"], found["row_number"], found["imported"]["file"]) == ("imp_a", 4, "shelf.csv")
    assert [use["artifact_id"] for use in found["uses"]] == ["run_a"]
    told = understudy("dataset", "lineage", TASK, "v0002", "rec_0003", *home).stdout
    assert [line.split()[0] for line in told.splitlines()] == ["STEP", "import", "record", "version", "run"]
    several = answer("dataset", "lineage", TASK, "v0002", "title number", *home)
    assert len(several["rows"]) == 4
    made = answer("dataset", "lineage", TASK, "--import", "imp_a", *home)
    assert [(each["version"], each["rows"]) for each in made["held"]] == [("v0001", 3), ("v0002", 4)]
    assert "No row of v0002" in answer("dataset", "lineage", TASK, "v0002", "zebra", *home, status=2)["error"]
    assert "takes a version and a row" in answer("dataset", "lineage", TASK, *home, status=2)["error"]


def test_too_few_labels_for_a_curve_are_refused_with_what_to_do(versions: Project) -> None:
    with worker(versions):
        refused = answer("dataset", "more-labels", TASK, "--project", versions.root, status=2)
    assert "too few for a learning curve" in refused["error"]
