"""A project with people, reviews in a real Argilla and a frozen version, on a PostgreSQL of its own."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from curation import datasets, duplicates, imports, labelling, prompts, queues, reviews, tasks, teachers
from curation.imports.mapping import ColumnMapping
from curation.queues import Queue
from curation.reviews import Decision
from curation.teachers import RecordedTeacher
from storage import argilla_client, audit, database, jobs, people
from storage import project as projects
from storage.jobs import Job
from storage.project import Project
from storage.services import postgres
from tests.argilla_stand import ArgillaStand, stand_running
from tests.curation import sample_task
from tests.storage.keeping.filled import publish, table_of

TASK = sample_task.NAME
WORDS = (
    "steel", "blue", "large", "boxed", "oak", "round", "copper", "sealed", "striped", "folding", "matte",
    "heavy", "travel", "organic", "smoked", "double", "Danish", "outdoor", "glazed", "vintage",
)  # fmt: skip
PEOPLE = ("ann", "ben")
DECISIONS = (
    "approved",
    "corrected",
    "discarded",
    "approved",
    "approved",
    "approved",
    "corrected",
    "approved",
)


@dataclass(frozen=True)
class House:
    """The running project, and the passwords of its people by name."""

    project: Project
    stand: ArgillaStand
    queue: Queue
    passwords: Mapping[str, str]


@contextmanager
def running(folder: Path, name: str) -> Iterator[House]:
    """A project that went round the loop once, with its PostgreSQL, Redis and Argilla running."""
    project = projects.create(folder / name, name)
    with postgres.running(project):
        database.migrate(project)
        with stand_running(project) as stand:
            queue = _labelled(project, folder)
            passwords = {each: people.invite(project, each, "annotator", [project.name]) for each in PEOPLE}
            _reviewed(project, queue, passwords)
            reviews.mirror(project, TASK)
            datasets.freeze(project, TASK, created_by="owner")
            _evaluated(project)
            for subject in ("import", "queue", "version"):
                audit.append(project, actor="owner", action="tests.line", subject=subject)
            yield House(project, stand, queue, passwords)
        database.engine(project).dispose()


def _labelled(project: Project, folder: Path) -> Queue:
    tasks.create(project, sample_task.TASK)
    path = folder / "shelf.csv"
    dice, rows = random.Random(60), []
    for number in range(60):
        label, words = sample_task.LABELS[number % 3], " ".join(dice.choices(WORDS, k=5))
        rows.append(f"{label} {words} no. {number},Lodge,{label}")
    rows.append("Tea no. 1,lodge,Tea,one column too many")
    path.write_text("title,brand,teacher_v1\n" + "\n".join(rows) + "\n")
    mapping = ColumnMapping(inputs={"title": "title", "brand": "Brand name"}, extras=("teacher_v1",))
    _finished(project, imports.start(project, TASK, path, mapping, source="shelf", imported_by="owner"))
    _finished(project, duplicates.start(project, TASK, "owner"))
    teachers.save(project, RecordedTeacher(name="recorded", column="teacher_v1"))
    prompts.create(project, TASK, system="", template="{title}", reason="first", created_by="owner")
    _finished(project, labelling.start(project, TASK, 1, "recorded", "owner"))
    return queues.open_queue(project, TASK, 1, "owner")


def _finished(project: Project, job: Job) -> None:
    done = jobs.run_inline(project, job.job_id)
    assert done.status == "succeeded", done.error


def _reviewed(project: Project, queue: Queue, passwords: Mapping[str, str]) -> None:
    """Each person decides on the first cards they are handed."""
    owner = argilla_client.connect(project)
    for name, password in passwords.items():
        client = argilla_client.connect(project, token=owner.sign_in(name, password))
        cards = reviews.next_cards(client, project, queue.name, limit=len(DECISIONS))
        assert len(cards) == len(DECISIONS)
        for card, decision in zip(cards, DECISIONS, strict=True):
            output = "Tea" if card.output != "Tea" else "Cookware"
            given = Decision(
                queue.name, card.argilla_id, decision, f"{name}/{card.record_id}",
                output=output if decision == "corrected" else None,
            )  # fmt: skip
            reviews.submit(client, project, given)


def _evaluated(project: Project) -> None:
    """A run, an evaluation and votes, as these are stored; no model is trained for them."""
    (version,) = datasets.listing(project, TASK)
    assert version.version == "v0001"
    table = table_of(random.Random(1), 12)
    for kind in ("runs", "evaluations", "votes"):
        publish(project, kind, TASK, table)
