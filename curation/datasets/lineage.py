"""Lineage: from one row of a dataset version back to the file it came from."""

from __future__ import annotations

from dataclasses import dataclass

from curation import labelling, review_rows
from curation.adjudication import keeping as adjudication
from curation.corpus import table_rows
from curation.datasets.building import DatasetRow
from curation.datasets.freezing import get, rows
from curation.datasets.rulings import Ruling, stands
from curation.labelling import TeacherLabel
from curation.review_rows import Review
from storage import artifacts
from storage.artifacts import Manifest
from storage.errors import NotFound
from storage.project import Project


@dataclass(frozen=True)
class Lineage:
    """The steps of one row, each by its id.

    `label` is None and `reviews` empty for a held-out row: no teacher and no person touched it.
    `ruling` is the adjudication that decided the row, where people had differed.
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


def lineage(project: Project, task: str, version: str, record_id: str) -> Lineage:
    """The way a row came. Raises NotFound where the version has no such row."""
    row = next((row for row in rows(project, task, version) if row.record_id == record_id), None)
    if row is None:
        raise NotFound(
            f"Dataset version {version} of task {task!r} has no row {record_id!r}.",
            next_step="It may be left out: the version's README counts why.",
        )
    pinned = [reference.split("/", 1) for reference in get(project, task, version).manifest.inputs]
    records, record = _imported(project, task, pinned, record_id)
    mirrors = [artifact for kind, artifact in pinned if kind == "reviews"]
    mirror = artifacts.load(project, "reviews", task, mirrors[-1]) if mirrors else None
    reviews = tuple(review for review in review_rows.of(mirror) if review.review_id in row.review_ids)
    return Lineage(
        import_id=next((ref.split("/", 1)[1] for ref in records.inputs if ref.startswith("imports/")), ""),
        source=str(record["source"] or ""),
        row_number=int(str(record["row_number"])),
        records_id=records.artifact_id,
        record_id=record_id,
        label=labelling.by_id(project, task).get(row.label_id or ""),
        reviews=reviews,
        ruling=_ruling(project, task, row, reviews),
        mirror=mirror.artifact_id if mirror else None,
        version=version,
        row=row,
    )


def _ruling(project: Project, task: str, row: DatasetRow, reviews: tuple[Review, ...]) -> Ruling | None:
    """The newest ruling that stands on exactly the reviews the row was made from."""
    found = [each for each in adjudication.history(project, task) if each.record_id == row.record_id]
    return next((each for each in reversed(found) if stands(each, reviews)), None)


def _imported(
    project: Project, task: str, pinned: list[list[str]], record_id: str
) -> tuple[Manifest, dict[str, object]]:
    for artifact in (artifact for kind, artifact in pinned if kind == "records"):
        manifest = artifacts.load(project, "records", task, artifact)
        for row in table_rows(manifest, "records"):
            if row["record_id"] == record_id:
                return manifest, row
    raise NotFound(f"The records that hold {record_id!r} are gone from task {task!r}.")
