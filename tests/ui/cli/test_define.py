"""What dataset versions are built from, on the command line."""

from __future__ import annotations

from pathlib import Path

from curation import datasets
from curation.datasets.definition import storing
from storage.project import Project
from tests.curation import sample_task
from tests.ui.cli.commands import answer, understudy


def test_a_definition_is_shown_saved_from_a_file_and_refused_where_it_does_not_fit(
    project: Project, tmp_path: Path
) -> None:
    sample_task.made(project)
    home = ("--project", project.root)
    assert understudy("dataset", "define", "shelf", *home).stdout == "name: default\n"
    path = tmp_path / "short.yaml"
    path.write_text("name: short\nbalance: 2\nsplits: {validation_share: 0.2, stratify_by: label}\n")
    found = answer("dataset", "define", "shelf", "--file", path, *home)
    assert (found["revision"], found["definition"]["balance"]) == (1, 2.0)
    assert found["sha256"] == storing.get(project, "shelf", "short").definition.content_hash()
    assert answer("dataset", "define", "shelf", "--file", path, *home)["revision"] == 2
    shown = understudy("dataset", "define", "shelf", "--name", "short", *home).stdout
    assert shown.splitlines()[:2] == ["name: short", "splits:"]
    path.write_text("tags: [unheard]\n")
    refused = answer("dataset", "define", "shelf", "--file", path, *home, status=2)
    assert "'unheard' is not an error tag" in refused["error"]
    assert "has no dataset definition 'other'" in understudy(
        "dataset", "define", "shelf", "--name", "other", *home, status=2
    ).stderr  # fmt: skip


def test_a_version_is_frozen_by_a_file_that_nobody_saved(project: Project, tmp_path: Path) -> None:
    assert datasets.listing(project, "shelf") == []
    sample_task.made(project)
    refused = answer(
        "dataset",
        "freeze",
        "shelf",
        "--definition",
        tmp_path / "none.yaml",
        "--project",
        project.root,
        status=2,
    )
    assert "none.yaml cannot be read" in refused["error"]
