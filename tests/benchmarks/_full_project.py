"""A project after a turn of the loop, of any size: imported, searched, labelled, reviewed, frozen.

The first rows go all the way to a dataset version; the rest then comes in by a second import and is
searched and labelled. Everything is made by the product's own steps but the answers, which go into
Argilla's table at once.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq

from curation import datasets, duplicates, imports, labelling, prompts, queues, tasks, teachers
from curation.imports.mapping import ColumnMapping
from curation.tasks import Task
from curation.teachers import RecordedTeacher
from storage import jobs
from storage.services import postgres
from tests.benchmarks import _duplicate_texts
from tests.benchmarks.mirror import ANSWERED
from tests.faults.house import House

LABELS = tuple(f"label-{number:02}" for number in range(12))
PLANTED_SHARE = 0.05
REVIEWED = 20_000
LIMIT_S = 3_600
_MAPPING = ColumnMapping(inputs={"text": "text"}, gold="gold", extras=("teacher", "shop"))


@dataclass
class Made:
    """A task, and how many seconds each step of making it took."""

    task: str
    seconds: dict[str, float] = field(default_factory=dict)

    def timed(self, step: str, work: Callable[[], object]) -> None:
        """Do a step and add its seconds."""
        began = time.monotonic()
        work()
        self.seconds[step] = round(self.seconds.get(step, 0) + time.monotonic() - began, 1)


def made(house: House, name: str, records: int) -> Made:
    """The task `name` with `records` rows."""
    project, found = house.project, Made(name)
    tasks.create(project, Task(name=name, title=name, input_columns=("text",), labels=LABELS))
    teachers.save(project, RecordedTeacher(name="recorded", column="teacher"))
    prompt = prompts.create(
        project, name, system="Label it.", template="{text}", reason="first", created_by="owner"
    )
    texts = _duplicate_texts.made(records, int(records * PLANTED_SHARE)).texts
    first = min(records, REVIEWED)
    for rows in (texts[:first], texts[first:]):
        if not rows:
            continue
        path = _written(house.folder / f"{name}-{len(rows)}.parquet", rows)
        found.timed("import", lambda path=path: imports.import_file(project, name, path, _MAPPING))
        path.unlink()
        found.timed("duplicates", lambda: _ended(house, duplicates.start(project, name, "owner").job_id))
        label = labelling.start(project, name, prompt.number, "recorded", "owner")
        found.timed("label", lambda label=label: _ended(house, label.job_id))
        if "review" not in found.seconds:
            found.timed("queue", lambda: queues.open_queue(project, name, prompt.number, "owner"))
            found.timed("review", lambda: _answered(house, name))
            found.timed("freeze", lambda: datasets.freeze(project, name, created_by="owner"))
    return found


def _written(path: Path, texts: list[str]) -> Path:
    places = range(len(texts))
    columns = {
        "text": texts,
        "gold": [LABELS[len(text) % len(LABELS)] for text in texts],
        "teacher": [LABELS[(len(texts[n]) + (n % 9 == 0)) % len(LABELS)] for n in places],
        "shop": [f"shop {n % 97}" for n in places],
    }
    pq.write_table(pa.table(columns), path)
    return path


def _ended(house: House, job_id: str) -> None:
    ended = jobs.wait(house.project, job_id, LIMIT_S)
    if ended.status != "succeeded":
        raise RuntimeError(ended.error)


def _answered(house: House, task: str) -> None:
    (queue,) = queues.listing(house.project, task)
    address = postgres.connection_string(house.project, "argilla")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(ANSWERED, (queue.argilla_id,))
        connection.execute("VACUUM ANALYZE")
