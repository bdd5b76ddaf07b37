"""Fetching and refreshing as jobs: both may take longer than a page may wait."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from curation.sources import bringing, refreshing, storing
from curation.sources.locations import located
from storage import jobs
from storage.jobs import Job, JobContext, JobOutcome
from storage.project import Project


def start(project: Project, source_id: str, by: str, *, brought: Path | None = None) -> Job:
    """Start refreshing a source; `brought` is a copy of it that is here already. Raises NotFound."""
    source = storing.get(project, source_id)
    return jobs.submit(
        project,
        kind="refresh",
        function="curation.sources.job:run_refresh",
        args={"source_id": source_id, "by": by, "brought": str(brought) if brought else None},
        title=f"Refresh {source.name}",
        queue="cpu",
        task=source.task,
        created_by=by,
        lock=f"import/{source.task}",
    )


def fetch(project: Project, task: str, address: str, by: str) -> Job:
    """Start fetching an address, so that it can be looked at. Raises InvalidInput for one of no use."""
    location = located(address)
    return jobs.submit(
        project,
        kind="fetch",
        function="curation.sources.job:run_fetch",
        args={"address": location.where},
        title=f"Fetch {location.name}",
        queue="cpu",
        task=task,
        created_by=by,
        lock=f"fetch/{bringing.fetched_home(project, location).name}",
    )


def run_refresh(context: JobContext) -> JobOutcome:
    """The job. Called again after a kill it begins anew; what stood is known by then."""
    brought = context.args["brought"]
    copy = Path(str(brought)) if brought else None
    result = refreshing.refresh(
        context.project,
        str(context.args["source_id"]),
        str(context.args["by"]),
        brought=copy if copy is not None and copy.exists() else None,
        progress=lambda rows, what: context.progress(rows, None, what),
    )
    return JobOutcome(artifact=f"imports/{result.import_id}", summary=asdict(result))


def run_fetch(context: JobContext) -> JobOutcome:
    """The job. A fetch that was interrupted begins anew."""
    path = bringing.bring(
        context.project,
        located(str(context.args["address"])),
        progress=lambda size_bytes: context.progress(0, None, f"{size_bytes / 1e6:,.1f} MB fetched"),
    )
    return JobOutcome(summary={"name": path.name})
