"""The import as a job, for files that take longer than a page may wait."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from curation import tasks
from curation.imports import mapping as mapping_rules
from curation.imports.files import open_file
from curation.imports.importing import import_file
from curation.imports.mapping import ColumnMapping
from curation.imports.terms import Terms
from storage import jobs
from storage.jobs import Job, JobContext, JobOutcome
from storage.project import Project


def start(
    project: Project,
    task: str,
    path: Path,
    mapping: ColumnMapping,
    *,
    source: str = "",
    imported_by: str = "",
    terms: Terms | None = None,
    member: str | None = None,
    as_table: bool = False,
    source_id: str | None = None,
) -> Job:
    """Start importing a file. Raises InvalidInput at once for a file or mapping of no use."""
    opened = open_file(path, member=member, as_table=as_table)
    mapping_rules.check(tasks.get(project, task), mapping, opened.columns)
    return jobs.submit(
        project,
        kind="import",
        function="curation.imports.job:run",
        args={
            "task": task,
            "path": str(path.resolve()),
            "mapping": mapping.model_dump(mode="json"),
            "source": source,
            "imported_by": imported_by,
            "terms": asdict(terms or Terms()),
            "member": member,
            "as_table": as_table,
            "source_id": source_id,
        },
        title=f"Import {path.name} into {task}",
        queue="cpu",
        task=task,
        created_by=imported_by,
        lock=f"import/{task}",
    )


def run(context: JobContext) -> JobOutcome:
    """The job. Called again after a kill it reads the file again; what stood is known by then."""
    result = import_file(
        context.project,
        str(context.args["task"]),
        Path(str(context.args["path"])),
        ColumnMapping.model_validate(context.args["mapping"]),
        source=str(context.args["source"]),
        imported_by=str(context.args["imported_by"]),
        terms=Terms(**context.args["terms"]),
        member=context.args["member"],
        as_table=bool(context.args["as_table"]),
        source_id=context.args["source_id"],
        progress=lambda read: context.progress(read, None, f"{read:,} rows read"),
    )
    return JobOutcome(artifact=f"imports/{result.import_id}", summary=asdict(result))
