"""Verifying: whatever is changed, cut, missing or points nowhere is named, and nothing is touched."""

from __future__ import annotations

import json
import random
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlalchemy import insert

from storage import artifacts, database, keeping, sealing
from storage import project as projects
from storage.artifacts import MANIFEST
from storage.database import tables
from storage.errors import InvalidInput
from storage.keeping import Fault, Report, removals
from storage.project import Project
from tests.storage.keeping.damage import damaged
from tests.storage.keeping.filled import HOLDS, TASK, files_of, fill, publish, table_of

ALL = len(HOLDS)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project of its own PostgreSQL, which does not run: only the files are looked at."""
    made = projects.create(tmp_path / "pans", "pans")
    fill(made)
    return made


def folder(project: Project, reference: str) -> Path:
    return project.tasks_dir / TASK / reference


def one_fault(report: Report) -> Fault:
    assert len(report.faults) == 1, report.faults
    assert not report.sound
    return report.faults[0]


def resealed(path: Path, change: Callable[[dict[str, object]], object]) -> None:
    """A manifest that says something else and is sealed as if it had always said so."""
    body = json.loads(path.read_bytes())
    body.pop(sealing.KEY)
    change(body)
    path.write_bytes(sealing.sealed(json.dumps(body, indent=1) + "\n"))


def test_a_project_as_it_was_written_is_sound_and_is_left_alone(project: Project) -> None:
    before = {name: (project.tasks_dir / name).stat().st_mtime_ns for name in files_of(project)}
    report = keeping.verify(project)
    assert report.sound
    assert (report.artifacts, report.removed) == (ALL, 0)
    assert report.files == len(files_of(project)) - ALL
    assert (report.strays, report.unfinished, report.unsealed) == ((), (), ())
    assert report.database == "PostgreSQL does not answer."
    assert {name: (project.tasks_dir / name).stat().st_mtime_ns for name in files_of(project)} == before


def everything_damaged_is_found(project: Project, seed: int, rounds: int) -> None:
    dice = random.Random(seed)
    names = files_of(project)
    for _ in range(rounds):
        name = dice.choice(names)
        with damaged(project.tasks_dir / name, dice) as said:
            report = keeping.verify(project, named=())
            assert not report.sound, said
            reference = "/".join(name.split("/")[:3])
            assert any(fault.reference == reference for fault in report.faults), (said, report.faults)
            assert all(fault.what and fault.next_step for fault in report.faults)
    assert keeping.verify(project, named=()).sound


def test_sixty_random_flips_cuts_and_losses_are_all_found(project: Project) -> None:
    everything_damaged_is_found(project, seed=60, rounds=60)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(4))
def test_a_thousand_random_flips_cuts_and_losses_are_all_found(project: Project, seed: int) -> None:
    everything_damaged_is_found(project, seed, rounds=250)


def test_bits_all_over_a_manifest_are_covered(project: Project) -> None:
    path = folder(project, "labels/lab_1") / MANIFEST
    whole = path.read_bytes()
    for place in range(0, len(whole) * 8, 7):
        changed = bytearray(whole)
        changed[place // 8] ^= 1 << place % 8
        path.write_bytes(changed)
        with pytest.raises(InvalidInput, match="cannot be read as a manifest"):
            artifacts.read_manifest(path)


def test_a_damaged_manifest_is_never_read_as_if_it_were_well(project: Project) -> None:
    path = folder(project, "datasets/v0001") / MANIFEST
    path.write_bytes(path.read_bytes().replace(b'"rows": 40', b'"rows": 41', 1))
    with pytest.raises(InvalidInput, match="its seal differs"):
        artifacts.listing(project, "datasets")


def test_a_manifest_that_went_missing_is_no_stray_folder(project: Project) -> None:
    (folder(project, "runs/run_1") / MANIFEST).unlink()
    fault = one_fault(keeping.verify(project))
    assert (fault.reference, fault.file, fault.what) == (f"{TASK}/runs/run_1", MANIFEST, "missing")


def test_an_artifact_in_another_place_is_found(project: Project) -> None:
    shutil.copytree(folder(project, "votes/g0001"), folder(project, "votes/g0002"))
    fault = one_fault(keeping.verify(project))
    assert fault.what == f"the manifest is that of {TASK}/votes/g0001"


def test_rows_and_columns_that_are_not_as_declared_are_found(project: Project) -> None:
    home = folder(project, "records/rec_1")
    resealed(home / MANIFEST, lambda body: body["files"][0].update(rows=39))  # type: ignore[index]
    assert one_fault(keeping.verify(project)).what == "has 40 rows, the manifest says 39"
    pq.write_table(pa.table({"record_id": ["a"]}), home / "records.parquet")
    changes = {"rows": 1, "sha256": artifacts.sha256_of(home / "records.parquet"),
               "size_bytes": (home / "records.parquet").stat().st_size}  # fmt: skip
    resealed(home / MANIFEST, lambda body: body["files"][0].update(changes))  # type: ignore[index]
    assert "does not have the columns of schema 'records'" in one_fault(keeping.verify(project)).what


def test_a_file_that_is_no_parquet_though_its_hash_is_right_is_found(project: Project) -> None:
    home = folder(project, "records/rec_1")
    (home / "records.parquet").write_bytes(b"PAR1 not really PAR1")
    changes = {"sha256": artifacts.sha256_of(home / "records.parquet"), "size_bytes": 20}
    resealed(home / MANIFEST, lambda body: body["files"][0].update(changes))  # type: ignore[index]
    assert "cannot be read as Parquet" in one_fault(keeping.verify(project)).what


def test_a_schema_of_a_newer_release_is_found_and_says_what_to_do(project: Project) -> None:
    path = folder(project, "records/rec_1") / MANIFEST
    resealed(path, lambda body: body["files"][0].update(schema_version=99))  # type: ignore[index]
    fault = one_fault(keeping.verify(project))
    assert "has version 99 of schema 'records'" in fault.what
    assert "newer" in fault.next_step


def test_an_older_version_of_a_schema_is_sound(project: Project) -> None:
    home = folder(project, "reviews/g0001")
    older = pq.read_table(home / "reviews.parquet").drop_columns(["batch"])
    pq.write_table(older, home / "reviews.parquet")
    changes = {"sha256": artifacts.sha256_of(home / "reviews.parquet"), "schema_version": 2,
               "size_bytes": (home / "reviews.parquet").stat().st_size}  # fmt: skip
    resealed(home / MANIFEST, lambda body: body["files"][0].update(changes))  # type: ignore[index]
    assert keeping.verify(project).sound


def test_strays_and_unfinished_work_are_listed_and_are_no_faults(project: Project) -> None:
    (folder(project, "labels/lab_1") / "notes.txt").write_text("mine")
    (folder(project, "labels") / ".tmp-lab_2-77").mkdir()
    (folder(project, "labels") / "lab_9").mkdir()
    (project.tasks_dir / "Untitled").mkdir()
    (project.tasks_dir / TASK / "drawings").mkdir()
    report = keeping.verify(project)
    assert report.sound
    assert set(report.strays) == {
        f"{TASK}/labels/lab_1/notes.txt", f"{TASK}/labels/lab_9", f"{TASK}/drawings", "Untitled",
    }  # fmt: skip
    assert report.unfinished == (f"{TASK}/labels/.tmp-lab_2-77",)


def test_an_artifact_whose_source_is_gone_is_found_unless_it_was_removed_on_purpose(project: Project) -> None:
    home = folder(project, "imports/imp_1")
    shutil.copytree(home, project.root / "kept")
    shutil.rmtree(home)
    fault = one_fault(keeping.verify(project))
    assert fault.reference == f"{TASK}/records/rec_1"
    assert fault.what == f"was made from {TASK}/imports/imp_1, which is missing"
    shutil.copytree(project.root / "kept", home)
    removals.remove(
        project, artifacts.load(project, "imports", TASK, "imp_1"), by="ann", why="90 days are over"
    )
    report = keeping.verify(project)
    assert report.sound
    assert (report.artifacts, report.removed) == (ALL - 1, 1)
    assert not home.exists()
    entry = removals.read(removals.entry_path(project, TASK, "imports/imp_1"))
    assert (entry.removed_by, entry.why, entry.reference) == ("ann", "90 days are over", "imports/imp_1")


def test_a_removal_that_was_killed_halfway_is_unfinished_and_can_be_repeated(project: Project) -> None:
    manifest = artifacts.load(project, "votes", TASK, "g0001")
    shutil.copytree(manifest.folder, project.root / "kept")
    removals.remove(project, manifest, by="ann", why="no longer needed")
    shutil.copytree(project.root / "kept", manifest.folder)  # as if it had been killed before deleting
    report = keeping.verify(project)
    assert report.sound
    assert report.unfinished == (f"{TASK}/votes/g0001 (its removal)",)
    removals.remove(project, manifest, by="ann", why="no longer needed")
    assert keeping.verify(project).unfinished == ()


def test_an_entry_of_a_removal_is_covered_too(project: Project) -> None:
    removals.remove(project, artifacts.load(project, "imports", TASK, "imp_1"), by="ann", why="over")
    path = removals.entry_path(project, TASK, "imports/imp_1")
    dice = random.Random(3)
    for _ in range(30):
        with damaged(path, dice) as said:
            assert not keeping.verify(project, named=()).sound, said
    other = path.with_name("imports.imp_2.json")
    path.rename(other)
    faults = {fault.what for fault in keeping.verify(project, named=()).faults}
    assert f"is the entry of {TASK}/imports/imp_1" in faults


def test_a_project_at_work_is_never_called_damaged(project: Project) -> None:
    """Artifacts are published and removed while it is read, again and again."""
    over, published = threading.Event(), 0

    def work() -> None:
        nonlocal published
        dice = random.Random(4)
        while not over.is_set():
            published += 1
            source = publish(project, "imports", "kettles", table_of(dice, 5), f"imp_{published}")
            with artifacts.draft(project, "records", "kettles", f"rec_{published}") as draft:
                draft.write_table("records.parquet", table_of(dice, 5)("records"), "records")
                made = draft.publish(inputs=[source.reference])
            for each in (source, made):
                removals.remove(project, each, by="ann", why="over")

    worker = threading.Thread(target=work)
    worker.start()
    try:
        reports = [keeping.verify(project, named=()) for _ in range(60)]
    finally:
        over.set()
        worker.join()
    assert published > 3
    assert {report.faults for report in reports} == {()}


def test_a_removal_without_a_reason_is_refused(project: Project) -> None:
    manifest = artifacts.load(project, "votes", TASK, "g0001")
    with pytest.raises(InvalidInput, match="No reason is given"):
        removals.remove(project, manifest, by="ann", why="")
    assert manifest.folder.is_dir()


def test_what_the_database_names_must_be_there(project_with_database: Project) -> None:
    project = project_with_database
    fill(project)
    with database.engine(project).begin() as connection:
        for number, artifact in enumerate(["labels/lab_1", "labels/lab_7", "labels/lab_7", None]):
            connection.execute(
                insert(tables.jobs).values(
                    job_id=f"job_{number}", kind="labelling", title="t", task=TASK, queue="cpu", function="f",
                    args={}, status="succeeded", artifact=artifact, created_by="ann",
                )
            )  # fmt: skip
        task = {"name": TASK, "title": "Pans", "kind": "classification", "definition": {}}
        connection.execute(insert(tables.tasks).values(**task))
        connection.execute(
            insert(tables.mirror_positions).values(
                task=TASK, cursor="c", generation="g0001", queue_ids=[], usernames={}
            )
        )
        connection.execute(
            insert(tables.comparisons).values(
                id="cmp_1", task=TASK, evaluation_id="eva_9", left_candidate="a", right_candidate="b",
                argilla_id="x",
            )
        )  # fmt: skip
    report = keeping.verify(project)
    assert report.database == ""
    assert {(fault.reference, fault.what) for fault in report.faults} == {
        (f"{TASK}/labels/lab_7", "missing, but the database names it (jobs job_1 and 1 more)"),
        (f"{TASK}/evaluations/eva_9", "missing, but the database names it (comparisons cmp_1)"),
    }


def unseal(path: Path) -> None:
    """A manifest as the releases before seals wrote it."""
    body = json.loads(path.read_bytes())
    body.pop(sealing.KEY)
    path.write_text(json.dumps({**body, "manifest_version": 1}, indent=1) + "\n")


def test_artifacts_of_a_release_without_seals_open_and_are_sealed_on_request_only(project: Project) -> None:
    old, rotten = folder(project, "labels/lab_1"), folder(project, "votes/g0001")
    unseal(old / MANIFEST)
    unseal(rotten / MANIFEST)
    (rotten / "votes.parquet").write_bytes(b"rot")
    before = (old / MANIFEST).read_bytes()
    loaded = artifacts.load(project, "labels", TASK, "lab_1")
    report = keeping.verify(project)
    assert set(report.unsealed) == {f"{TASK}/labels/lab_1", f"{TASK}/votes/g0001"}
    assert (old / MANIFEST).read_bytes() == before
    assert keeping.seal_old(project) == [f"{TASK}/labels/lab_1"]
    assert artifacts.load(project, "labels", TASK, "lab_1") == loaded
    assert sealing.state((old / MANIFEST).read_bytes()) == "sealed"
    assert keeping.verify(project).unsealed == (f"{TASK}/votes/g0001",)
    assert keeping.seal_old(project) == []
