"""What was imported before, and what was rejected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from curation.imports.files import Reject
from curation.imports.terms import Terms
from storage import artifacts, views
from storage.artifacts import Manifest
from storage.keeping import removed_files
from storage.project import Project


@dataclass(frozen=True)
class PastImport:
    """One import: which file, by whom, and what came of its rows.

    `masked` counts the identifiers that were replaced, by kind. `raw_removed_at` says since when its raw
    rows and rejects are gone, if they are. `complete` is False where a kill came between the import and
    its records: importing the file again brings them.
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
    shape: str
    raw_removed_at: datetime | None
    records_id: str | None
    complete: bool

    @property
    def emails_masked(self) -> int:
        """E-mail addresses that were replaced."""
        return self.masked.get("email", 0)

    @property
    def phones_masked(self) -> int:
        """Telephone numbers that were replaced."""
        return self.masked.get("phone", 0)


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
        masked=_masked(manifest),
        terms=Terms(**facts.get("terms", {})),
        source_id=facts.get("source_id"),
        member=facts.get("member"),
        shape=facts.get("shape", "table"),
        raw_removed_at=removed_files.removed_at(manifest),
        records_id=facts["records_id"],
        complete=facts["records_id"] is None or facts["records_id"] in stands,
    )


def _masked(manifest: Manifest) -> Mapping[str, int]:
    """What was replaced, by kind; releases before 0.2 counted two kinds, under names of their own."""
    facts = manifest.facts
    if "prepared" in facts:
        return dict(facts["prepared"]["redaction"]["replaced"])
    return {"email": facts["changed"].get("emails", 0), "phone": facts["changed"].get("phones", 0)}
