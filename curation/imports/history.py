"""What was imported before, and what was rejected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from curation.imports.files import Reject
from curation.imports.terms import Terms
from storage import artifacts, views
from storage.artifacts import Manifest
from storage.project import Project


@dataclass(frozen=True)
class PastImport:
    """One import: which file, by whom, and what came of its rows.

    `complete` is False where a kill came between the import and its records: importing the file
    again brings them.
    """

    import_id: str
    imported_at: datetime
    file: str
    source: str
    imported_by: str
    read: int
    new: int
    known: int
    rejected: int
    held_out: int
    masked: Mapping[str, int]
    terms: Terms
    source_id: str | None
    member: str | None
    raw_removed_at: datetime | None
    records_id: str | None
    complete: bool


def listing(project: Project, task: str) -> list[PastImport]:
    """The imports of a task, newest first."""
    stands = {manifest.artifact_id for manifest in artifacts.listing(project, "records", task)}
    found = artifacts.listing(project, "imports", task)
    return [_past(manifest, stands) for manifest in reversed(found)]


def rejects(project: Project, task: str, import_id: str, limit: int = 200) -> list[Reject]:
    """The first rejected rows of an import, in the file's order. Raises NotFound for an unknown import."""
    artifacts.load(project, "imports", task, import_id)
    rows = views.rows(
        project,
        "SELECT row_number, reason, row FROM rejects WHERE artifact = ? ORDER BY row_number LIMIT ?",
        (import_id, limit),
        task=task,
    )
    return [Reject(**row) for row in rows]


def _past(manifest: Manifest, stands: set[str]) -> PastImport:
    facts = manifest.facts
    return PastImport(
        import_id=manifest.artifact_id,
        imported_at=manifest.created_at,
        file=facts["file"],
        source=facts["source"],
        imported_by=facts["imported_by"],
        read=facts["read"],
        new=facts["new"],
        known=facts["known"],
        rejected=facts["rejected"],
        held_out=facts["held_out"],
        masked={kind: number for kind, number in facts["changed"].items() if kind != "cleaned"},
        terms=Terms(**facts.get("terms", {})),
        source_id=facts.get("source_id"),
        member=facts.get("member"),
        raw_removed_at=None,
        records_id=facts["records_id"],
        complete=facts["records_id"] is None or facts["records_id"] in stands,
    )
