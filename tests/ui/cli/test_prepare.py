"""Cleaning and redaction from the command line."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from curation import cleaning, preparing
from storage import audit
from storage.project import Project
from tests.curation import sample_task
from tests.ui.cli.commands import UNDERSTUDY, answer, environment_for, understudy


@pytest.fixture
def home(project: Project) -> tuple[str, Path]:
    sample_task.made(project)
    return "--project", project.root


def test_what_stands_is_shown_and_changed_and_the_change_is_in_the_log(
    project: Project, home: tuple[str, Path], tmp_path: Path
) -> None:
    shown = answer("prepare", "show", "shelf", *home)
    assert shown["revision"] == 0
    assert [step["step"] for step in shown["recipe"]["steps"]] == ["controls", "nfc", "white_space"]
    changed = answer(
        "prepare", "set", "shelf", "--recipe", "web", "--action", "email=pseudonym", "--action",
        "iban=drop_row", *home,
    )  # fmt: skip
    assert (changed["revision"], changed["policy"]["actions"]) == (
        1, {"email": "pseudonym", "iban": "drop_row"},
    )  # fmt: skip
    assert preparing.of(project, "shelf").recipe == cleaning.WEB
    [line] = audit.listing(project, audit.Filters(kind="preparing"))
    assert (line.actor, line.facts["revision"]) == ("command line", 1)
    written = understudy("prepare", "show", "shelf", *home).stdout
    assert "Revision 1" in written
    assert any(line.split()[:2] == ["iban", "drop_row"] for line in written.splitlines())

    recipe, policy = tmp_path / "recipe.json", tmp_path / "policy.json"
    recipe.write_text('{"steps": [{"step": "length", "least_words": 3}]}')
    policy.write_text(json.dumps({"custom": [{"name": "order", "pattern": "AB-[0-9]+", "action": "keep"}]}))
    own = answer(
        "prepare", "set", "shelf", "--recipe", recipe, "--policy", policy, "--action", "order=mask", *home
    )
    assert [(each["name"], each["action"]) for each in own["policy"]["custom"]] == [("order", "mask")]
    assert own["policy"]["actions"] == {}
    assert own["recipe"]["steps"][0]["least_words"] == 3


def test_what_cannot_be_set_is_refused_with_the_next_step(home: tuple[str, Path]) -> None:
    said = answer("prepare", "set", "shelf", "--action", "email", *home, status=2)
    assert "KIND=ACTION" in said["error"]
    assert "no kind of identifier 'shoe'" in answer(
        "prepare", "set", "shelf", "--action", "shoe=mask", *home, status=2
    )["error"]  # fmt: skip
    assert (
        "cannot be read" in answer("prepare", "set", "shelf", "--recipe", "no.json", *home, status=2)["error"]
    )
    assert "Nothing was said" in answer("prepare", "set", "shelf", *home, status=2)["error"]
    assert "unknown" in answer("prepare", "show", "unknown", *home, status=2)["error"]


def test_the_eighteen_are_told(home: tuple[str, Path]) -> None:
    found = answer("prepare", "standings", "shelf", *home)["standings"]
    assert [one["letter"] for one in found] == list("ABCDEFGHIJKLMNOPQR")
    assert {one["extent"] for one in found} == {"found", "partly", "not found"}
    assert "Full-face photographs" in understudy("prepare", "standings", "shelf", *home).stdout


def test_a_text_is_tried_from_the_line_and_from_standard_input(home: tuple[str, Path]) -> None:
    text = "Write  to ann@example.org"
    tried = answer("prepare", "try", "shelf", text, *home)
    assert tried["text"] == "Write to [email]"
    [span] = tried["spans"]
    assert (span["type"], tried["cleaned"][span["start"] : span["end"]]) == ("email", "ann@example.org")
    piped = subprocess.run(
        [str(UNDERSTUDY), "prepare", "try", "shelf", "--project", str(home[1])], input=text, text=True,
        capture_output=True, timeout=120, check=True, env=environment_for(None),
    )  # fmt: skip
    assert piped.stdout.splitlines()[0] == "Write to [email]"
    assert "ann@example.org" in piped.stdout
