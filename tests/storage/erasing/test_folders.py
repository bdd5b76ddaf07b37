"""Artifacts without what was erased: verified, exchanged at once, and finished after a kill at any moment."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from storage import artifacts, keeping, sealing, views
from storage import project as projects
from storage.artifacts import MANIFEST, FileEntry, Manifest
from storage.erasing import exchanging, folders
from storage.erasing.needles import Needles
from storage.erasing.rows import Wanted
from storage.project import Project
from tests.storage.keeping.filled import TASK, fill

ENTRY = {"erasure": "era_1", "at": "2026-11-21T12:00:00+00:00"}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = projects.create(tmp_path / "pans", "pans")
    fill(made)
    return made


def ids_of(manifest: Manifest, name: str) -> list[str]:
    return [
        str(each) for each in artifacts.read_table(manifest, name, ["record_id"])["record_id"].to_pylist()
    ]


def wants_first(manifest: Manifest, name: str) -> folders.Wants:
    first = ids_of(manifest, name)[0]
    return lambda manifest, entry: Wanted(frozenset({first}), needles=Needles.of([first]))


def rewritten(
    project: Project, kind: str, artifact_id: str, wants: folders.Wants
) -> folders.Rewritten | None:
    return folders.rewrite(project, artifacts.load(project, kind, TASK, artifact_id), wants, entry=ENTRY)


def faults(project: Project) -> list[str]:
    report = keeping.verify(project, named=())
    return [fault.what for fault in report.faults] + list(report.unfinished) + list(report.strays)


def test_the_rest_of_an_artifact_stands_sealed_and_verify_accepts_it(project: Project) -> None:
    before = artifacts.load(project, "labels", TASK, "lab_1")
    sha = artifacts.sha256_of(before.folder / MANIFEST)
    ids = ids_of(before, "labels.parquet")
    done = rewritten(project, "labels", "lab_1", wants_first(before, "labels.parquet"))
    assert done is not None
    assert {name: touched.dropped for name, touched in done.files.items()} == {"labels.parquet": 1}
    after = artifacts.load(project, "labels", TASK, "lab_1")
    assert ids_of(after, "labels.parquet") == ids[1:]
    assert after.rows("labels") == before.rows("labels") - 1
    assert after.erased == (ENTRY | {"rows": {"labels.parquet": 1}, "masked": {}, "manifest_sha256": sha},)
    assert (after.created_at, after.inputs, after.facts) == (before.created_at, before.inputs, before.facts)
    assert sealing.state((after.folder / MANIFEST).read_bytes()) == "sealed"
    assert faults(project) == []


def test_a_second_run_finds_nothing_and_changes_nothing(project: Project) -> None:
    wants = wants_first(artifacts.load(project, "labels", TASK, "lab_1"), "labels.parquet")
    rewritten(project, "labels", "lab_1", wants)
    path = artifacts.load(project, "labels", TASK, "lab_1").folder / MANIFEST
    before = path.read_bytes()
    assert rewritten(project, "labels", "lab_1", wants) is None
    assert path.read_bytes() == before


def test_a_text_in_a_manifest_or_a_file_beside_the_rows_is_masked(project: Project) -> None:
    def wants(manifest: Manifest, entry: FileEntry) -> Wanted:
        return Wanted(needles=Needles.of(["made_for", "Pans, version"]))

    rewritten(project, "datasets", "v0001", wants)
    after = artifacts.load(project, "datasets", TASK, "v0001")
    assert (after.folder / "README.md").read_text() == "# [erased] 1\n"
    assert after.facts == {"[erased]": "tests", "rows": 40}
    assert after.erased[0]["masked"] == {"README.md": 1, MANIFEST: 1}
    assert faults(project) == []


def test_files_in_which_nothing_changes_are_linked(project: Project) -> None:
    manifest = artifacts.load(project, "evaluations", TASK, "eva_1")
    before = (manifest.folder / "scores.parquet").stat().st_ino
    rewritten(project, "evaluations", "eva_1", wants_first(manifest, "outputs.parquet"))
    after = artifacts.load(project, "evaluations", TASK, "eva_1")
    assert (after.folder / "scores.parquet").stat().st_ino == before
    assert artifacts.fault_of(after.path("outputs.parquet"), after.files[0]) == ""


def test_what_is_added_to_a_text_file_stands_in_the_new_artifact_alone(project: Project) -> None:
    def amended(manifest: Manifest, folder: Path, found: object) -> dict[str, object]:
        with (folder / "README.md").open("a") as card:
            card.write("more\n")
        raise KeyboardInterrupt

    manifest = artifacts.load(project, "datasets", TASK, "v0001")
    before = (manifest.folder / "README.md").read_text()
    (name,) = [entry.name for entry in manifest.files if entry.schema][:1]
    with pytest.raises(KeyboardInterrupt):
        folders.rewrite(project, manifest, wants_first(manifest, name), entry=ENTRY, amend=amended)
    assert (manifest.folder / "README.md").read_text() == before
    assert faults(project) == []


def test_readers_see_the_old_artifact_or_the_new_one_at_every_moment(project: Project) -> None:
    counts: set[int] = set()
    ended = threading.Event()
    broken: list[Exception] = []

    def read() -> None:
        while not ended.is_set():
            try:
                manifest = artifacts.load(project, "labels", TASK, "lab_1")
                counts.add(len(ids_of(manifest, "labels.parquet")))
                (seen,) = views.rows(project, "SELECT count(record_id) AS n FROM teacher_labels", task=TASK)
                counts.add(seen["n"])
            except Exception as fault:
                broken.append(fault)

    reader = threading.Thread(target=read)
    reader.start()
    expected = {len(ids_of(artifacts.load(project, "labels", TASK, "lab_1"), "labels.parquet"))}
    try:
        for _ in range(20):
            wants = wants_first(artifacts.load(project, "labels", TASK, "lab_1"), "labels.parquet")
            rewritten(project, "labels", "lab_1", wants)
            expected.add(min(expected) - 1)
    finally:
        ended.set()
        reader.join()
    assert broken == []
    assert counts <= expected
    assert len(counts) > 1


def test_where_names_cannot_be_exchanged_the_folders_follow_each_other(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchanging, "exchange", lambda one, other: False)
    wants = wants_first(artifacts.load(project, "labels", TASK, "lab_1"), "labels.parquet")
    assert rewritten(project, "labels", "lab_1", wants) is not None
    assert faults(project) == []


@pytest.mark.parametrize("standing", [True, False])
def test_what_a_kill_between_two_names_left_is_finished(project: Project, standing: bool) -> None:
    folder = artifacts.load(project, "labels", TASK, "lab_1").folder
    old, new = folder.with_name(".tmp-erasing-lab_1.old"), folder.with_name(".tmp-erasing-lab_1")
    sealed = (folder / MANIFEST).read_bytes()
    os.rename(folder, old)
    os.rename(_copy(old, new), folder if standing else new)
    folders.clear(project)
    assert (folder / MANIFEST).read_bytes() == sealed
    assert faults(project) == []


def _copy(source: Path, target: Path) -> Path:
    shutil.copytree(source, target)
    return target


def test_what_was_half_written_is_cleared_away(project: Project) -> None:
    folder = artifacts.load(project, "labels", TASK, "lab_1").folder
    half = folder.with_name(".tmp-erasing-lab_1")
    half.mkdir()
    (half / "labels.parquet").write_bytes(b"half")
    folders.clear(project)
    assert not half.exists()
    assert faults(project) == []


_RUN = """
import json, sys
from pathlib import Path
from storage import artifacts, project as projects
from storage.erasing import folders
from storage.erasing.needles import Needles
from storage.erasing.rows import Wanted
project = projects.open_project(Path(sys.argv[1]))
wanted = Wanted(frozenset(json.loads(sys.argv[2])), needles=Needles.of(json.loads(sys.argv[2])))
print("ready", flush=True)
folders.clear(project)
for kind in ("labels", "datasets", "evaluations", "records"):
    for manifest in artifacts.listing(project, kind):
        folders.rewrite(project, manifest, lambda m, e: wanted, entry={"erasure": "era_1"})
"""


@pytest.mark.slow
def test_a_kill_at_any_moment_leaves_sound_artifacts_and_the_next_run_finishes(project: Project) -> None:
    dice = random.Random(7)
    everybody = ids_of(artifacts.load(project, "records", TASK, "rec_1"), "records.parquet")
    for round_number in range(8):
        gone = everybody[: 3 * (round_number + 1)]
        command = [sys.executable, "-c", _RUN, str(project.root), json.dumps(gone)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path.cwd())
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        time.sleep(dice.uniform(0, 0.12))
        process.kill()
        process.wait()
        process.stdout.close()
        report = keeping.verify(project, named=())
        assert report.faults == ()
        subprocess.run(command, check=True, capture_output=True)
        assert faults(project) == []
        for kind, name in (("labels", "labels.parquet"), ("records", "records.parquet")):
            (manifest,) = artifacts.listing(project, kind)
            assert not set(gone) & set(ids_of(manifest, name))
