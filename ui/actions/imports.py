"""Imports: bringing rows in, and the sources that are kept to bring in more."""

from __future__ import annotations

from pathlib import Path

from curation import imports, sources, tasks
from curation.imports import ColumnMapping, ImportResult, Terms
from curation.imports import mapping as mapping_rules
from curation.sources import Location, Source
from storage.jobs import Job
from storage.keeping import raw_rows
from storage.project import Project
from ui.actions.registry import action, note
from ui.sign_in import Person


@action("import.start", "run")
def start_import(
    project: Project,
    by: Person,
    task: str,
    path: Path,
    mapping: ColumnMapping,
    *,
    source: str,
    terms: Terms | None = None,
    member: str | None = None,
    as_table: bool = False,
) -> Job:
    """Start the import of a file, as a job; its mapping is proposed again for columns of these names."""
    columns = _columns(project, path, member, as_table)
    job = imports.start(
        project, task, path, mapping, source=source, imported_by=by.username, terms=terms or Terms(),
        member=member, as_table=as_table,
    )  # fmt: skip
    sources.remember(project, task, columns, mapping, by.username)
    note(project, by, "import.start", task, file=source, job=job.job_id)
    return job


@action("import.run", "run")
def run_import(
    project: Project,
    by: Person,
    task: str,
    path: Path,
    mapping: ColumnMapping,
    *,
    source: str,
    terms: Terms | None = None,
    member: str | None = None,
    as_table: bool = False,
) -> ImportResult:
    """Import a file now, and wait for it; its mapping is proposed again for columns of these names."""
    columns = _columns(project, path, member, as_table)
    result = imports.import_file(
        project, task, path, mapping, source=source, imported_by=by.username, terms=terms or Terms(),
        member=member, as_table=as_table,
    )  # fmt: skip
    sources.remember(project, task, columns, mapping, by.username)
    note(project, by, "import.run", task, file=source, rows=result.read, new=result.new)
    return result


@action("import.fetch", "run")
def start_fetch(project: Project, by: Person, task: str, address: str) -> Job:
    """Start fetching an address, as a job, so that it can be looked at."""
    job = sources.fetch(project, task, address, by.username)
    note(project, by, "import.fetch", task, address=sources.located(address).shown, job=job.job_id)
    return job


@action("import.bring", "run")
def bring(project: Project, by: Person, task: str, location: Location) -> Path:
    """The file at a location, an address fetched now; `discard` removes the copy of it."""
    path = sources.bring(project, location)
    if location.kind == "address":
        note(project, by, "import.bring", task, address=location.shown)
    return path


@action("import.discard", "run")
def discard(project: Project, by: Person, location: Location) -> None:
    """Remove the copy that was fetched of an address."""
    sources.discard(project, location)


@action("import.delete_raw", "run")
def delete_raw(project: Project, by: Person, task: str, import_id: str) -> None:
    """Delete the raw rows, rejects and examples of an import for good; its records and counts stay."""
    raw_rows.delete(project, task, import_id, by=by.username, why="an admin asked")


@action("source.save", "run")
def save_source(
    project: Project,
    by: Person,
    task: str,
    name: str,
    location: Location,
    path: Path,
    mapping: ColumnMapping,
    *,
    terms: Terms | None = None,
    member: str | None = None,
    as_table: bool = False,
) -> Source:
    """Keep where rows come from under a name, one of that name is changed; `path` is what lies there now."""
    columns = _columns(project, path, member, as_table)
    mapping_rules.check(tasks.get(project, task), mapping, columns)
    saved = sources.save(
        project, task, name, location, mapping, by=by.username, terms=terms, member=member, as_table=as_table
    )
    sources.remember(project, task, columns, mapping, by.username)
    note(project, by, "source.save", task, source=saved.name, at=location.shown, revision=saved.revision)
    return saved


@action("source.refresh", "run")
def start_refresh(project: Project, by: Person, source_id: str, *, brought: Path | None = None) -> Job:
    """Start bringing in what is new at a source, as a job; `brought` is a copy that is here already."""
    job = sources.start(project, source_id, by.username, brought=brought)
    note(project, by, "source.refresh", str(job.task), source=source_id, job=job.job_id)
    return job


@action("source.refresh_now", "run")
def refresh_now(project: Project, by: Person, source_id: str, *, brought: Path | None = None) -> ImportResult:
    """Bring in what is new at a source, and wait for it."""
    task = sources.get(project, source_id).task
    result = sources.refresh(project, source_id, by.username, brought=brought)
    note(project, by, "source.refresh_now", task, source=source_id, rows=result.read, new=result.new)
    return result


@action("source.rename", "run")
def rename_source(project: Project, by: Person, source_id: str, name: str, *, based_on: int) -> Source:
    """Give a source another name."""
    before = sources.get(project, source_id)
    renamed = sources.rename(project, source_id, name, based_on=based_on)
    note(project, by, "source.rename", renamed.task, source=renamed.name, was=before.name)
    return renamed


@action("source.forget", "run")
def forget_source(project: Project, by: Person, source_id: str) -> Source:
    """Forget a source; its records stay."""
    stood = sources.forget(project, source_id)
    note(project, by, "source.forget", stood.task, source=stood.name)
    return stood


def _columns(project: Project, path: Path, member: str | None, as_table: bool) -> tuple[str, ...]:
    limits = imports.limits_of(project)
    return imports.preview(path, member=member, as_table=as_table, limits=limits).columns
