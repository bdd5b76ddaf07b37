"""The leakage report of a version that stands: found by a job, kept with the job, shown at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

import orjson
import pyarrow.parquet as pq
from pydantic import TypeAdapter

from curation import tasks
from curation.datasets.files import frozen
from curation.datasets.leakage import finding
from curation.datasets.leakage.finding import Columns, Crossing, Leakage
from curation.datasets.splits import SPLITS
from storage import artifacts, jobs, views
from storage.artifacts import Manifest
from storage.jobs import Job, JobContext, JobOutcome
from storage.project import Project

JOB_KIND = "leakage"
SHOWN = 100
"""So many crossings are kept one by one; all are counted."""


@dataclass(frozen=True)
class Report:
    """What was found in `version`: `counts` has the rows by how they cross, `shown` the first of them.

    `group_column` is the column whose values may not cross either, "" where there is none.
    """

    version: str
    rows: int
    near: float
    group_column: str
    counts: Mapping[str, int]
    shown: tuple[Crossing, ...]
    files: str
    at: datetime | None = None

    @property
    def found(self) -> int:
        """Rows that stand where they may not."""
        return sum(self.counts.values())


@dataclass(frozen=True)
class Texts:
    """Both rows of a crossing, as their records say."""

    crossing: Crossing
    row: str
    other: str


_STORED = TypeAdapter(Report)


def start(project: Project, task: str, version: str, created_by: str) -> Job:
    """Start looking for leaks in a version. Raises NotFound for an unknown one."""
    artifacts.load(project, "datasets", task, version)
    return jobs.submit(
        project,
        kind=JOB_KIND,
        function="curation.datasets.leakage.report:run",
        args={"task": task, "version": version},
        title=f"Look for leaks in {version} of {task}",
        queue="cpu",
        task=task,
        created_by=created_by,
        lock=f"leakage/{task}/{version}",
    )


def run(context: JobContext) -> JobOutcome:
    """The job; called again it looks again, and finds the same."""
    task, version = str(context.args["task"]), str(context.args["version"])
    context.progress(0, None, "comparing the splits")
    found = report(context.project, task, version)
    return JobOutcome(artifact=f"datasets/{version}", summary=_STORED.dump_python(found, mode="json"))


def report(project: Project, task: str, version: str) -> Report:
    """Look now: two minutes of CPU and 4.3 GB for a million rows of 250 characters."""
    manifest = artifacts.load(project, "datasets", task, version)
    near, column = _near(project, manifest), _group_column(manifest)
    found = finding.crossing_columns(_columns(project, manifest, column), near=near)
    return Report(
        version, found.rows, near, column, _counts(found), found.crossings[:SHOWN], _files(manifest)
    )


def newest(project: Project, task: str, version: str) -> Report | None:
    """What the last look found; None where nobody looked yet, or the version's rows were erased since."""
    manifest = artifacts.load(project, "datasets", task, version)
    for job in jobs.listing(project, task=task, limit=1_000):
        if job.kind == JOB_KIND and job.status == "succeeded" and job.args["version"] == version:
            found = _STORED.validate_python(job.summary)
            return replace(found, at=job.finished_at) if found.files == _files(manifest) else None
    return None


def texts(project: Project, task: str, shown: Sequence[Crossing], version: str) -> list[Texts]:
    """The rows of these crossings, with what their records say."""
    manifest = artifacts.load(project, "datasets", task, version)
    names = tasks.get(project, task).input_columns
    ids = sorted({name for each in shown for name in (each.record_id, each.other_id)})
    with frozen.opened(project, version=manifest) as connection:
        rows = frozen.of_records(connection, "version", "record_id, inputs, prompt", ids)
    said = {row["record_id"]: _said(row["inputs"], row["prompt"], names) for row in rows}
    return [Texts(each, said.get(each.record_id, ""), said.get(each.other_id, "")) for each in shown]


def as_json(found: Report) -> dict[str, Any]:
    """A report for programs."""
    return {**asdict(found), "found": found.found}


def _columns(project: Project, manifest: Manifest, group_column: str) -> Columns:
    names = tasks.get(project, manifest.task).input_columns
    ids: list[str] = []
    splits: list[str] = []
    clusters: list[int] = []
    said: list[str] = []
    for split in SPLITS:
        if f"{split}.parquet" not in {entry.name for entry in manifest.files}:
            continue
        file = pq.ParquetFile(manifest.path(f"{split}.parquet"))
        for batch in file.iter_batches(columns=["record_id", "split", "cluster", "inputs", "prompt"]):
            ids += batch.column("record_id").to_pylist()
            splits += batch.column("split").to_pylist()
            clusters += batch.column("cluster").to_pylist()
            both = zip(batch.column("inputs").to_pylist(), batch.column("prompt").to_pylist(), strict=True)
            said += [_said(inputs, prompt, names) for inputs, prompt in both]
    groups = _groups(project, manifest, group_column) if group_column else {}
    return Columns(ids, splits, clusters, said, [groups.get(name) for name in ids] if groups else ())


def _said(inputs: str | None, prompt: str | None, names: Sequence[str]) -> str:
    return finding.text_of(orjson.loads(inputs or "{}"), names) or prompt or ""


def _groups(project: Project, manifest: Manifest, column: str) -> dict[str, str]:
    """The value of the group column by record, from the records that the version was built from."""
    pinned = [ref.split("/", 1)[1] for ref in manifest.inputs if ref.startswith("records/")]
    pointer = "/" + column.replace("~", "~0").replace("/", "~1")
    with views.connect(project, manifest.task, only=("records",)) as connection:
        rows = views.answered(connection, _GROUPS, (pointer, pointer, column, pinned))
    return {row["record_id"]: row["value"] for row in rows if row["value"]}


_GROUPS = """
SELECT record_id, coalesce(
    json_extract_string(extras, ?), json_extract_string(inputs, ?), CASE WHEN ? = 'source' THEN source END
) AS value
FROM records WHERE artifact IN (SELECT unnest(?::VARCHAR[]))
"""


def _near(project: Project, manifest: Manifest) -> float:
    """The closeness from which the search for duplicates took two records for copies."""
    pinned = [ref.split("/", 1)[1] for ref in manifest.inputs if ref.startswith("duplicates/")]
    if not pinned:
        return finding.NEAR
    searched = artifacts.load(project, "duplicates", manifest.task, pinned[-1])
    return float(searched.facts.get("threshold", finding.NEAR))


def _group_column(manifest: Manifest) -> str:
    splits = (manifest.facts.get("definition") or {}).get("splits") or {}
    return str(splits.get("group_column") or "")


def _counts(found: Leakage) -> dict[str, int]:
    return {str(how): rows for how, rows in found.counts.items()}


def _files(manifest: Manifest) -> str:
    """What tells one content of a version from another: its rows may be erased."""
    return " ".join(entry.sha256[:12] for entry in manifest.files if entry.schema == "dataset_rows")
