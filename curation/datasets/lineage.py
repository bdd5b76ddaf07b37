"""Lineage: from one row of a dataset version back to the line of the file it came from.

Each step is looked up by its id in the artifacts that the version names; nothing is read as a whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from curation import prompts, review_rows
from curation.adjudication import keeping as adjudication
from curation.datasets.decisions.rulings import Ruling, stands
from curation.datasets.files import frozen
from curation.datasets.row import DatasetRow
from curation.labelling import TeacherLabel
from curation.prompts import Prompt
from curation.review_rows import Review
from storage import artifacts, views
from storage.artifacts import Manifest
from storage.errors import NotFound
from storage.project import Project


@dataclass(frozen=True)
class Imported:
    """The import a record came with: which file, by whom, and on what terms.

    `file` and `imported_by` are "" where the import itself is gone; `terms` may name `licence`, `origin`
    and `consent`.
    """

    import_id: str
    file: str
    imported_by: str
    imported_at: datetime | None
    terms: Mapping[str, str]


@dataclass(frozen=True)
class Call:
    """What a teacher's answer took: when it was given, and what it cost in US dollars and seconds."""

    at: datetime | None
    price_usd: float | None
    latency_s: float | None
    finish_reason: str


@dataclass(frozen=True)
class Lineage:
    """The steps of one row, each by its id.

    `label`, `call` and `prompt` are None and `reviews` empty for a held-out row: no teacher and no person
    touched it. `prompt` is what the teacher was asked. `ruling` is the adjudication that decided the
    row, where people had differed.
    """

    import_id: str
    source: str
    row_number: int
    records_id: str
    record_id: str
    label: TeacherLabel | None
    reviews: tuple[Review, ...]
    ruling: Ruling | None
    mirror: str | None
    version: str
    row: DatasetRow
    imported: Imported
    call: Call | None
    prompt: Prompt | None


def lineage(project: Project, task: str, version: str, record_id: str) -> Lineage:
    """The way a row came. Raises NotFound where the version has no such row."""
    manifest = artifacts.load(project, "datasets", task, version)
    row = _row(project, manifest, record_id)
    pinned = [reference.split("/", 1) for reference in manifest.inputs]
    records_id, record = _record(project, task, pinned, record_id)
    mirrors = [artifact for kind, artifact in pinned if kind == "reviews"]
    reviews = _reviews(project, task, mirrors[-1:], row)
    imported = _imported(project, task, records_id)
    label, call = _label(project, task, row.label_id)
    return Lineage(
        import_id=imported.import_id,
        source=record["source"] or "",
        row_number=record["row_number"],
        records_id=records_id,
        record_id=record_id,
        label=label,
        reviews=reviews,
        ruling=_ruling(project, task, row, reviews),
        mirror=mirrors[-1] if mirrors else None,
        version=version,
        row=row,
        imported=imported,
        call=call,
        prompt=_prompt(project, task, label),
    )


def _row(project: Project, manifest: Manifest, record_id: str) -> DatasetRow:
    with frozen.opened(project, version=manifest) as connection:
        found = frozen.answered(
            connection, "SELECT * FROM version WHERE record_id = ? ORDER BY variation LIMIT 1", record_id
        )
    if not found:
        raise NotFound(
            f"Dataset version {manifest.artifact_id} of task {manifest.task!r} has no row {record_id!r}.",
            next_step="It may be left out: the version's README counts why.",
        )
    known = DatasetRow.__dataclass_fields__
    lists = {name: tuple(found[0][name] or ()) for name in ("reviewers", "review_ids")}
    columns = {name: value for name, value in found[0].items() if name in known}
    return DatasetRow(**{**columns, **lists, "inputs": orjson.loads(found[0]["inputs"] or "{}")})


def _record(
    project: Project, task: str, pinned: list[list[str]], record_id: str
) -> tuple[str, Mapping[str, Any]]:
    """The records artifact that holds the record, of those the version names, and its row there."""
    named = [artifact for kind, artifact in pinned if kind == "records"]
    sql = (
        "SELECT artifact, source, row_number FROM records WHERE record_id = ? "
        "AND artifact IN (SELECT unnest(?::VARCHAR[]))"
    )
    with views.connect(project, task, only=("records",)) as connection:
        found = {row["artifact"]: row for row in views.answered(connection, sql, (record_id, named))}
    for artifact in named:
        if artifact in found:
            return artifact, found[artifact]
    raise NotFound(f"The records that hold {record_id!r} are gone from task {task!r}.")


def _imported(project: Project, task: str, records_id: str) -> Imported:
    made = artifacts.load(project, "records", task, records_id)
    import_id = next((ref.split("/", 1)[1] for ref in made.inputs if ref.startswith("imports/")), "")
    try:
        whole = artifacts.load(project, "imports", task, import_id) if import_id else None
    except NotFound:
        whole = None
    if whole is None:
        return Imported(import_id, "", "", None, {})
    facts = whole.facts
    terms = {name: str(value) for name, value in (facts.get("terms") or {}).items() if value}
    return Imported(
        import_id, str(facts.get("file", "")), str(facts.get("imported_by", "")), whole.created_at, terms
    )


def _label(project: Project, task: str, label_id: str | None) -> tuple[TeacherLabel | None, Call | None]:
    sql = (
        "SELECT label_id, record_id, prompt_version, teacher, model, output, created_at, price_usd, "
        "latency_s, finish_reason FROM teacher_labels WHERE label_id = ? AND output IS NOT NULL"
    )
    with views.connect(project, task, only=("teacher_labels",)) as connection:
        found = views.answered(connection, sql, (label_id,)) if label_id else []
    if not found:
        return None, None
    row = found[0]
    label = TeacherLabel(
        row["label_id"], row["record_id"], row["prompt_version"], row["teacher"], row["model"] or "",
        row["output"],
    )  # fmt: skip
    call = Call(row["created_at"], row["price_usd"], row["latency_s"], row["finish_reason"] or "")
    return label, call


def _prompt(project: Project, task: str, label: TeacherLabel | None) -> Prompt | None:
    try:
        return prompts.get(project, task, label.prompt_number) if label is not None else None
    except NotFound:
        return None


def _reviews(project: Project, task: str, mirrors: list[str], row: DatasetRow) -> tuple[Review, ...]:
    if not mirrors or not row.review_ids:
        return ()
    mirror = artifacts.load(project, "reviews", task, mirrors[0])
    return tuple(review_rows.of_ids(mirror, row.review_ids))


def _ruling(project: Project, task: str, row: DatasetRow, reviews: tuple[Review, ...]) -> Ruling | None:
    """The newest ruling that stands on exactly the reviews the row was made from."""
    found = [each for each in adjudication.history(project, task) if each.record_id == row.record_id]
    return next((each for each in reversed(found) if stands(each, reviews)), None)
