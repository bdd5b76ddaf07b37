"""Words planted in raw rows, followed through the whole loop: nothing but raw files ever holds them."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from curation import (
    cleaning,
    datasets,
    duplicates,
    imports,
    labelling,
    preparing,
    prompts,
    queues,
    reviews,
    tasks,
    teachers,
)
from curation.imports.mapping import ColumnMapping
from curation.redaction import Policy
from curation.reviews import Decision
from curation.teachers import RecordedTeacher
from storage import artifacts, jobs
from storage.jobs import Job
from storage.project import Project
from storage.services import postgres
from tests.argilla_stand import ArgillaStand
from tests.curation import sample_task
from tests.curation.imports import mentions
from tests.curation.imports.mentions import Needles
from tests.settled import annotators, settled

TASK = sample_task.NAME
RAW = ("raw.parquet", "rejects.parquet", "steps.parquet", "uncertain.parquet")
MASKED = "canary.zq81@hidden.example"
IN_EXTRAS = "other.zq82@hidden.example"
REJECTED = "canaryrejectedzq83"
DROPPED = "DE89 3704 0044 0532 0130 00"
UNMAPPED = "a note of nobody's business zq84"
CLEANED = "zq85canary\u200bcleaned"
WRONG_GOLD = "zq86 no such label"
CANARIES = (MASKED, IN_EXTRAS, REJECTED, DROPPED, UNMAPPED, CLEANED, WRONG_GOLD)


def rows() -> Iterator[str]:
    """Sixteen usable rows, each with something to hide, and three that become no record."""
    dice = random.Random(16)
    for number in range(16):
        label = sample_task.LABELS[number % 3]
        words = " ".join("".join(dice.choices("abcdefghijklmnop", k=7)) for _ in range(20))  # no near-copies
        title = f"{label} {words} ask {MASKED} {CLEANED}"
        yield f"{title},Lodge,{label},{label},by {IN_EXTRAS},{UNMAPPED}"
    yield f"{REJECTED},,Tea,Tea,,{UNMAPPED}"
    yield f"Tea paid from {DROPPED} in full,Lodge,Tea,Tea,,{UNMAPPED}"
    yield f"Tea of another sort,Lodge,Tea,{WRONG_GOLD},,{UNMAPPED}"


@pytest.fixture
def imported(house: Project) -> Project:
    """The rows imported by a process of its own, as the worker runs it, with what it wrote as its log."""
    project = house
    tasks.create(project, sample_task.TASK)
    recipe = cleaning.Recipe(
        steps=(*cleaning.DEFAULT.steps, cleaning.STEPS[6].model_validate({"least_words": 2}))
    )
    policy = Policy(actions={"iban": "drop_row"})
    preparing.save(project, TASK, recipe, policy, based_on=0, by="owner")
    path = project.root.parent / "rows.csv"
    path.write_text("title,brand,teacher_v1,gold,who,note\n" + "\n".join(rows()) + "\n", encoding="utf-8")
    mapping = ColumnMapping(
        inputs={"title": "title", "brand": "Brand name"}, gold="gold", extras=("teacher_v1", "who")
    )
    job = imports.start(project, TASK, path, mapping, source="rows", imported_by="owner")
    command = ["-m", "storage.jobs.runner", "--project", str(project.root), "--job", job.job_id]
    with (jobs.folder(project, job.job_id) / "log.txt").open("wb") as log:
        subprocess.run([sys.executable, "-P", *command], stdout=log, stderr=log, check=True)
    finished(jobs.get(project, job.job_id))
    return project


@pytest.fixture
def house(project: Project, argilla_stand: ArgillaStand, monkeypatch: pytest.MonkeyPatch) -> Project:
    """An empty project with a workspace in the running Argilla."""
    return settled(project, argilla_stand, monkeypatch, "canary")


def finished(job: Job) -> None:
    assert job.status == "succeeded", job.error


@pytest.mark.argilla
def test_what_stands_in_raw_rows_alone_stands_nowhere_else(
    imported: Project, argilla_stand: ArgillaStand
) -> None:
    project = imported
    around_the_loop(project)
    needles = Needles.of((), CANARIES)
    [manifest] = artifacts.listing(project, "imports", TASK)
    held = {canary: {name for name in RAW if has(manifest.path(name), canary)} for canary in CANARIES}
    assert all("raw.parquet" in names for names in held.values()), held
    assert {REJECTED, DROPPED, WRONG_GOLD} <= {
        one for one, names in held.items() if "rejects.parquet" in names
    }
    assert "steps.parquet" in held[CLEANED]
    allowed = {manifest.path(name) for name in RAW}
    searched = [path for path in project.root.rglob("*") if path.is_file() and path not in allowed]
    assert {"records.parquet", "train.parquet", "log.txt"} <= {path.name for path in searched}
    assert [path for path in [*searched, argilla_stand.log] if mentioned(path, needles)] == []
    for home, name in ((project, "understudy"), (argilla_stand.project, "argilla")):
        with psycopg.connect(postgres.connection_string(home, name)) as connection:
            assert mentions.in_database(connection, needles, {}) == {}


def test_no_table_of_the_database_is_overlooked(imported: Project) -> None:
    """The search itself finds what is there: a word of a record's own, and of the import's name."""
    with psycopg.connect(postgres.connection_string(imported, "understudy")) as connection:
        found = mentions.in_database(connection, Needles.of((), ["Import rows.csv into shelf"]), {})
    assert set(found) == {"public.jobs"}


def around_the_loop(project: Project) -> None:
    """Duplicates, labels, a queue, reviews, their mirror, a dataset version."""
    finished(jobs.run_inline(project, duplicates.start(project, TASK, "owner").job_id))
    teachers.save(project, RecordedTeacher(name="recorded", column="teacher_v1"))
    prompts.create(project, TASK, system="", template="{title}", reason="first", created_by="owner")
    finished(jobs.run_inline(project, labelling.start(project, TASK, 1, "recorded", "owner").job_id))
    queue = queues.open_queue(project, TASK, 1, "owner")
    client = annotators(project)("ann")
    for card in reviews.next_cards(client, project, queue.name, limit=8):
        decision = Decision(queue.name, card.argilla_id, "approved", f"ann/{card.record_id}")
        reviews.submit(client, project, decision)
    reviews.mirror(project, TASK)
    datasets.freeze(project, TASK, created_by="owner")


def has(path: Path, canary: str) -> bool:
    return bool(mentions.in_parquet(path, Needles.of((), [canary])))


def mentioned(path: Path, needles: Needles) -> bool:
    if path.suffix == ".parquet":
        return bool(mentions.in_parquet(path, needles))
    return bool(mentions.in_file(path, needles))
