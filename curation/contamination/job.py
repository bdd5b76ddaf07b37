"""The check for contamination: at once, or as a job. What it found is kept as an artifact."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from curation import tasks
from curation.contamination import benchmark, subjects
from curation.contamination.benchmark import KEPT_CHARACTERS, Benchmark
from curation.contamination.comparing import THRESHOLD, Match, Progress, compare
from curation.contamination.subjects import Subject
from storage import artifacts, jobs, schemas
from storage.artifacts import Manifest
from storage.errors import InvalidInput
from storage.identifiers import new_id
from storage.jobs import Job, JobContext, JobOutcome
from storage.project import Project

KIND, PAIRS, SCHEMA = "contaminations", "pairs.parquet", "contaminations"
COUNTED = ("records", "rows", "exact", "near", "passage", "sharing")


def start(
    project: Project,
    task: str,
    path: Path,
    columns: Sequence[str],
    *,
    created_by: str = "",
    name: str = "",
    member: str | None = None,
    version: str | None = None,
    threshold: float = THRESHOLD,
) -> Job:
    """Start holding a task's records, or a dataset version, against a file. `name` is what pages call it.

    Raises NotFound for an unknown task or version; InvalidInput for a task without records, and at once for
    a file or column of no use.
    """
    tasks.get(project, task)
    if not artifacts.listing(project, "records", task):
        raise InvalidInput(f"Task {task!r} has no records yet.", next_step="Import a file first.")
    known = benchmark.preview_columns(path, member)
    absent = [column for column in columns if column not in known]
    if absent or not columns:
        raise InvalidInput(
            f"{path.name} has no column {absent[0]!r}." if absent else "No column was chosen.",
            next_step=f"It has {', '.join(known)}.",
        )
    return jobs.submit(
        project,
        kind="contamination",
        function="curation.contamination.job:run",
        args={
            "task": task, "path": str(path.resolve()), "columns": list(columns), "name": name or path.name,
            "member": member, "version": version, "threshold": threshold,
        },
        title=f"Look for {name or path.name} in {version or task}",
        queue="cpu",
        task=task,
        created_by=created_by,
        lock=f"contamination/{task}",
    )  # fmt: skip


def run(context: JobContext) -> JobOutcome:
    """The job; a second call compares anew."""
    args = context.args
    context.progress(0, None, "reading the file")
    manifest = check(
        context.project, str(args["task"]), Path(str(args["path"])), list(args["columns"]),
        name=str(args["name"]), member=args["member"], version=args["version"],
        threshold=float(args["threshold"]), progress=context.progress,
    )  # fmt: skip
    return JobOutcome(manifest.reference, {name: manifest.facts[name] for name in COUNTED})


def check(
    project: Project,
    task: str,
    path: Path,
    columns: Sequence[str],
    *,
    name: str = "",
    member: str | None = None,
    version: str | None = None,
    threshold: float = THRESHOLD,
    progress: Progress | None = None,
) -> Manifest:
    """Hold the task's records, or a dataset version, against a file now, and publish what was found."""
    file = benchmark.read(project, task, path, columns, member=member)
    subject = subjects.read(project, task, tasks.get(project, task).input_columns, version)
    compared = compare(subject.texts, file.texts, threshold=threshold, progress=progress)
    best = _by_record(compared.matches, subject)
    counts = {
        kind: sum(match.match == kind for match in best.values()) for kind in ("exact", "near", "passage")
    }
    rows = [_row(record_id, match, subject, file) for record_id, match in best.items()]
    with artifacts.draft(project, KIND, task, new_id("ctm")) as draft:
        draft.write_table(PAIRS, schemas.from_rows(rows, SCHEMA), SCHEMA)
        return draft.publish(
            inputs=subject.inputs,
            facts={
                "name": name or path.name, "sha256": artifacts.sha256_of(path) if path.is_file() else "",
                "columns": list(columns), "member": member, "version": version, "threshold": threshold,
                "records": subject.records, "rows": len(file.texts), "rejected": file.rejected,
                "sharing": compared.sharing, **counts,
            },
        )  # fmt: skip


def _by_record(matches: Sequence[Match], subject: Subject) -> dict[str, Match]:
    """The strongest match of each record, whichever of its texts it is of; exact ones first."""
    order = {"exact": 0, "near": 1, "passage": 2}
    found: dict[str, Match] = {}
    for match in sorted(matches, key=lambda each: (order[each.match], -each.similarity, each.place)):
        found.setdefault(subject.record_ids[match.place], match)
    return found


def _row(record_id: str, match: Match, subject: Subject, file: Benchmark) -> dict[str, object]:
    return {
        "record_id": record_id, "split": subject.splits.get(record_id), "match": match.match,
        "similarity": match.similarity, "row_number": file.numbers[match.row],
        "text": file.texts[match.row][:KEPT_CHARACTERS], "passage": match.passage or None,
    }  # fmt: skip
