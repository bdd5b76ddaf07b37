"""What was worked out of a person's records goes with them: explorations, matches, counts, parts of jobs."""

from __future__ import annotations

import csv
import json
import random
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from curation import (
    contamination,
    datasets,
    duplicates,
    erasing,
    exploring,
    imports,
    labelling,
    prompts,
    tasks,
    teachers,
)
from curation.datasets.definition import Definition, Replay, Splits
from curation.datasets.differences import diff_rows, diffing
from curation.datasets.leakage import report as leakage_report
from curation.datasets.sharing import past
from curation.datasets.sharing.past import PastExport
from curation.imports.mapping import ColumnMapping
from curation.labelling_parts import Answers, Plan
from curation.student_prompts import StudentPrompt
from curation.teachers import RecordedTeacher
from storage import artifacts, jobs, keeping
from storage.identifiers import now
from storage.jobs import Job
from storage.project import Project
from tests.curation import sample_task
from tests.curation.erasing import traces
from tests.storage.keeping.house import WORDS

TASK = sample_task.NAME
NAME, PHONE = "Mara Quench", "0611-9042"
HERS = (5, 24, 43)
ROWS = 132
HUB = "hub:ours/shelf@abc"
CANARIES = (NAME, PHONE)
"""Her telephone number is shorter than any text that is looked for by itself."""


def title(number: int) -> str:
    words = " ".join(random.Random(number).choices(WORDS, k=20))
    shelf = " ".join([sample_task.LABELS[number % 3]] * 4)
    return f"{shelf} no. {number} {words}" + (f" for {NAME}" if number in HERS else "")


def finished(project: Project, job: Job) -> Job:
    done = jobs.run_inline(project, job.job_id)
    assert done.status == "succeeded", done.error
    return done


@pytest.fixture
def labelled(shelf: Project, tmp_path: Path) -> Project:
    """132 records by a real import, of which three are hers; the teacher is wrong about hers."""
    definition = tasks.get(shelf, TASK)
    tasks.update(shelf, definition.model_copy(update={"held_out_share": 0.0}), based_on=1)
    path = tmp_path / "shelf.csv"
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(("title", "brand", "teacher_v1", "phone"))
        for number in range(ROWS):
            said = sample_task.LABELS[(number + (number in HERS)) % 3]
            writer.writerow((title(number), "Lodge", said, PHONE if number in HERS else ""))
    mapping = ColumnMapping(inputs={"title": "title", "brand": "Brand name"}, extras=("teacher_v1", "phone"))
    finished(shelf, imports.start(shelf, TASK, path, mapping, source="shelf", imported_by="owner"))
    finished(shelf, duplicates.start(shelf, TASK, "owner"))
    teachers.save(shelf, RecordedTeacher(name="recorded", column="teacher_v1"))
    prompts.create(shelf, TASK, system="", template="{title}", reason="first", created_by="owner")
    finished(shelf, labelling.start(shelf, TASK, 1, "recorded", "owner"))
    return shelf


def ids(project: Project) -> dict[int, str]:
    """The ids of the records there are, by their number."""
    (manifest,) = artifacts.listing(project, "records", TASK)
    rows = artifacts.read_table(manifest, "records.parquet").to_pylist()
    by_title = {json.loads(row["inputs"])["title"]: row["record_id"] for row in rows}
    return {number: by_title[title(number)] for number in range(ROWS) if title(number) in by_title}


def hers(project: Project) -> set[str]:
    found = ids(project)
    return {found[number] for number in HERS}


def erase_her(project: Project) -> erasing.Erased:
    found = erasing.find(project, text=NAME)
    assert found.record_ids == hers(project)
    job = erasing.start(project, found, by="owner", reason="request 17")
    return erasing.report(project, str(finished(project, job).summary["erasure_id"]))


def reviewed(project: Project) -> None:
    """The teacher's labels, approved."""
    every = labelling.by_id(project, TASK).values()
    sample_task.publish_reviews(
        project,
        [
            sample_task.review(each.record_id, "ann", label_id=each.label_id, output=each.output)
            for each in every
        ],
    )


def test_explorations_that_tell_of_her_go_and_are_asked_for_again(labelled: Project) -> None:
    finished(labelled, exploring.start(labelled, TASK, "data", "owner"))
    finished(labelled, exploring.start(labelled, TASK, "label_errors", "owner", whose="teacher"))
    finished(labelled, exploring.start(labelled, TASK, "learning_curve", "owner", whose="teacher"))
    seen = exploring.newest_data(labelled, TASK)
    assert seen is not None
    assert PHONE in seen.found.counts("phone")
    errors = exploring.newest_label_errors(labelled, TASK)
    assert errors is not None
    assert hers(labelled) & {suspect.record_id for suspect in errors.found.suspects}
    wanted = traces.needles(CANARIES, hers(labelled))
    assert len([name for name in traces.left(labelled, wanted) if "/explorations/" in name]) == 2
    made = erase_her(labelled)
    assert made.clean, made.left
    assert sum(name.startswith("exploration ") for name in made.places) == 2
    assert exploring.newest_data(labelled, TASK) is None
    assert exploring.newest_label_errors(labelled, TASK) is None
    assert exploring.newest_curve(labelled, TASK) is not None
    assert traces.left(labelled, wanted) == set()
    assert keeping.verify(labelled).sound
    finished(labelled, exploring.start(labelled, TASK, "data", "owner"))
    again = exploring.newest_data(labelled, TASK)
    assert again is not None
    assert again.found.records == ROWS - len(HERS)


def test_matches_with_a_benchmark_go_by_record_and_by_text_and_are_counted_again(
    labelled: Project, tmp_path: Path
) -> None:
    benchmark = tmp_path / "benchmark.jsonl"
    texts = [title(5), f"{title(24)} once more", title(8), f"{title(9)}, says {NAME}", "nothing like it"]
    benchmark.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    job = contamination.start(labelled, TASK, benchmark, ["text"], created_by="owner")
    check = str(finished(labelled, job).artifact).rpartition("/")[2]
    known = ids(labelled)
    assert set(contamination.record_ids(labelled, TASK, check)) == {known[place] for place in (5, 24, 8, 9)}
    wanted = traces.needles(CANARIES, hers(labelled))
    assert f"tasks/{TASK}/contaminations/{check}/pairs.parquet" in traces.left(labelled, wanted)
    made = erase_her(labelled)
    assert made.clean, made.left
    assert traces.left(labelled, wanted) == set()
    assert contamination.record_ids(labelled, TASK, check) == [known[8]]
    (checked,) = contamination.listing(labelled, TASK)
    assert (checked.found, checked.exact + checked.near + checked.passage) == (1, 1)
    assert set(ids(labelled).values()) >= {
        known[8],
        known[9],
    }  # a record of others stays, whatever it was near
    assert keeping.verify(labelled).sound


def test_differences_figures_and_what_was_spilled_leave_the_cache(labelled: Project) -> None:
    reviewed(labelled)
    first = datasets.freeze(labelled, TASK, created_by="owner", fresh=False, validation_share=0.2)
    asking = Definition(student_prompt=StudentPrompt(system="", template="Which shelf? {title}"))
    second = datasets.freeze(labelled, TASK, created_by="owner", fresh=False, definition=asking)
    diffing.compare(labelled, TASK, first.version, second.version)
    assert diff_rows.changes(labelled, TASK, first.version, second.version, "asked")
    labelling.counts(labelled, TASK)
    finished(labelled, leakage_report.start(labelled, TASK, first.version, "owner"))
    spilled = labelled.cache_dir / "duckdb" / "duckdb_temp_storage_DEFAULT-0.tmp"
    spilled.parent.mkdir(exist_ok=True)
    spilled.write_bytes(b"packed in a way that nobody can look into")
    wanted = traces.needles(CANARIES, hers(labelled))
    assert any("cache/diffs/" in name for name in traces.left(labelled, wanted))
    made = erase_her(labelled)
    assert made.clean, made.left
    assert traces.left(labelled, wanted) == set()
    kept = [
        path for name in ("diffs", "figures", "duckdb") for path in (labelled.cache_dir / name).rglob("*")
    ]
    assert [path for path in kept if path.is_file()] == []
    diff = diffing.compare(labelled, TASK, first.version, second.version)
    assert (diff.rows_before, diff.rows_after) == (ROWS - len(HERS), ROWS - len(HERS))
    assert labelling.counts(labelled, TASK)[0].labelled == ROWS - len(HERS)
    assert leakage_report.newest(labelled, TASK, first.version) is None


def test_a_row_that_another_version_replays_goes_and_what_learnt_it_is_named(labelled: Project) -> None:
    reviewed(labelled)
    whole = Definition(splits=Splits(validation_share=0))
    source = datasets.freeze(labelled, TASK, created_by="owner", fresh=False, definition=whole)
    known = ids(labelled)
    others = [known[number] for number in range(ROWS) if number not in HERS]
    only_others = [row for row in _review_rows(labelled) if row["record_id"] in others]
    sample_task.publish_reviews(labelled, only_others, "g0002")
    replaying = Definition(splits=whole.splits, replay=Replay(share=0.5, version=source.version))
    made = datasets.freeze(labelled, TASK, created_by="owner", fresh=False, definition=replaying)
    copies = [row for row in datasets.rows(labelled, TASK, made.version) if NAME in row.prompt]
    assert copies
    assert all(row.record_id.startswith("replay_") for row in copies)
    with artifacts.draft(labelled, "runs", TASK, "run_1") as draft:
        draft.write_text("config.yaml", "base_model: tiny\n")
        draft.publish(inputs=[f"datasets/{made.version}"])
    pushed = PastExport(
        made.version, "parquet", ("train",), made.total, 0, "0" * 64, 1, HUB, False, "ben", now()
    )  # fmt: skip
    past.keep(labelled, TASK, pushed, None)
    wanted = traces.needles(CANARIES, {*hers(labelled), *(row.record_id for row in copies)})
    report = erase_her(labelled)
    assert report.clean, report.left
    assert report.trained == (f"{TASK}/run_1",)
    assert report.exported == (f"{TASK}/{made.version} to {HUB}, by ben on {now():%Y-%m-%d}",)
    assert report.counted == len(HERS)
    assert traces.left(labelled, wanted) == set()
    after = datasets.get(labelled, TASK, made.version)
    assert after.total == len(datasets.rows(labelled, TASK, made.version)) == made.total - len(copies)
    assert after.decisions["replay"] == made.decisions["replay"] - len(copies)
    assert keeping.verify(labelled).sound


def _review_rows(project: Project) -> list[dict[str, object]]:
    newest = artifacts.listing(project, "reviews", TASK)[-1]
    rows: list[dict[str, object]] = artifacts.read_table(newest, "reviews.parquet").to_pylist()
    return rows


def test_a_job_that_stopped_goes_on_without_her(labelled: Project) -> None:
    prompts.create(labelled, TASK, system="", template="Again: {title}", reason="2", created_by="owner")
    job = labelling.start(labelled, TASK, 2, "recorded", "owner")
    jobs.cancel(labelled, job.job_id)
    known = ids(labelled)
    plan = Plan(artifact_id="lab_stopped", inputs=_sources(labelled), record_ids=tuple(known.values()))
    plan.save(jobs.folder(labelled, job.job_id))
    with Answers(jobs.folder(labelled, job.job_id), plan) as answers:
        for number in (4, 5):
            answers.add({"label_id": f"lab_{number}", "record_id": known[number], "prompt_version": 2,
                         "teacher": "recorded", "output": "Tea", "error": title(number),
                         "created_at": "2026-01-01T00:00:00+00:00"})  # fmt: skip
    wanted = traces.needles(CANARIES, hers(labelled))
    mine = f"jobs/{job.job_id}/"
    assert {name for name in traces.left(labelled, wanted) if name.startswith(mine)} == {
        f"{mine}plan.json", f"{mine}answers-lab_stopped.jsonl",
    }  # fmt: skip
    made = erase_her(labelled)
    assert made.clean, made.left
    assert traces.left(labelled, wanted) == set()
    jobs.resume(labelled, job.job_id)
    finished(labelled, job)
    found = labelling.latest(labelled, TASK, 2)
    assert set(found) == set(known.values()) - {known[number] for number in HERS}
    assert found[known[4]].label_id == "lab_4"  # what was paid for is kept


def _sources(project: Project) -> tuple[str, ...]:
    (stands,) = artifacts.listing(project, "labels", TASK)
    return stands.inputs


def test_a_draft_that_a_kill_left_is_cleared_away(labelled: Project) -> None:
    (records,) = artifacts.listing(labelled, "records", TASK)
    gone = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], stdout=subprocess.PIPE)
    draft = records.folder.with_name(f".tmp-rec_killed-{int(gone.stdout)}")
    draft.mkdir()
    whole = (records.folder / "records.parquet").read_bytes()
    (draft / "records.parquet").write_bytes(whole[:-100])  # compressed, and without the end that tells how
    with pytest.raises(Exception, match="Parquet"):
        pq.read_table(draft / "records.parquet")
    made = erase_her(labelled)
    assert made.clean, made.left
    assert not draft.exists()
    assert not [each for each in made.closed if "rec_killed" in each]


def test_what_people_said_of_duplicates_still_holds_for_the_others(labelled: Project) -> None:
    known = ids(labelled)
    duplicates.together(labelled, TASK, [known[7], known[5], known[10]], "ann")
    wanted = traces.needles(CANARIES, hers(labelled))
    assert "understudy:public.duplicate_rulings" in traces.left(labelled, wanted)
    made = erase_her(labelled)
    assert made.clean, made.left
    assert traces.left(labelled, wanted) == set()
    finished(labelled, duplicates.start(labelled, TASK, "owner"))
    (together,) = duplicates.clusters(labelled, TASK)
    assert [member.record_id for member in together.members] == [known[7], known[10]]
