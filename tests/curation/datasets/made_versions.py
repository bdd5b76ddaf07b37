"""Dataset versions written by hand, as no build would make them: with leaks, moves and other outputs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import orjson

from curation.datasets.splits import SPLITS
from storage import artifacts, schemas
from storage.artifacts import Manifest
from storage.project import Project
from tests.curation import sample_task

TASK = sample_task.NAME


def row(number: int, split: str = "train", **changes: Any) -> dict[str, Any]:
    """A row of the `dataset_rows` schema, but for `changes`."""
    title = f"Title number {number} {'abcdefghij'[number % 10] * 20}"
    return {
        "record_id": f"rec_{number:04d}", "cluster": number, "split": split,
        "inputs": orjson.dumps({"title": title, "Brand name": "Lodge"}).decode(), "system": "",
        "prompt": f"Label: {title}", "completion": sample_task.LABELS[number % 3], "decision": "approved",
        "reviewers": ["ann"], "review_ids": [f"r{number}"], "label_id": f"lab_{number}",
        "teacher_output": sample_task.LABELS[number % 3], **changes,
    }  # fmt: skip


def publish(
    project: Project,
    version: str,
    rows: Iterable[dict[str, Any]],
    *,
    inputs: Sequence[str] = (),
    **facts: Any,
) -> Manifest:
    """A version that holds exactly these rows."""
    found = list(rows)
    decisions = {each["decision"]: 0 for each in found}
    for each in found:
        decisions[each["decision"]] += 1
    whole = {
        "content_hash": f"hash of {version}", "prompt_number": 1, "decisions": decisions,
        "rows": {split: sum(each["split"] == split for each in found) for split in SPLITS},
        "left_out": {}, "reviewers": {"ann": len(found)}, "validation_share": 0.1, "seed": 0,
        "created_by": "owner", **facts,
    }  # fmt: skip
    with artifacts.draft(project, "datasets", TASK, version) as draft:
        for split in SPLITS:
            part = [each for each in found if each["split"] == split]
            draft.write_table(f"{split}.parquet", schemas.from_rows(part, "dataset_rows"), "dataset_rows")
        draft.write_text("README.md", f"# Shelf labels, {version}\n\nRows: {len(found)}\n")
        return draft.publish(inputs=inputs, facts=whole)
