"""Imports as they leave their artifacts: raw rows, what was doubted in them, and the records they became."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from storage import artifacts, schemas
from storage.project import Project
from tests.curation import sample_task


def doubt(row: int, value: str, *, kind: str = "phone", score: float = 0.45, **more: Any) -> dict[str, Any]:
    """A doubted value of a row, with "…" where its text was cut."""
    before, after = more.pop("before", "Call "), more.pop("after", " today")
    cut = len(before) > 60
    return {
        "row_number": row,
        "column": "title",
        "start": len(before),
        "end": len(before) + len(value),
        "type": kind,
        "score": score,
        "value_mac": f"mac-{kind}-{value}",
        "context": f"{'…' if cut else ''}{before[-60:]}{value}{after}",
        "masked": False,
        **more,
    }


def publish(
    project: Project,
    name: str,
    doubts: Sequence[dict[str, Any]] = (),
    raw: Sequence[dict[str, str]] = (),
    *,
    records: Sequence[int] = (),
    found: dict[str, int] | None = None,
) -> None:
    """The import `imp_NAME` of NAME.csv, and the records of the rows `records`."""
    rows = [{"row_number": n, "row": orjson.dumps(row).decode()} for n, row in enumerate(raw, start=2)]
    mapping = {"inputs": {"title": "title", "brand": "Brand name"}, "gold": None, "extras": ["seller"]}
    counts = dict.fromkeys(("read", "new", "known", "repeated", "rejected", "held_out"), 0)
    with artifacts.draft(project, "imports", sample_task.NAME, f"imp_{name}") as draft:
        draft.write_table("raw.parquet", schemas.from_rows(rows, "raw"), "raw")
        draft.write_table(
            "uncertain.parquet", schemas.from_rows([dict(each) for each in doubts], "uncertain"), "uncertain"
        )
        draft.publish(
            facts={
                "file": f"{name}.csv", "source": f"{name}.csv", "imported_by": "owner", "mapping": mapping,
                "changed": {}, "records_id": f"rec_{name}" if records else None,
                "prepared": {"redaction": {"found": found or {}, "replaced": found or {}}}, **counts,
            }
        )  # fmt: skip
    if records:
        columns = [
            {**sample_task.record(number), "row_number": number, "inputs": "{}", "extras": "{}"}
            for number in records
        ]
        with artifacts.draft(project, "records", sample_task.NAME, f"rec_{name}") as draft:
            draft.write_table("records.parquet", schemas.from_rows(columns, "records"), "records")
            draft.publish(inputs=[f"imports/imp_{name}"], facts={"import_id": f"imp_{name}"})
