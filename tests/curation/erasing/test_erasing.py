"""A person's records go from everywhere, and a look into every byte finds only what the report names."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import func, select

from curation import datasets, erasing, exploring, queues, reviews
from curation.erasing import Erased, Found
from storage import argilla_client, artifacts, audit, database, jobs, keeping
from storage.database import tables
from storage.erasing.scanning import scan
from storage.errors import Conflict, InvalidInput, NotFound
from storage.services import postgres
from tests.curation.erasing import scene as scenes
from tests.curation.erasing import traces
from tests.curation.erasing.scene import CANARIES, HERS, MAIL, NAME, PHONE, ROWS, TASK, Scene
from tests.curation.imports.mentions import Needles
from tests.folders import open_folder

pytestmark = [pytest.mark.argilla, pytest.mark.slow, pytest.mark.timeout(900)]
BOTH = ("understudy", "argilla")
KINDS_THAT_HELD_IT = {
    "imports", "records", "duplicates", "labels", "reviews", "datasets", "runs", "evaluations",
    "explorations", "contaminations",
}  # fmt: skip


def everything(scene: Scene) -> Needles:
    """All that she is known by, however short."""
    return traces.needles((*CANARIES, PHONE), scene.hers)


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    with open_folder() as folder, scenes.running(folder) as made:
        yield made


@pytest.fixture(scope="module")
def found(scene: Scene) -> Found:
    return erasing.find(scene.project, text="ines quillfeather")


@pytest.fixture(scope="module")
def erased(scene: Scene, found: Found) -> Erased:
    """Her records erased, by the job that a worker would run."""
    before = {each.where: each.count for each in scan(scene.project, CANARIES).findings}
    assert any(name.startswith("services/postgres/base") for name in before)
    assert {"public.flags", "public.records", "public.responses", "services/logs/app.log"} <= set(before)
    traced = traces.left(scene.project, everything(scene), BOTH)
    assert KINDS_THAT_HELD_IT <= {name.split("/")[2] for name in traced if name.startswith("tasks/")}
    assert {"cache/diffs", "cache/uploads"} <= {"/".join(name.split("/")[:2]) for name in traced}
    assert {"understudy:public.duplicate_rulings", "understudy:public.flags"} <= traced
    job = erasing.start(scene.project, found, by="owner", reason="request 17")
    done = jobs.run_inline(scene.project, job.job_id)
    assert done.status == "succeeded", done.error
    return erasing.report(scene.project, str(done.summary["erasure_id"]))


def test_a_name_leads_to_its_records_their_lines_and_the_lines_that_were_rejected(
    scene: Scene, found: Found
) -> None:
    assert found.record_ids == scene.hers
    assert len(found.record_ids) == len(HERS)
    assert {each.inputs["title"] for each in found.records} == {scenes.title(number) for number in HERS}
    assert [each.excerpt for each in found.lines if scenes.REJECTED in each.excerpt]
    assert found.others == ()
    assert {NAME, MAIL, scenes.NOTE} <= found.texts
    assert "Lodge & Sons Cast Iron" not in found.texts
    assert found.shared > 0


def test_everything_that_cannot_be_rewritten_is_named(scene: Scene, found: Found) -> None:
    assert found.trained == (f"{TASK}/run_1",)
    assert found.evaluated == (f"{TASK}/eva_1",)
    assert found.exported[0].startswith(f"{TASK}/v0001 as csv, by ben on ")
    assert [(each.path, (each.artifacts or 0) > 5) for each in found.backups] == [(str(scene.backup), True)]
    assert any("adapter_model.safetensors" in each for each in scan(scene.project, [NAME], raw=False).closed)


def test_nothing_of_it_is_found_anywhere_afterwards(scene: Scene, erased: Erased) -> None:
    assert [each for each in erased.left if not each.why] == []
    assert erased.clean
    assert [each.where for each in erased.left] == ["public.audit"]
    assert scan(scene.project, CANARIES).findings == ()
    ids = scan(scene.project, scene.hers, raw=False)
    assert [each.where for each in ids.findings] == ["public.audit"]
    assert traces.left(scene.project, everything(scene), BOTH) == {"understudy:public.audit"}
    assert not (scene.project.root / "erasing").is_dir() or not list(
        (scene.project.root / "erasing").iterdir()
    )


def test_every_other_record_stands_as_it_did(scene: Scene, erased: Erased) -> None:
    (first, second) = artifacts.listing(scene.project, "records", TASK)
    assert (first.rows("records"), second.rows("records")) == (ROWS - len(HERS), 1)
    raw = [each.rows("raw") for each in artifacts.listing(scene.project, "imports", TASK)]
    assert raw == [ROWS - len(HERS), ROWS - len(HERS) + 1]
    with psycopg.connect(postgres.connection_string(scene.project, "argilla")) as connection:
        assert connection.execute("SELECT count(*) FROM records").fetchone() == (ROWS - len(HERS) + 1,)
        kept = connection.execute("SELECT count(*) FROM understudy_search.record_text").fetchone()
        assert kept == (ROWS - len(HERS) + 1,)
    events = artifacts.load(scene.project, "runs", TASK, "run_1")
    texts = artifacts.read_table(events, "events.parquet")["text"].to_pylist()
    assert texts == ["> [erased]", None]
    log = (scene.project.services_dir / "logs" / "app.log").read_text().splitlines()
    assert log[2] == "something else"
    part = (scene.project.jobs_dir / "job_1" / "answers-lab_9.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in part] == [{"record_id": "b"}]
    assert list((scene.project.cache_dir / "uploads").rglob("*.csv")) == []


def test_the_version_keeps_its_number_and_says_what_it_lost(scene: Scene, erased: Erased) -> None:
    version = datasets.get(scene.project, TASK, "v0001")
    rows = datasets.rows(scene.project, TASK, "v0001")
    assert version.total == len(rows)
    assert not {row.record_id for row in rows} & scene.hers
    (entry,) = version.manifest.erased
    assert entry["erasure"] == erased.erasure_id
    assert entry["content_hash"] != version.content_hash
    assert sum(entry["rows"].values()) == len(HERS)
    assert "): 3 rows. The counts above" in (version.manifest.folder / "README.md").read_text()


def test_verify_accepts_it_and_the_audit_log_is_whole(scene: Scene, erased: Erased) -> None:
    report = keeping.verify(scene.project)
    assert (report.faults, report.strays, report.unfinished, report.database) == ((), (), (), "")
    assert audit.verify(scene.project).intact


def test_reviewing_and_mirroring_go_on_without_them(scene: Scene, erased: Erased) -> None:
    reviews.mirror(scene.project, TASK)
    newest = artifacts.listing(scene.project, "reviews", TASK)[-1]
    held = artifacts.read_table(newest, "reviews.parquet", ["record_id"])["record_id"].to_pylist()
    assert held
    assert not set(held) & scene.hers
    queues.open_queue(scene.project, TASK, 1, "owner")
    there = argilla_client.connect(scene.project).record_ids(scene.queue.argilla_id)
    assert not set(there) & scene.hers
    assert scan(scene.project, CANARIES, raw=False).findings == ()


def test_what_was_erased_is_known_when_it_comes_again(scene: Scene, erased: Erased) -> None:
    refused = erasing.refused(scene.project)
    assert refused == {erasing.fingerprint(each) for each in scene.hers}
    assert erasing.fingerprint("rec_other") not in refused


def test_the_report_is_kept_and_holds_no_text(scene: Scene, erased: Erased) -> None:
    assert erasing.listing(scene.project) == [erased]
    said = erased.model_dump_json()
    assert not [each for each in (*CANARIES, *scene.hers) if each in said]
    assert (erased.by, erased.reason, erased.counted) == ("owner", "request 17", erased.counted)
    assert [each.path for each in erased.backups] == [str(scene.backup)]
    with database.engine(scene.project).connect() as connection:
        assert connection.execute(select(func.count()).select_from(tables.flags)).scalar_one() == 0
        assert connection.execute(select(func.count()).select_from(tables.gold)).scalar_one() == 0


def test_nothing_is_found_twice(scene: Scene, erased: Erased) -> None:
    with pytest.raises(NotFound, match="Nothing in this project has 'Ines Quillfeather'"):
        erasing.find(scene.project, text=NAME)
    with pytest.raises(NotFound, match="No artifact has the record"):
        erasing.find(scene.project, record_ids=scene.hers)


def test_a_reason_that_repeats_the_text_is_refused_and_so_is_none(scene: Scene, erased: Erased) -> None:
    other = erasing.find(scene.project, text="Tea no. 200")
    with pytest.raises(InvalidInput, match="The reason repeats a text"):
        erasing.start(scene.project, other, by="owner", reason="wants Tea No. 200 gone")
    with pytest.raises(InvalidInput, match="No reason is given"):
        erasing.start(scene.project, other, by="owner", reason=" ")
    with pytest.raises(InvalidInput, match="too short to be erased"):
        erasing.find(scene.project, text="Tea")


def test_nothing_is_erased_beside_a_job_that_may_hold_it(scene: Scene, erased: Erased) -> None:
    other = erasing.find(scene.project, text="Tea no. 200")
    waiting = jobs.submit(scene.project, kind="noop", function="storage.jobs.noop:run", args={"steps": 1},
                          title="Nothing")  # fmt: skip
    with pytest.raises(Conflict, match="it may hold what has to go"):
        erasing.start(scene.project, other, by="owner", reason="request 18")
    jobs.cancel(scene.project, waiting.job_id)


def test_a_file_that_brings_the_text_again_is_found(scene: Scene, erased: Erased, tmp_path: Path) -> None:
    planted = scene.project.services_dir / "logs" / "planted.log"
    planted.write_text(f"again {MAIL}\n")
    assert [each.where for each in scan(scene.project, [MAIL], raw=False).findings] == [
        "services/logs/planted.log"
    ]
    planted.unlink()


@pytest.mark.parametrize("kills", [2, pytest.param(4, marks=[pytest.mark.soak, pytest.mark.timeout(900)])])
def test_killed_at_any_moment_it_is_taken_up_again_and_finishes(
    scene: Scene, erased: Erased, kills: int
) -> None:
    dice = random.Random(11)
    (first, _) = artifacts.listing(scene.project, "records", TASK)
    some = artifacts.read_table(first, "records.parquet", ["record_id", "inputs"]).to_pylist()[:kills]
    for row in some:
        title = json.loads(row["inputs"])["title"]
        assert jobs.run_inline(
            scene.project, exploring.start(scene.project, TASK, "data", "owner").job_id
        ).artifact
        found = erasing.find(scene.project, record_ids=[row["record_id"]])
        assert title in found.texts
        job = erasing.start(scene.project, found, by="owner", reason="request 19")
        command = [sys.executable, "-m", "storage.jobs.runner", "--project", str(scene.project.root),
                   "--job", job.job_id]  # fmt: skip
        process = subprocess.Popen(command)
        _ripe(scene, job.job_id, dice.randint(0, 6))
        process.kill()
        process.wait()
        assert keeping.verify(scene.project).faults == ()
        if jobs.get(scene.project, job.job_id).status != "succeeded":
            jobs.resume(scene.project, job.job_id)
            assert jobs.run_inline(scene.project, job.job_id).status == "succeeded"
        made = erasing.report(scene.project, str(job.args["erasure_id"]))
        assert made.clean, made.left
        assert scan(scene.project, [title]).findings == ()
        assert traces.left(scene.project, traces.needles([title], [row["record_id"]]), BOTH) == set()
        assert exploring.newest_data(scene.project, TASK) is None
        report = keeping.verify(scene.project)
        assert (report.faults, report.strays, report.unfinished) == ((), (), ())


def _ripe(scene: Scene, job_id: str, step: int) -> None:
    """Wait until the job has come to a step, or has ended."""
    until = time.monotonic() + 120
    while (job := jobs.get(scene.project, job_id)).status != "succeeded":
        if job.status == "running" and job.total and job.done >= step:
            return
        assert time.monotonic() < until, job
        time.sleep(0.02)
