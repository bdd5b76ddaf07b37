"""A project with an artifact of every kind, each file with rows in every column, made without a database."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa

from storage import artifacts, schemas
from storage.artifacts import Manifest
from storage.project import Project

TASK = "pans"
HOLDS: Mapping[str, tuple[str, Mapping[str, str], tuple[str, ...]]] = {
    # kind: (id, {file: schema}, what it came from)
    "imports": ("imp_1", {"raw.parquet": "raw", "rejects.parquet": "rejects"}, ()),
    "records": ("rec_1", {"records.parquet": "records"}, ("imports/imp_1",)),
    "duplicates": ("dup_1", {"clusters.parquet": "duplicates"}, ("records/rec_1",)),
    "labels": ("lab_1", {"labels.parquet": "labels"}, ("records/rec_1",)),
    "reviews": ("g0001", {"reviews.parquet": "reviews"}, ()),
    "datasets": (
        "v0001",
        {f"{split}.parquet": "dataset_rows" for split in ("train", "validation", "test")},
        ("records/rec_1", "duplicates/dup_1", "labels/lab_1", "reviews/g0001"),
    ),
    "runs": ("run_1", {"events.parquet": "run_events"}, ("datasets/v0001",)),
    "evaluations": (
        "eva_1",
        {"outputs.parquet": "outputs", "scores.parquet": "scores"},
        ("datasets/v0001", "runs/run_1"),
    ),
    "votes": ("g0001", {"votes.parquet": "votes"}, ("evaluations/eva_1",)),
}
TEXTS = {
    "datasets": {"README.md": "# Pans, version 1\n"},
    "runs": {"config.yaml": "seed: 0\n", "adapter/adapter_config.json": '{"r": 8}\n'},
}
_BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)


def fill(project: Project, task: str = TASK, rows: int = 40) -> list[Manifest]:
    """Publish one artifact of every kind; the same bytes of rows at every call."""
    dice = random.Random(5)
    return [publish(project, kind, task, table_of(dice, rows)) for kind in HOLDS]


def publish(project: Project, kind: str, task: str, table: Any, artifact_id: str = "") -> Manifest:
    """One artifact of a kind; `table(schema)` makes its rows."""
    usual, files, inputs = HOLDS[kind]
    with artifacts.draft(project, kind, task, artifact_id or usual) as draft:
        for name, schema in files.items():
            draft.write_table(name, table(schema), schema)
        for name, text in TEXTS.get(kind, {}).items():
            draft.write_text(name, text)
        return draft.publish(inputs=inputs, facts={"made_for": "tests", "rows": 40})


def table_of(dice: random.Random, rows: int) -> Any:
    """Makes a table of that many rows for a schema."""
    return lambda schema: pa.Table.from_pylist(
        [_row(schemas.SCHEMAS[schema], number, dice) for number in range(rows)],
        schema=schemas.SCHEMAS[schema],
    )


def files_of(project: Project) -> Sequence[str]:
    """Every published file of a project, manifests too, by its path under `tasks/`."""
    found = (path for path in project.tasks_dir.rglob("*") if path.is_file())
    return sorted(path.relative_to(project.tasks_dir).as_posix() for path in found)


def _row(schema: pa.Schema, number: int, dice: random.Random) -> dict[str, object]:
    return {field.name: _value(field.type, number, dice) for field in schema}


def _value(kind: pa.DataType, number: int, dice: random.Random) -> object:
    if pa.types.is_list(kind):
        return [_value(kind.value_type, number, dice)] * (number % 3)
    if pa.types.is_boolean(kind):
        return number % 2 == 0
    if pa.types.is_integer(kind):
        return number + 1
    if pa.types.is_floating(kind):
        return dice.random()
    if pa.types.is_timestamp(kind):
        return _BEGINNING + timedelta(seconds=number)
    return f"{number} {dice.getrandbits(64):x}"
