"""`understudy export`, `licence` and `teacher terms`, by the console script; the Hub is a real server."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from curation import datasets
from curation.datasets import sharing
from curation.datasets.sharing import hub as sharing_hub
from storage import audit, jobs
from storage.project import Project
from storage.services import ports
from tests.curation.datasets.sharing.test_sharing import V1, publish_import, say_of_teacher
from tests.curation.datasets.test_freezing import TASK, approve_all, freeze
from tests.curation.datasets.test_freezing import prepared as prepared
from tests.hub_server import TOKEN, HubServer, hub_server
from tests.ui.cli.commands import answer, environment_for, understudy

NAME = "ann/shelf"


@pytest.fixture
def frozen(prepared: Project) -> Project:
    """One version, of an import without a licence and a teacher without terms."""
    publish_import(prepared, "imp_a", None)
    approve_all(prepared, rec_0004={"decision": "corrected", "output": "Tea"})
    freeze(prepared)
    return prepared


@pytest.fixture
def allowed(frozen: Project) -> Project:
    """The same, with both stated."""
    sharing.state_licence(frozen, TASK, "imp_a", "own", "ann")
    say_of_teacher(frozen, "allowed")
    return frozen


@pytest.fixture
def hub() -> Iterator[HubServer]:
    with hub_server() as server:
        yield server


def at(hub: HubServer | str, **more: str) -> Mapping[str, str]:
    """An environment in which the Hub is that server. Its own large-file protocol is spoken elsewhere."""
    url = hub if isinstance(hub, str) else hub.url
    asked = {"HF_ENDPOINT": url, "HF_HUB_DISABLE_XET": "1", "HF_HUB_OFFLINE": "0", "HF_TOKEN": TOKEN}
    return {**asked, **more}


def push(project: Project, environment: Mapping[str, str], *more: str, status: int = 0) -> dict[str, Any]:
    said = understudy(
        "export", TASK, V1, "--to", f"hub:{NAME}", *more, "--json", "-p", project.root,
        status=status, environment=environment,
    )  # fmt: skip
    found: dict[str, Any] = json.loads(said.stdout)
    return found


def test_rows_leave_once_licence_and_terms_are_stated(frozen: Project, tmp_path: Path) -> None:
    home, out = ("-p", frozen.root), tmp_path / "rows.jsonl"
    refused = answer("export", TASK, V1, "--out", out, *home, status=2)
    assert "may not be exported or trained on" in refused["error"]
    assert not out.exists()
    told = answer("export", TASK, V1, *home)
    assert (told["may_leave"], [each["import_id"] for each in told["imports"]]) == (False, ["imp_a"])
    answer("licence", TASK, "imp_a", "apache-2.0", *home)
    assert (
        "no teacher" in answer("teacher", "terms", "big", "--may-train", "allowed", *home, status=2)["error"]
    )
    terms = ("--may-train", "allowed", "--source", "contract 7", "--read-on", "2026-05-03")
    assert answer("teacher", "terms", "recorded", *terms, *home)["may_train"] == "allowed"
    made = answer("export", TASK, V1, "--out", out, *home)
    assert made["rows"] == datasets.get(frozen, TASK, V1).rows["train"] == len(out.read_bytes().splitlines())
    shown = understudy("export", TASK, V1, *home).stdout
    assert "rows may leave" in shown
    assert made["sha256"][:12] in shown
    actions = [line.action for line in audit.listing(frozen, audit.Filters(kind="dataset"))]
    assert actions == ["dataset.export", "dataset.state_licence"]


def test_an_override_is_given_with_its_reason(frozen: Project, tmp_path: Path) -> None:
    home = ("-p", frozen.root)
    out = tmp_path / "rows.csv"
    made = answer("export", TASK, V1, "--format", "csv", "-o", out, "--override", "A test.", *home)
    assert made["overridden"]
    assert "answered for them: A test." in understudy("export", TASK, V1, *home).stdout


def test_tools_go_with_every_row(allowed: Project, tmp_path: Path) -> None:
    function = {"type": "function", "function": {"name": "look_up", "parameters": {"type": "object"}}}
    (tmp_path / "tools.json").write_text(json.dumps([function]))
    given = ("--tools", tmp_path / "tools.json", "-p", allowed.root)
    answer("export", TASK, V1, "--out", tmp_path / "rows.jsonl", *given)
    first = json.loads((tmp_path / "rows.jsonl").read_bytes().splitlines()[0])
    assert first["tools"] == [function]
    (tmp_path / "tools.json").write_text("{}")
    assert "no list" in answer("export", TASK, V1, "-o", tmp_path / "x.jsonl", *given, status=2)["error"]


def test_a_check_names_the_rows_that_a_provider_would_refuse(allowed: Project, tmp_path: Path) -> None:
    home = ("-p", allowed.root)
    fine = answer("export", TASK, V1, "--check", "openai", *home)
    assert (fine["refused"], [each["code"] for each in fine["findings"]]) == (False, [])
    few = answer("export", TASK, V1, "--check", "openai", "--split", "validation", *home, status=2)
    assert [(each["code"], each["row"]) for each in few["findings"] if each["level"] == "error"] == [
        ("too_few", None)
    ]
    out = tmp_path / "rows.jsonl"
    understudy("export", TASK, V1, "--check", "openai", "--split", "validation", "-o", out, *home, status=2)
    assert not out.exists()
    assert "no checks" in answer("export", TASK, V1, "--check", "acme", *home, status=2)["error"]


def test_a_push_brings_every_split_and_the_card_in_one_commit(allowed: Project, hub: HubServer) -> None:
    pushed = push(allowed, at(hub), "--licence", "apache-2.0")
    repository = hub.repositories[NAME]
    assert (repository.private, len(repository.commits)) == (True, 1)
    made = datasets.get(allowed, TASK, V1).rows
    for split, rows in made.items():
        assert pq.read_table(io.BytesIO(repository.files[f"{split}.parquet"])).num_rows == rows
    assert b"license: apache-2.0" in repository.files["README.md"]
    assert pushed == {
        "url": f"{hub.url}/datasets/{NAME}/commit/{repository.head}", "commit": repository.head,
        "rows": sum(made.values()),
    }  # fmt: skip
    [kept] = sharing.history(allowed, TASK)
    assert kept.destination == f"hub:{NAME}@{repository.head[:12]}"


def test_what_an_earlier_push_left_goes_and_what_others_put_there_stays(
    allowed: Project, hub: HubServer
) -> None:
    push(allowed, at(hub), "--public")
    assert not hub.repositories[NAME].private
    hub.repositories[NAME].files |= {"notes.md": b"ours"}
    del hub.repositories[NAME].files["train.parquet"]
    refused = push(allowed, at(hub), status=2)
    assert "stands already and is public" in refused["error"]
    hub.repositories[NAME].private = True
    push(allowed, at(hub))
    assert sorted(hub.repositories[NAME].files) == [
        "README.md", "notes.md", "test.parquet", "train.parquet", "validation.parquet",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"HF_TOKEN": ""}, "reads its token from $HF_TOKEN, which is not set"),
        ({"HF_TOKEN": "hf_wrong"}, "refuses the token in $HF_TOKEN"),
        ({"HF_HUB_OFFLINE": "1"}, "$HF_HUB_OFFLINE is set"),
    ],
)
def test_what_stands_in_the_way_is_said_and_nothing_is_pushed(
    allowed: Project, hub: HubServer, more: Mapping[str, str], said: str
) -> None:
    refused = push(allowed, at(hub, **more), status=2)
    assert said in refused["error"]
    assert refused["next_step"]
    assert not any(repository.commits for repository in hub.repositories.values())
    assert sharing.history(allowed, TASK) == []


def test_a_hub_that_does_not_answer_or_fails_is_named(allowed: Project, hub: HubServer) -> None:
    nobody = f"http://127.0.0.1:{ports.free_port()}"
    assert f"The Hub at {nobody} does not answer" in push(allowed, at(nobody), status=2)["error"]
    hub.failing = 500
    assert "fails with status 500: told to fail" in push(allowed, at(hub), status=2)["error"]
    hub.failing = 403
    assert f"may not write to {NAME}" in push(allowed, at(hub), status=2)["error"]
    assert sharing.history(allowed, TASK) == []


def test_rows_that_may_not_leave_are_not_pushed(frozen: Project, hub: HubServer) -> None:
    assert "may not be exported" in push(frozen, at(hub), status=2)["error"]
    assert hub.repositories == {}


def test_a_push_from_the_page_runs_as_a_job(allowed: Project, hub: HubServer) -> None:
    job = sharing_hub.start(allowed, TASK, V1, NAME, private=True, licence="", by="ann")
    command = [sys.executable, "-P", "-m", "storage.jobs.runner", "--project", str(allowed.root)]
    subprocess.run([*command, "--job", job.job_id], env=environment_for(at(hub)), check=True)
    ended = jobs.get(allowed, job.job_id)
    assert ended.status == "succeeded", ended.error
    assert ended.summary["rows"] == datasets.get(allowed, TASK, V1).total
    assert len(hub.repositories[NAME].commits) == 1
    assert sharing.history(allowed, TASK)[0].by == "ann"
    assert list(jobs.folder(allowed, job.job_id).glob("push*")) == []


def test_a_file_and_a_push_at_once_and_other_places_are_refused(allowed: Project, tmp_path: Path) -> None:
    home = ("-p", allowed.root)
    both = answer("export", TASK, V1, "--to", f"hub:{NAME}", "-o", tmp_path / "x", *home, status=2)
    assert "one of them" in both["next_step"]
    assert "hub:OWNER/NAME" in answer("export", TASK, V1, "--to", "s3://b", *home, status=2)["next_step"]
    assert "can be called" in answer("export", TASK, V1, "--to", "hub:a b", *home, status=2)["error"]
