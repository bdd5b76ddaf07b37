"""The import as a job, for files that take longer than a page may wait."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from curation import tasks
from curation.imports import mapping as mapping_rules
from curation.imports.files import open_file
from curation.imports.importing import NOTHING_SAID, import_file
from curation.imports.limits import limits_of
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
    terms: Terms = NOTHING_SAID,
    member: str | None = None,
    as_table: bool = False,
    source_id: str | None = None,
) -> Job:
    """Start importing a file. Raises InvalidInput at once for a file or mapping of no use."""
    opened = open_file(path, member=member, as_table=as_table, limits=limits_of(project))
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
            "terms": asdict(terms),
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
    args = context.args
    result = import_file(
        context.project,
        str(args["task"]),
        Path(str(args["path"])),
        ColumnMapping.model_validate(args["mapping"]),
        source=str(args["source"]),
        imported_by=str(args["imported_by"]),
        terms=Terms(**args.get("terms", {})),
        member=args.get("member"),
        as_table=bool(args.get("as_table", False)),
        source_id=args.get("source_id"),
        progress=lambda read: context.progress(read, None, f"{read:,} rows read"),
    )
    return JobOutcome(artifact=f"imports/{result.import_id}", summary=asdict(result))
