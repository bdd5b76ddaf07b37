"""What checks for contamination found: the counts of each, and its pairs a page at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from curation import left_out
from curation.contamination.job import KIND, PAIRS
from storage import artifacts, views
from storage.artifacts import Manifest
from storage.errors import NotFound
from storage.project import Project


@dataclass(frozen=True)
class Checked:
    """A check: what was held against what, and how many records were found there.

    `rows` are those of the file `name`; `sharing` counts the texts that have any run of 13 words in common.
    `version` is None where all records were checked; `new_records` came after it.
    """

    artifact_id: str
    name: str
    columns: tuple[str, ...]
    version: str | None
    threshold: float
    records: int
    rows: int
    rejected: int
    exact: int
    near: int
    passage: int
    sharing: int
    at: datetime
    new_records: int

    @property
    def found(self) -> int:
        """Records that the file has as well."""
        return self.exact + self.near + self.passage


@dataclass(frozen=True)
class Pair:
    """A record beside the row of the file that says the same; see `comparing.Match` for the numbers.

    `text` is cut at 2,000 characters. `left_out` says that the record was left out since.
    """

    record_id: str
    inputs: Mapping[str, str]
    held_out: bool
    split: str | None
    match: str
    similarity: float
    row_number: int
    text: str
    passage: str
    left_out: bool


def listing(project: Project, task: str) -> list[Checked]:
    """The checks of a task, the newest first."""
    now = artifacts.listing(project, "records", task)
    return [_checked(each, now) for each in reversed(artifacts.listing(project, KIND, task))]


def newest(project: Project, task: str) -> Checked | None:
    """The newest check, or None before the first."""
    return next(iter(listing(project, task)), None)


def pairs(project: Project, task: str, check: str, *, limit: int = 20, offset: int = 0) -> list[Pair]:
    """The pairs of a check, the strongest first, a page at a time. Raises NotFound for an unknown check."""
    found = artifacts.read_table(_manifest(project, task, check), PAIRS)
    left = left_out.standing(project, task)
    with views.connect(project, task, only=("records",)) as connection:
        connection.register("pairs", found)
        rows = views.answered(connection, _PAIRS, (limit, offset))
    return [_pair(row, left) for row in rows]


def record_ids(project: Project, task: str, check: str) -> list[str]:
    """The records of all pairs of a check."""
    table = artifacts.read_table(_manifest(project, task, check), PAIRS, ["record_id"])
    ids: list[str] = table.column("record_id").to_pylist()
    return ids


def _manifest(project: Project, task: str, check: str) -> Manifest:
    try:
        return artifacts.load(project, KIND, task, check)
    except NotFound as fault:
        raise NotFound(
            f"Task {task!r} has no check {check!r}.", next_step="Choose one of its checks."
        ) from fault


def _checked(manifest: Manifest, records: list[Manifest]) -> Checked:
    facts = manifest.facts
    later = [] if facts["version"] else [each for each in records if each.reference not in manifest.inputs]
    return Checked(
        artifact_id=manifest.artifact_id,
        name=facts["name"],
        columns=tuple(facts["columns"]),
        version=facts["version"],
        threshold=facts["threshold"],
        **{
            name: facts[name]
            for name in ("records", "rows", "rejected", "exact", "near", "passage", "sharing")
        },
        at=manifest.created_at,
        new_records=sum(each.rows("records") for each in later),
    )


def _pair(row: Mapping[str, Any], left: Mapping[str, str]) -> Pair:
    return Pair(
        record_id=row["record_id"],
        inputs=orjson.loads(row["inputs"] or "{}"),
        held_out=bool(row["held_out"]),
        split=row["split"],
        match=row["match"],
        similarity=row["similarity"],
        row_number=row["row_number"],
        text=row["text"],
        passage=row["passage"] or "",
        left_out=row["record_id"] in left,
    )


_PAIRS = """
WITH page AS (
    SELECT *, CASE match WHEN 'exact' THEN 0 WHEN 'near' THEN 1 ELSE 2 END AS place FROM pairs
    ORDER BY place, similarity DESC, record_id LIMIT ? OFFSET ?
), once AS (
    SELECT record_id, any_value(inputs) AS inputs, bool_or(held_out) AS held_out
    FROM records SEMI JOIN page USING (record_id) GROUP BY record_id
)
SELECT page.*, once.inputs, once.held_out FROM page LEFT JOIN once USING (record_id)
ORDER BY place, similarity DESC, record_id
"""
