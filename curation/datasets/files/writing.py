"""A plan becomes files: texts are read and rendered some thousand rows at a time, in the plan's order.

Rows lie ordered by record id in each split, so that the same version is the same rows in the same order,
and the content hash can be taken while they are written.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack

import orjson
import pyarrow as pa

from curation.datasets.files.content_hash import ContentHash
from curation.datasets.files.tables import Table
from curation.datasets.planning.plan import Plan
from curation.datasets.planning.replay import ReplayRow
from curation.datasets.planning.variations import PLAIN
from curation.datasets.row import GOLD, REPLAYED, REVIEWED
from curation.datasets.splits import SPLITS, TEST, TRAIN
from curation.student_prompts import Renderer, StudentPrompt, renderer
from storage import schemas, views
from storage.artifacts import Draft, Manifest

BATCH_ROWS = 10_000
MOST_MEMORY = "2GB"
ROBUSTNESS = "robustness.parquet"
SCHEMA = schemas.SCHEMAS["dataset_rows"]


def write(
    draft: Draft,
    plan: Plan,
    manifests: Sequence[Manifest],
    prompts: Mapping[str, StudentPrompt],
    replayed: Sequence[ReplayRow],
) -> str:
    """Write a file per split, and one of test rows in the wordings kept for robustness tests.

    `prompts` has every wording by its name. Returns the content hash (see `content_hash`).
    """
    digest = ContentHash()
    asked = {name: renderer(prompt) for name, prompt in prompts.items()}
    kept = {variation.name: asked[variation.name] for variation in plan.definition.variations.kept}
    with ExitStack() as stack:
        files = {
            split: stack.enter_context(Table(draft, f"{split}.parquet", "dataset_rows", digest))
            for split in SPLITS
        }
        robust = stack.enter_context(Table(draft, ROBUSTNESS, "robustness_rows", digest)) if kept else None
        for split, rows in _rendered(draft, plan, manifests, asked):
            files[split].add(rows)
            if split == TEST and robust is not None:
                for name, render in kept.items():
                    robust.add(_reworded(rows, name, render))
        for start in range(0, len(replayed), BATCH_ROWS):
            first = max(plan.clusters, default=-1) + 1 + start
            files[TRAIN].add(_replayed(replayed[start : start + BATCH_ROWS], first))
    return digest.hexdigest()


def _rendered(
    draft: Draft, plan: Plan, manifests: Sequence[Manifest], asked: Mapping[str, Renderer]
) -> Iterator[tuple[str, pa.Table]]:
    """The plan's rows, split by split, some thousand at a time, with their texts."""
    order = [row for split in SPLITS for row in plan.of_split(split)]
    spill = draft.folder / "spill"
    try:
        with views.pinned(manifests, ("records", "teacher_labels")) as connection:
            connection.execute(f"SET memory_limit = '{MOST_MEMORY}'")
            connection.execute("SET temp_directory = ?", [str(spill)])
            connection.register("wanted", _wanted(plan, order))
            seen = 0
            for batch in connection.sql(_TEXTS).to_arrow_reader(BATCH_ROWS):
                rows = order[seen : seen + batch.num_rows]
                if batch.column("place").to_pylist() != list(range(seen, seen + len(rows))):
                    raise RuntimeError("the records of a version changed while they were read")
                seen += len(rows)
                yield from _by_split(plan, rows, batch, asked)
            if seen != len(order):
                raise RuntimeError(f"{len(order) - seen} records of a version are gone")
    finally:
        shutil.rmtree(spill, ignore_errors=True)


def _wanted(plan: Plan, order: Sequence[int]) -> pa.Table:
    """Where the text of each row lies, and of which label the teacher's output."""
    found = plan.candidates
    places = [plan.places[row] for row in order]
    decided = [plan.decided[row] for row in order]
    return pa.table(
        {
            "place": pa.array(range(len(order)), pa.int64()),
            "record_id": pa.array([found.record_ids[place] for place in places], pa.string()),
            "artifact": pa.array([found.artifacts[place] for place in places], pa.string()),
            "row_number": pa.array([found.row_numbers[place] for place in places], pa.int64()),
            "label_id": pa.array([each.label_id if each else "" for each in decided], pa.string()),
        }
    )


def _by_split(
    plan: Plan, rows: Sequence[int], batch: pa.RecordBatch, asked: Mapping[str, Renderer]
) -> Iterator[tuple[str, pa.Table]]:
    """A batch cut where one split ends and the next begins."""
    start = 0
    for split in SPLITS:
        count = sum(plan.splits[row] == split for row in rows)
        if count:
            part = batch.slice(start, count)
            yield split, _table(plan, split, rows[start : start + count], part, asked)
            start += count


def _table(
    plan: Plan, split: str, rows: Sequence[int], batch: pa.RecordBatch, asked: Mapping[str, Renderer]
) -> pa.Table:
    decided = [plan.decided[row] for row in rows]
    worded = [plan.variations[row] for row in rows]
    columns = {
        "record_id": batch.column("record_id"),
        "cluster": [plan.clusters[row] for row in rows],
        "split": _repeated(split, len(rows)),
        "inputs": batch.column("inputs"),
        **_asked([asked[name] for name in worded], batch.column("inputs")),
        "teacher_output": batch.column("teacher_output"),
        "variation": worded if any(worded) else _repeated(PLAIN, len(rows)),
        "split_group": [plan.groups[row] or None for row in rows],
    }
    if split == TEST:
        columns |= {
            "completion": batch.column("gold"),
            "decision": _repeated(GOLD, len(rows)),
            "source": _repeated(GOLD, len(rows)),
        }
    else:
        reviewed = [each for each in decided if each is not None]
        columns |= {
            "completion": [each.completion for each in reviewed],
            "decision": [each.decision for each in reviewed],
            "source": _repeated(REVIEWED, len(rows)),
            "reviewers": [each.reviewers for each in reviewed],
            "review_ids": [each.review_ids for each in reviewed],
            "label_id": [each.label_id or None for each in reviewed],
        }
    return _of_schema(columns, len(rows))


def _asked(renderers: Sequence[Renderer], inputs: pa.Array) -> dict[str, list[str]]:
    """The system text and the prompt of each row."""
    loads = orjson.loads
    rendered = [render(loads(written)) for render, written in zip(renderers, inputs.to_pylist(), strict=True)]
    return {"system": [system for system, _ in rendered], "prompt": [prompt for _, prompt in rendered]}


def _reworded(rows: pa.Table, name: str, render: Renderer) -> pa.Table:
    """The same rows in another wording."""
    inputs = rows.column("inputs").combine_chunks()
    changed = {**_asked([render] * len(inputs), inputs), "variation": _repeated(name, len(inputs))}
    return _of_schema({**{each: rows.column(each) for each in rows.column_names}, **changed}, len(inputs))


def _replayed(rows: Sequence[ReplayRow], first: int) -> pa.Table:
    """Replayed rows, each a cluster of its own from number `first` on."""
    columns = {
        "record_id": [row.name for row in rows],
        "cluster": list(range(first, first + len(rows))),
        "split": _repeated(TRAIN, len(rows)),
        "inputs": _repeated("{}", len(rows)),
        "system": [row.system for row in rows],
        "prompt": [row.prompt for row in rows],
        "completion": [row.completion for row in rows],
        "decision": _repeated(REPLAYED, len(rows)),
        "variation": _repeated(PLAIN, len(rows)),
        "source": _repeated(REPLAYED, len(rows)),
    }
    return _of_schema(columns, len(rows))


def _of_schema(columns: Mapping[str, object], count: int) -> pa.Table:
    """The columns as a table of the schema; a column that is not given is null, or an empty list."""
    arrays = []
    for field in SCHEMA:
        given = columns.get(field.name)
        if given is None:
            empty = pa.types.is_list(field.type)
            given = pa.array([[]] * count, field.type) if empty else pa.nulls(count, field.type)
        arrays.append(pa.array(given, field.type) if isinstance(given, list) else given)
    return pa.table(arrays, schema=SCHEMA)


def _repeated(text: str, count: int) -> pa.Array:
    return pa.repeat(pa.scalar(text, pa.string()), count)


_TEXTS = """
WITH said AS (
    SELECT label_id, any_value(output) AS output FROM teacher_labels
    WHERE output IS NOT NULL AND label_id IN (SELECT label_id FROM wanted WHERE label_id <> '')
    GROUP BY label_id
)
SELECT w.place, w.record_id, r.inputs, coalesce(r.gold, '') AS gold, said.output AS teacher_output
FROM wanted w
JOIN records r ON r.record_id = w.record_id AND r.artifact = w.artifact AND r.row_number = w.row_number
LEFT JOIN said ON said.label_id = w.label_id
ORDER BY w.place
"""
