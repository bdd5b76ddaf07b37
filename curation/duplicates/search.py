"""The search for duplicates over all records of a task: at once, or as a job."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from curation import tasks
from curation.duplicates import publishing
from curation.duplicates.clusters import Placed, searched
from curation.duplicates.findings import newest_search
from curation.duplicates.laying import text_of
from curation.duplicates.linking import Link
from storage import artifacts, jobs, schemas
from storage.artifacts import Manifest
from storage.errors import InvalidInput
from storage.jobs import Job, JobContext, JobOutcome
from storage.project import Project

THRESHOLD = 0.9


@dataclass(frozen=True)
class _Read:
    """The records of a task as the search reads them, pinned to the artifacts named in `inputs`."""

    inputs: tuple[str, ...]
    record_ids: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    held_out: list[bool] = field(default_factory=list)


def start(project: Project, task: str, created_by: str, *, threshold: float = THRESHOLD) -> Job:
    """Start a search. Raises NotFound for an unknown task, InvalidInput for one without records."""
    tasks.get(project, task)
    if not artifacts.listing(project, "records", task):
        raise _nothing_imported(task)
    return jobs.submit(
        project,
        kind="duplicates",
        function="curation.duplicates.search:run",
        args={"task": task, "threshold": threshold},
        title=f"Find duplicates in {task}",
        queue="cpu",
        task=task,
        created_by=created_by,
        lock=f"duplicates/{task}",
    )


def run(context: JobContext) -> JobOutcome:
    """The job; a second call starts the search anew, which leaves the same."""
    task = str(context.args["task"])
    context.progress(0, None, "comparing")
    manifest = search(context.project, task, threshold=float(context.args["threshold"]))
    return JobOutcome(artifact=manifest.reference, summary=dict(manifest.facts))


def search(project: Project, task: str, *, threshold: float = THRESHOLD) -> Manifest:
    """Search now, and publish what was found, with people's rulings laid over it.

    The newest search stands if nothing changed since.

    Raises InvalidInput for a task without records, or a threshold outside 0.7-1.
    """
    read = _read(project, task)
    if not read.record_ids:
        raise _nothing_imported(task)
    newest = newest_search(project, task)
    if newest and newest.inputs == read.inputs and newest.facts["threshold"] == threshold:
        return publishing.brought_up_to_date(project, task, newest)
    found = searched(read.texts, threshold=threshold)
    clusters = schemas.from_rows(_rows(read, found.placed), "duplicates")
    facts = {"threshold": threshold, "held_out": sum(read.held_out)}
    return publishing.publish(
        project, task, clusters, _links(read, found.links), inputs=read.inputs, facts=facts
    )


def _read(project: Project, task: str) -> _Read:
    """The records, earlier imports first; within one by id, so that a file's order does not matter."""
    columns = tasks.get(project, task).input_columns
    manifests = artifacts.listing(project, "records", task)
    read = _Read(tuple(manifest.reference for manifest in manifests))
    wanted = ["record_id", "inputs", "held_out"]
    for manifest in manifests:
        for entry in manifest.files:
            table = artifacts.read_table(manifest, entry.name, wanted).sort_by("record_id")
            read.record_ids.extend(table.column("record_id").to_pylist())
            read.held_out.extend(table.column("held_out").to_pylist())
            read.texts.extend(text_of(inputs, columns) for inputs in table.column("inputs").to_pylist())
    return read


def _rows(read: _Read, placed: list[Placed]) -> list[dict[str, object]]:
    touched = {where.cluster for where, held_out in zip(placed, read.held_out, strict=True) if held_out}
    return [
        {
            "record_id": read.record_ids[position],
            "cluster": where.cluster,
            "keeper": where.keeper == position,
            "similarity": where.similarity,
            "match": "keeper" if where.keeper == position else "exact" if where.exact else "near",
            "held_out": where.cluster in touched,
        }
        for position, where in enumerate(placed)
    ]


def _links(read: _Read, links: Sequence[Link]) -> pa.Table:
    held_out = {number for position, number in links if read.held_out[position]}
    ids = pa.array([read.record_ids[position] for position, _ in links], pa.string())
    numbers = pa.array([number for _, number in links], pa.int64())
    beside = pa.array([number in held_out for _, number in links], pa.bool_())
    return schemas.conformed(
        pa.table({"record_id": ids, "link": numbers, "held_out": beside}), "duplicate_links"
    )


def _nothing_imported(task: str) -> InvalidInput:
    return InvalidInput(f"Task {task!r} has no records yet.", next_step="Import a file first.")
