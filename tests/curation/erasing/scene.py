"""A project in which a person's text was put everywhere that the product puts texts, on real services."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import psycopg

from curation import (
    contamination,
    datasets,
    duplicates,
    exploring,
    flags,
    imports,
    labelling,
    prompts,
    queues,
    reviews,
    tasks,
    teachers,
)
from curation.datasets import Definition
from curation.datasets.differences import diffing
from curation.datasets.leakage import report
from curation.flags import Flagging
from curation.gold import known
from curation.imports.mapping import ColumnMapping
from curation.queues import Queue
from curation.reviews import Decision
from curation.student_prompts import StudentPrompt
from curation.teachers import RecordedTeacher
from storage import argilla_client, artifacts, audit, database, jobs, people, schemas
from storage import project as projects
from storage.jobs import Job
from storage.keeping import backups
from storage.project import Project
from storage.services import postgres
from tests.argilla_stand import ArgillaStand, stand_running
from tests.curation import sample_task
from tests.storage.keeping.house import WORDS
from ui import uploads

TASK = sample_task.NAME
NAME = "Ines Quillfeather"
MAIL = "ines.quillfeather@canary.example"
NOTE = 'she rang twice, "canary 7e21" \\ ö'
FLAG = "canary flag 90b3: ask her first"
REJECTED = "one column too many, says canary 5c11"
PHONE = "0611-9042"
"""Shorter than any text that is looked for by itself."""
CANARIES = (NAME, MAIL, NOTE, FLAG, REJECTED)
ROWS, HERS = 30, (4, 11, 18)


@dataclass(frozen=True)
class Scene:
    """The running project; her records, where its backup lies, and the run that learnt them."""

    project: Project
    stand: ArgillaStand
    hers: frozenset[str]
    backup: Path
    queue: Queue


@contextmanager
def running(folder: Path) -> Iterator[Scene]:
    """Import, duplicates, labels, reviews, a version, a run, an evaluation, logs, an upload, a backup."""
    project = projects.create(folder / "shelf", "shelf")
    with postgres.running(project):
        database.migrate(project)
        with stand_running(project) as stand:
            queue = _labelled(project, folder)
            _reviewed(project, queue)
            version = datasets.freeze(project, TASK, created_by="owner", validation_share=0.2)
            hers = frozenset(row.record_id for row in datasets.rows(project, TASK, version.version)
                             if NAME in row.prompt)  # fmt: skip
            assert hers
            everybody = _everybody_of_hers(project)
            _looked_at(project, folder, everybody)
            _used(project, everybody)
            made = backups.backup(project, folder / "backups")
            yield Scene(project, stand, everybody, made.path, queue)
        database.engine(project).dispose()


def title(number: int) -> str:
    label, words = sample_task.LABELS[number % 3], " ".join(random.Random(number).choices(WORDS, k=6))
    return f"{label} {words} no. {number}" + (f", kept for {NAME}" if number in HERS else "")


def _labelled(project: Project, folder: Path) -> Queue:
    tasks.create(project, sample_task.TASK.model_copy(update={"held_out_share": 0.0}))
    path = folder / "shelf.csv"
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(("title", "brand", "teacher_v1", "asked_by", "phone"))
        for number in range(ROWS):
            asked = MAIL if number in HERS else f"nobody {number}"
            label, phone = sample_task.LABELS[number % 3], PHONE if number in HERS else ""
            writer.writerow((title(number), "Lodge & Sons Cast Iron", label, asked, phone))
        writer.writerow((f"{NAME} no. 99", "Lodge", "Tea", "x", "", REJECTED))
    kept = uploads.keep(project, "shelf.csv", BytesIO(path.read_bytes()))
    mapping = ColumnMapping(inputs={"title": "title", "brand": "Brand name"}, extras=("teacher_v1", "phone"))
    _finished(project, imports.start(project, TASK, kept, mapping, source="shelf", imported_by="owner"))
    again = folder / "again.csv"  # the same rows, and one more: hers are known, and stand in another raw file
    again.write_text(path.read_text() + "Tea no. 200,Lodge,Tea,somebody,\n")
    _finished(project, imports.start(project, TASK, again, mapping, source="again", imported_by="owner"))
    _finished(project, duplicates.start(project, TASK, "owner"))
    teachers.save(project, RecordedTeacher(name="recorded", column="teacher_v1"))
    prompts.create(project, TASK, system="", template="{title}", reason="first", created_by="owner")
    _finished(project, labelling.start(project, TASK, 1, "recorded", "owner"))
    return queues.open_queue(project, TASK, 1, "owner")


def _finished(project: Project, job: Job) -> None:
    done = jobs.run_inline(project, job.job_id)
    assert done.status == "succeeded", done.error


def _reviewed(project: Project, queue: Queue) -> None:
    password = people.invite(project, "ann", "annotator", [project.name])
    token = argilla_client.connect(project).sign_in("ann", password)
    client = argilla_client.connect(project, token=token)
    cards = reviews.next_cards(client, project, queue.name, limit=ROWS + 5)
    for card in cards[:-2]:
        hers = NAME in card.inputs["title"]
        note = NOTE if hers else ""
        given = Decision(queue.name, card.argilla_id, "approved", f"ann/{card.record_id}", note=note)
        reviews.submit(client, project, given, person="ann")
        if hers:
            wanted = Flagging(queue.name, card.argilla_id, card.record_id, True, f"f/{card.record_id}", FLAG)
            flags.put(client, project, "ann", wanted)
            known.mark(project, TASK, card.record_id, card.output, "owner")
            audit.append(project, actor="owner", action="gold.mark", subject=f"{TASK}/{card.record_id}")
    reviews.mirror(project, TASK)
    with psycopg.connect(postgres.connection_string(project, "argilla")) as connection:
        connection.execute("ANALYZE")


def _everybody_of_hers(project: Project) -> frozenset[str]:
    found: set[str] = set()
    for manifest in artifacts.listing(project, "records", TASK):
        for row in artifacts.read_table(manifest, "records.parquet").to_pylist():
            found |= {row["record_id"]} if NAME in row["inputs"] else set()
    return frozenset(found)


def _looked_at(project: Project, folder: Path, hers: frozenset[str]) -> None:
    """What the pages work out of it: an exploration, a check, leaks, a difference, counts, a ruling."""
    _finished(project, exploring.start(project, TASK, "data", "owner"))
    benchmark = folder / "benchmark.jsonl"
    texts = [*map(title, HERS), title(0), f"{title(1)}, as {NAME} says"]
    benchmark.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    _finished(project, contamination.start(project, TASK, benchmark, ["text"], created_by="owner"))
    _finished(project, report.start(project, TASK, "v0001", "owner"))
    asking = Definition(student_prompt=StudentPrompt(system="", template="Which shelf? {title}"))
    other = datasets.freeze(project, TASK, created_by="owner", definition=asking)
    assert diffing.compare(project, TASK, "v0001", other.version).counts["asked"]
    assert labelling.counts(project, TASK)[0].labelled == ROWS + 1
    duplicates.together(project, TASK, sorted(hers)[:2], "owner")


def _used(project: Project, hers: frozenset[str]) -> None:
    """What later steps leave: a run with a sample, outputs, an export, a log, a part of a job."""
    _put(project, "runs", "run_1", "run_events", "events.parquet",
         [{"event": "sample", "step": 1, "text": f"> {title(HERS[0])}"}, {"event": "train", "loss": 1.0}],
         ["datasets/v0001"])  # fmt: skip
    outputs: list[dict[str, object]] = [
        {"candidate": "teacher", "record_id": each, "output": "Tea"} for each in (*sorted(hers), "rec_other")
    ]
    _put(
        project,
        "evaluations",
        "eva_1",
        "outputs",
        "outputs.parquet",
        outputs,
        ["datasets/v0001", "runs/run_1"],
    )
    audit.append(
        project, actor="ben", action="dataset.export", subject=f"{TASK}/v0001", facts={"format": "csv"}
    )
    log = project.services_dir / "logs" / "app.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text(f"shown {title(HERS[1])!r}\nmade {min(hers)}\nsomething else\n")
    part = project.jobs_dir / "job_1" / "answers-lab_9.jsonl"
    part.parent.mkdir(parents=True)
    part.write_text(json.dumps({"record_id": min(hers), "output": title(HERS[2])}) + '\n{"record_id": "b"}\n')


def _put(project: Project, kind: str, artifact_id: str, schema: str, name: str,
         rows: Sequence[dict[str, object]], inputs: Sequence[str]) -> None:  # fmt: skip
    with artifacts.draft(project, kind, TASK, artifact_id) as draft:
        draft.write_table(name, schemas.from_rows(list(rows), schema), schema)
        if kind == "runs":
            (draft.folder / "adapter").mkdir()
            (draft.folder / "adapter" / "adapter_model.safetensors").write_bytes(b"weights")
        draft.publish(inputs=inputs)
