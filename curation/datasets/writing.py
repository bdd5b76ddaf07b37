"""A plan becomes files: texts are read and rendered some thousand rows at a time, in the plan's order.

Rows lie ordered by record id in each split, so that the same version is the same files, and the content
hash can be taken while they are written.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from typing import Protocol

import duckdb
import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from curation.datasets.building import GOLD, REPLAYED, REVIEWED
from curation.datasets.planning import Plan
from curation.datasets.replay import ReplayRow
from curation.datasets.resolution import Resolved
from curation.datasets.splits import SPLITS, TEST, TRAIN
from curation.datasets.variations import PLAIN
from curation.student_prompts import Renderer, StudentPrompt, renderer
from storage import schemas, views
from storage.artifacts import Draft, Manifest, disk_faults

BATCH_ROWS = 10_000
MOST_MEMORY = "2GB"
ROBUSTNESS = "robustness.parquet"
Lists = dict[str, list[object]]


class Digest(Protocol):
    """What takes in bytes, such as `hashlib.sha256()`."""

    def update(self, data: bytes, /) -> None:
        """Take in some bytes."""


def write(
    draft: Draft,
    plan: Plan,
    manifests: Sequence[Manifest],
    prompts: Mapping[str, StudentPrompt],
    replayed: Sequence[ReplayRow],
) -> str:
    """Write a file per split, and one of test rows in the wordings kept for robustness tests.

    `prompts` has every wording by its name. Returns the content hash: a SHA-256 over what a student
    learns and is tested on, row by row in the order in which they lie.
    """
    digest = hashlib.sha256()
    asked = {name: renderer(prompt) for name, prompt in prompts.items()}
    kept = {variation.name: asked[variation.name] for variation in plan.definition.variations.kept}
    spill = draft.folder / "spill"
    try:
        with views.pinned(manifests, ("records", "teacher_labels")) as connection:
            connection.execute(f"SET memory_limit = '{MOST_MEMORY}'")
            connection.execute("SET temp_directory = ?", [str(spill)])
            for split in SPLITS:
                batches = _split(connection, plan, split, asked)
                if split == TRAIN and replayed:
                    batches = _followed(batches, replayed, max(plan.clusters, default=-1) + 1)
                _write_split(draft, split, batches, kept if split == TEST else {}, digest)
    finally:
        shutil.rmtree(spill, ignore_errors=True)
    return digest.hexdigest()


def _write_split(
    draft: Draft, split: str, batches: Iterator[Lists], kept: Mapping[str, Renderer], digest: Digest
) -> None:
    """The file of a split, and beside test rows the same ones in each wording of `kept`."""
    with ExitStack() as stack:
        rows = stack.enter_context(_Table(draft, f"{split}.parquet", "dataset_rows", digest))
        robust = stack.enter_context(_Table(draft, ROBUSTNESS, "robustness_rows", digest)) if kept else None
        for batch in batches:
            rows.add(batch)
            for name, render in kept.items():
                if robust is not None:
                    robust.add(_reworded(batch, name, render))


class _Table:
    """A Parquet file of a draft that grows batch by batch, and adds to the version's digest."""

    def __init__(self, draft: Draft, name: str, schema: str, digest: Digest) -> None:
        self._draft, self._name, self._schema, self._digest = draft, name, schema, digest
        self._rows = 0
        with disk_faults(draft.folder):
            self._file = pq.ParquetWriter(draft.folder / name, schemas.SCHEMAS[schema], compression="zstd")

    def add(self, batch: Lists) -> None:
        table = pa.table(
            {field.name: pa.array(batch[field.name], field.type) for field in schemas.SCHEMAS[self._schema]},
            schema=schemas.SCHEMAS[self._schema],
        )
        with disk_faults(self._draft.folder):
            self._file.write_table(table)
        hashed = zip(*(batch[name] for name in _HASHED), strict=True)
        self._digest.update(b"\n".join(map(orjson.dumps, hashed)) + b"\n")
        self._rows += table.num_rows

    def __enter__(self) -> _Table:
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        with disk_faults(self._draft.folder):
            self._file.close()
        if kind is None:
            self._draft.declare_table(self._name, self._schema, self._rows)


def _split(
    connection: duckdb.DuckDBPyConnection, plan: Plan, split: str, asked: Mapping[str, Renderer]
) -> Iterator[Lists]:
    """The rows of a split as columns, some thousand at a time, with their texts."""
    rows = plan.of_split(split)
    found, decided = plan.candidates, [plan.decided[row] for row in rows]
    wanted = pa.table(
        {
            "row": pa.array(rows, pa.int64()),
            "record_id": pa.array([found.record_ids[plan.places[row]] for row in rows], pa.string()),
            "artifact": pa.array([found.artifacts[plan.places[row]] for row in rows], pa.string()),
            "row_number": pa.array([found.row_numbers[plan.places[row]] for row in rows], pa.int64()),
            "label_id": pa.array([each.label_id if each else "" for each in decided], pa.string()),
        }
    )
    connection.register("wanted", wanted)
    seen = 0
    for batch in connection.sql(_TEXTS).to_arrow_reader(BATCH_ROWS):
        columns = {name: batch.column(name).to_pylist() for name in batch.schema.names}
        if columns["row"] != rows[seen : seen + batch.num_rows]:
            raise RuntimeError(f"the records of split {split!r} changed while they were read")
        seen += batch.num_rows
        yield _batch(plan, split, columns, asked)
    if seen != len(rows):
        raise RuntimeError(f"{len(rows) - seen} records of split {split!r} are gone")


def _batch(
    plan: Plan, split: str, columns: Mapping[str, list[object]], asked: Mapping[str, Renderer]
) -> Lists:
    rows = [row for row in columns["row"] if isinstance(row, int)]
    decided = [plan.decided[row] for row in rows]
    worded = [plan.variations[row] for row in rows]
    rendered = [
        asked[name](orjson.loads(str(inputs))) for name, inputs in zip(worded, columns["inputs"], strict=True)
    ]
    return {
        "record_id": columns["record_id"],
        "cluster": [plan.clusters[row] for row in rows],
        "split": [split] * len(rows),
        "inputs": columns["inputs"],
        "system": [system for system, _ in rendered],
        "prompt": [prompt for _, prompt in rendered],
        "completion": [
            each.completion if each else gold for each, gold in zip(decided, columns["gold"], strict=True)
        ],
        **_decisions(decided),
        "teacher_output": columns["teacher_output"],
        "variation": list(worded),
        "split_group": [plan.groups[row] or None for row in rows],
    }


def _decisions(decided: Sequence[Resolved | None]) -> Lists:
    return {
        "decision": [each.decision if each else GOLD for each in decided],
        "reviewers": [each.reviewers if each else () for each in decided],
        "review_ids": [each.review_ids if each else () for each in decided],
        "label_id": [(each.label_id or None) if each else None for each in decided],
        "source": [REVIEWED if each else GOLD for each in decided],
    }


def _reworded(batch: Lists, name: str, render: Renderer) -> Lists:
    """The same rows in another wording."""
    rendered = [render(orjson.loads(str(inputs))) for inputs in batch["inputs"]]
    return {
        **batch,
        "system": [system for system, _ in rendered],
        "prompt": [prompt for _, prompt in rendered],
        "variation": [name] * len(rendered),
    }


def _followed(batches: Iterator[Lists], replayed: Sequence[ReplayRow], first: int) -> Iterator[Lists]:
    """Replayed rows behind the others, each a cluster of its own from number `first` on."""
    yield from batches
    for start in range(0, len(replayed), BATCH_ROWS):
        rows = replayed[start : start + BATCH_ROWS]
        count = len(rows)
        yield {
            "record_id": [row.name for row in rows],
            "cluster": list(range(first + start, first + start + count)),
            "split": [TRAIN] * count,
            "inputs": ["{}"] * count,
            "system": [row.system for row in rows],
            "prompt": [row.prompt for row in rows],
            "completion": [row.completion for row in rows],
            "decision": [REPLAYED] * count,
            "reviewers": [()] * count,
            "review_ids": [()] * count,
            "label_id": [None] * count,
            "teacher_output": [None] * count,
            "variation": [PLAIN] * count,
            "source": [REPLAYED] * count,
            "split_group": [None] * count,
        }


_HASHED = (
    "record_id", "split", "variation", "source", "system", "prompt", "completion", "decision",
    "teacher_output",
)  # fmt: skip
_TEXTS = """
WITH said AS (
    SELECT label_id, any_value(output) AS output FROM teacher_labels
    WHERE output IS NOT NULL AND label_id IN (SELECT label_id FROM wanted WHERE label_id <> '')
    GROUP BY label_id
)
SELECT w.row, w.record_id, r.inputs, coalesce(r.gold, '') AS gold, said.output AS teacher_output
FROM wanted w
JOIN records r ON r.record_id = w.record_id AND r.artifact = w.artifact AND r.row_number = w.row_number
LEFT JOIN said ON said.label_id = w.label_id
ORDER BY w.row
"""
