"""Refreshing a source: what lies there now is imported again, so that only what is new comes in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from curation import imports
from curation.imports import ImportResult
from curation.sources import bringing, storing
from curation.sources.source import Outcome, Source
from storage.errors import NotFound, UserError
from storage.project import Project

Progress = Callable[[int, str], None]
"""Called with the number of rows read so far, and what is being done."""


def refresh(
    project: Project,
    source_id: str,
    by: str,
    *,
    brought: Path | None = None,
    progress: Progress | None = None,
) -> ImportResult:
    """Import what a source holds now; `brought` is a copy of it that is here already.

    How it went is written down with the source. Raises NotFound for an unknown source and one that has
    vanished, and as `imports.import_file`.
    """
    source = storing.get(project, source_id)
    tell = progress or (lambda rows, what: None)
    try:
        path = brought or _brought(project, source, tell)
        result = imports.import_file(
            project, source.task, path, source.mapping, source=source.name, imported_by=by,
            terms=source.terms, member=source.member, as_table=source.as_table, source_id=source_id,
            progress=lambda rows: tell(rows, f"{rows:,} rows read"),
        )  # fmt: skip
    except UserError as fault:
        storing.settle(project, source_id, Outcome(fault=str(fault)), None)
        raise
    outcome = Outcome(result.read, result.new, result.known, result.rejected)
    storing.settle(project, source_id, outcome, result.import_id)
    if source.location.kind == "address":
        bringing.discard(project, source.location)
    return result


def _brought(project: Project, source: Source, tell: Progress) -> Path:
    try:
        return bringing.bring(
            project, source.location, source_id=source.source_id,
            progress=lambda size_bytes: tell(0, f"{size_bytes / 1e6:,.1f} MB fetched"),
        )  # fmt: skip
    except NotFound as fault:
        raise NotFound(f"The source {source.name!r} has vanished. {fault.what}",
                       next_step=fault.next_step) from fault  # fmt: skip
