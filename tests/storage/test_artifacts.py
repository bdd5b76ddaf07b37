"""Artifacts: published whole or not at all, found by their manifest alone, checked by hash."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from storage import artifacts, identifiers, views
from storage import project as projects
from storage.artifacts import Problem
from storage.errors import Conflict, InvalidInput, NotFound
from storage.project import Project
from tests.storage.sample_rows import records


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return projects.create(tmp_path / "pans", "pans")


def publish(project: Project, artifact_id: str = "rec_1", *ids: str) -> artifacts.Manifest:
    with artifacts.draft(project, "records", "pans", artifact_id) as draft:
        draft.write_table("records.parquet", records(*ids or ("a", "b")), "records")
        draft.write_text("notes/README.md", "Two pans.\n")
        return draft.publish(inputs=["imports/imp_1"], facts={"rows": 2})


def hidden(project: Project) -> list[str]:
    home = project.artifacts_dir("pans", "records")
    return [path.name for path in home.iterdir() if path.name.startswith(".")]


def test_a_published_artifact_is_read_back_as_it_was_written(project: Project) -> None:
    published = publish(project)
    loaded = artifacts.load(project, "records", "pans", "rec_1")
    assert loaded == published
    assert loaded.inputs == ("imports/imp_1",)
    assert loaded.facts == {"rows": 2}
    assert loaded.rows("records") == 2
    assert {entry.name for entry in loaded.files} == {"records.parquet", "notes/README.md"}
    assert artifacts.read_table(loaded, "records.parquet", ["record_id"]).to_pylist() == [
        {"record_id": "a"},
        {"record_id": "b"},
    ]
    assert hidden(project) == []


def test_what_is_not_published_is_never_seen(project: Project) -> None:
    with artifacts.draft(project, "records", "pans", "rec_1") as draft:
        draft.write_table("records.parquet", records("a"), "records")
        assert artifacts.listing(project, "records") == []
        assert views.rows(project, "SELECT * FROM records") == []
    assert hidden(project) == []


def test_a_file_that_no_manifest_names_is_never_seen(project: Project) -> None:
    folder = publish(project).folder
    (folder / "part-7.parquet").write_bytes((folder / "records.parquet").read_bytes())
    (project.artifacts_dir("pans", "records") / "rec_2").mkdir()
    assert views.rows(project, "SELECT count(*) AS n FROM records") == [{"n": 2}]
    with pytest.raises(NotFound, match=r"part-7\.parquet"):
        artifacts.load(project, "records", "pans", "rec_1").path("part-7.parquet")


def test_an_error_in_the_block_leaves_nothing(project: Project) -> None:
    def half() -> None:
        with artifacts.draft(project, "records", "pans", "rec_1") as draft:
            draft.write_table("records.parquet", records("a"), "records")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half()
    assert hidden(project) == []
    assert artifacts.listing(project, "records") == []


def test_a_second_artifact_of_one_id_is_refused_and_the_first_kept(project: Project) -> None:
    first = publish(project, "rec_1", "a")
    with pytest.raises(Conflict, match="records/rec_1 stands already"):
        publish(project, "rec_1", "b", "c")
    assert artifacts.load(project, "records", "pans", "rec_1") == first
    assert hidden(project) == []


@pytest.mark.parametrize("wrong", ["../rec_1", ".hidden", "a/b", "a\\b", ""])
def test_an_id_cannot_leave_its_folder(project: Project, wrong: str) -> None:
    with pytest.raises(InvalidInput, match="not an artifact id"):
        publish(project, wrong)
    with pytest.raises(InvalidInput, match="not an artifact id"):
        artifacts.load(project, "records", "pans", wrong)


def test_listing_is_by_time_and_leaves_foreign_folders_alone(project: Project) -> None:
    ids = [publish(project, name).artifact_id for name in ("rec_z", "rec_a", "rec_m")]
    (project.tasks_dir / "Untitled Folder" / "records" / "x").mkdir(parents=True)
    assert [manifest.artifact_id for manifest in artifacts.listing(project, "records")] == ids


def test_verify_finds_a_flipped_byte(project: Project) -> None:
    path = publish(project).folder / "records.parquet"
    assert artifacts.verify(project) == []
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    found = [Problem("pans/records/rec_1", "records.parquet", "content differs from its sha256")]
    assert artifacts.verify(project) == found


def test_verify_finds_what_is_missing_or_cut_short(project: Project) -> None:
    folder = publish(project).folder
    (folder / "notes" / "README.md").unlink()
    os.truncate(folder / "records.parquet", 100)
    problems = {problem.file: problem.what for problem in artifacts.verify(project)}
    assert problems["notes/README.md"] == "missing"
    assert problems["records.parquet"].startswith("has 100 bytes, the manifest says ")


def test_verify_goes_on_after_a_damaged_manifest(project: Project) -> None:
    damaged, other = publish(project, "rec_1").folder, publish(project, "rec_2").folder
    (damaged / "manifest.json").write_text('{"manifest_version": 1, "kind":', encoding="utf-8")
    (other / "records.parquet").unlink()
    problems = [(problem.reference, problem.file) for problem in artifacts.verify(project)]
    assert problems == [("pans/records/rec_1", "manifest.json"), ("pans/records/rec_2", "records.parquet")]
    with pytest.raises(InvalidInput, match="understudy verify"):
        artifacts.listing(project, "records")


def test_a_manifest_of_a_newer_release_is_refused_by_name(project: Project) -> None:
    path = publish(project).folder / "manifest.json"
    body = json.loads(path.read_bytes())
    path.write_text(json.dumps({**body, "manifest_version": 9}))
    with pytest.raises(InvalidInput, match="manifest version 9; this release knows 2"):
        artifacts.load(project, "records", "pans", "rec_1")


WRITER = """
import sys
from pathlib import Path
from storage import artifacts, project
from tests.storage.sample_rows import records

opened = project.open_project(Path(sys.argv[1]))
table = records(*(str(number) for number in range(2000)))
print("ready", flush=True)
for round in range(10_000):
    with artifacts.draft(opened, "records", "pans", f"rec_{round}") as draft:
        for part in range(5):
            draft.write_table(f"part-{part}.parquet", table, "records")
        draft.publish(facts={"parts": 5})
    print(round, flush=True)
"""


@pytest.mark.parametrize("published_before_the_kill", range(4))
def test_a_writer_killed_at_any_moment_leaves_whole_artifacts_only(
    project: Project, published_before_the_kill: int
) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[2]), *sys.path])}
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(project.root)], stdout=subprocess.PIPE, text=True, env=environment
    )
    assert writer.stdout is not None
    acknowledged = [writer.stdout.readline().strip() for _ in range(1 + published_before_the_kill)]
    writer.send_signal(signal.SIGKILL)
    acknowledged += writer.stdout.read().split()
    writer.stdout.close()
    writer.wait()
    assert acknowledged[0] == "ready"
    found = artifacts.listing(project, "records")
    # an artifact may stand whose line was not printed yet, never the other way round
    assert len(acknowledged) - 1 <= len(found) <= len(acknowledged)
    assert all(len(manifest.files) == 5 and manifest.facts == {"parts": 5} for manifest in found)
    assert artifacts.verify(project) == []
    seen = views.rows(project, "SELECT count(*) AS n FROM records")
    assert seen == [{"n": 10_000 * len(found)}]


def test_what_a_killed_writer_left_is_cleared_by_the_next_of_the_same_id(project: Project) -> None:
    gone = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, text=True
    )
    home = project.artifacts_dir("pans", "records")
    (home / f".tmp-rec_1-{gone.stdout.strip()}" / "part.parquet").mkdir(parents=True)
    (home / f".tmp-rec_1-{os.getppid()}").mkdir()  # a live process: not ours to touch
    publish(project, "rec_1")
    assert hidden(project) == [f".tmp-rec_1-{os.getppid()}"]


def test_ids_sort_by_time_and_hashes_do_not_depend_on_order() -> None:
    assert identifiers.new_id("run").startswith("run_20")
    assert identifiers.new_id("run") != identifiers.new_id("run")
    left = identifiers.content_hash({"a": "1", "b": "2"})
    assert left == identifiers.content_hash({"b": "2", "a": "1"})
    assert left != identifiers.content_hash({"a": "12", "b": ""})
