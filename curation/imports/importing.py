"""The import itself: one pass over the file, then the ledger, then the artifacts.

Ledger first: a kill in between leaves held-out entries without records, which mean nothing, and
never records that nobody knows are held out. Importing again finishes the work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path

import orjson
from sqlalchemy.dialects.postgresql import insert

from curation import tasks
from curation.imports import mapping as mapping_rules
from curation.imports.files import OpenedFile, Reject, Row, open_file
from curation.imports.mapping import ColumnMapping
from curation.imports.records import Record, RecordMaker
from curation.imports.terms import Terms
from curation.tasks import Task
from storage import artifacts, database, locks
from storage.artifacts import Draft
from storage.database import tables
from storage.errors import InvalidInput
from storage.identifiers import new_id
from storage.project import Project
from storage.rows_writer import RowsWriter

Progress = Callable[[int], None]
"""Called now and then with the number of rows read."""


@dataclass(frozen=True)
class ImportResult:
    """What an import did, in rows. `records_id` is None when it brought no new record.

    `known` rows have the inputs of a record that stood before, or of an earlier row of this file
    (`repeated` of them). `held_out` counts new records. `again` says that the very same import
    had been made before: `import_id` is the earlier one's and nothing was written.
    """

    import_id: str
    records_id: str | None
    read: int
    new: int
    known: int
    rejected: int
    held_out: int
    repeated: int = 0
    again: bool = False


@dataclass(frozen=True)
class _Wanted:
    """What is to be imported, and on whose word."""

    project: Project
    task: Task
    file: OpenedFile
    mapping: ColumnMapping
    source: str
    imported_by: str
    sha256: str
    terms: Terms
    source_id: str | None


@dataclass
class _Counts:
    read: int = 0
    new: int = 0
    known: int = 0
    repeated: int = 0
    rejected: int = 0
    held_out: list[str] = field(default_factory=list)


def import_file(
    project: Project,
    task_name: str,
    path: Path,
    mapping: ColumnMapping,
    *,
    source: str = "",
    imported_by: str = "",
    terms: Terms | None = None,
    member: str | None = None,
    as_table: bool = False,
    source_id: str | None = None,
    progress: Progress | None = None,
) -> ImportResult:
    """Import a CSV, JSONL or Parquet file into a task. Importing again changes nothing.

    Raises InvalidInput for a file or mapping that cannot be used as a whole (rows that cannot are
    kept as rejects), NotFound for an unknown task, DiskFull. Nothing is published then.
    """
    task = tasks.get(project, task_name)
    opened = open_file(path, member=member, as_table=as_table)
    mapping_rules.check(task, mapping, opened.columns)
    wanted = _Wanted(
        project, task, opened, mapping, source or path.name, imported_by,
        artifacts.sha256_of(path) if path.is_file() else "", terms or Terms(), source_id,
    )  # fmt: skip
    with database.engine(project).begin() as connection:
        locks.hold(connection, f"import/{task_name}")
        return _imported(wanted, progress or (lambda read: None))


def _imported(wanted: _Wanted, progress: Progress) -> ImportResult:
    import_id, records_id = new_id("imp"), new_id("rec")
    maker = RecordMaker(wanted.task, wanted.mapping)
    with ExitStack() as stack:
        importing = stack.enter_context(
            artifacts.draft(wanted.project, "imports", wanted.task.name, import_id)
        )
        recording = stack.enter_context(
            artifacts.draft(wanted.project, "records", wanted.task.name, records_id)
        )
        counts = _written(wanted, maker, importing, recording, progress)
        if counts.read == 0:
            raise InvalidInput(
                f"{wanted.file.path.name} has column names and no rows.", next_step="Choose another file."
            )
        result = ImportResult(
            import_id, records_id if counts.new else None, counts.read, counts.new, counts.known,
            counts.rejected, len(counts.held_out), counts.repeated,
        )  # fmt: skip
        earlier = _earlier(wanted) if counts.new == 0 else None
        if earlier is not None:
            return ImportResult(earlier, None, counts.read, 0, counts.known, counts.rejected, 0,
                                counts.repeated, again=True)  # fmt: skip
        _enter_in_ledger(wanted, import_id, counts.held_out)
        _publish(wanted, maker, result, importing, recording)
        return result


def _written(
    wanted: _Wanted, maker: RecordMaker, importing: Draft, recording: Draft, progress: Progress
) -> _Counts:
    counts = _Counts()
    before = known_ids(wanted.project, wanted.task.name)
    seen: set[str] = set()
    with (
        RowsWriter(importing, "raw.parquet", "raw") as raw,
        RowsWriter(importing, "rejects.parquet", "rejects") as rejects,
        RowsWriter(recording, "records.parquet", "records") as records,
    ):
        for row in wanted.file.rows():
            counts.read += 1
            if counts.read % 1_000 == 0:
                progress(counts.read)
            made = _kept_raw(row, raw, maker)
            if isinstance(made, Reject):
                counts.rejected += 1
                rejects.add(vars(made))
            elif made.record_id in before or made.record_id in seen:
                counts.known += 1
                counts.repeated += made.record_id in seen
            else:
                seen.add(made.record_id)
                counts.new += 1
                if made.held_out:
                    counts.held_out.append(made.record_id)
                records.add(made.columns(wanted.source))
    progress(counts.read)
    return counts


def _kept_raw(row: Row | Reject, raw: RowsWriter, maker: RecordMaker) -> Record | Reject:
    if isinstance(row, Reject):
        return row
    raw.add({"row_number": row.number, "row": orjson.dumps(row.values).decode()})
    return maker.made(row)


def known_ids(project: Project, task: str) -> set[str]:
    """The ids of every record the task has."""
    manifests = artifacts.listing(project, "records", task)
    columns = (
        artifacts.read_table(manifest, entry.name, ["record_id"])
        for manifest in manifests
        for entry in manifest.files
        if entry.schema == "records"
    )
    return {record_id for table in columns for record_id in table.column("record_id").to_pylist()}


def _enter_in_ledger(wanted: _Wanted, import_id: str, held_out: Iterable[str]) -> None:
    rows = [
        {"task": wanted.task.name, "record_id": record_id, "import_id": import_id} for record_id in held_out
    ]
    if not rows:
        return
    with database.engine(wanted.project).begin() as connection:
        connection.execute(insert(tables.held_out).on_conflict_do_nothing(), rows)


def _publish(
    wanted: _Wanted, maker: RecordMaker, result: ImportResult, importing: Draft, recording: Draft
) -> None:
    manifest = importing.publish(
        facts={
            "file": wanted.file.path.name,
            "format": wanted.file.format,
            "sha256": wanted.sha256,
            "size_bytes": wanted.file.path.stat().st_size,
            "mapping": wanted.mapping.canonical(),
            "task_revision": wanted.task.revision,
            "source": wanted.source,
            "imported_by": wanted.imported_by,
            "changed": dict(maker.changed),
            "records_id": result.records_id,
            "terms": asdict(wanted.terms),
            "source_id": wanted.source_id,
            **{name: getattr(result, name) for name in COUNTED},
        }
    )
    if result.new:
        recording.publish(inputs=[manifest.reference], facts={"import_id": result.import_id})


COUNTED = ("read", "new", "known", "repeated", "rejected", "held_out")


def _earlier(wanted: _Wanted) -> str | None:
    """The import that read the same bytes in the same way, if there is one."""
    same = {
        "sha256": wanted.sha256,
        "mapping": wanted.mapping.canonical(),
        "task_revision": wanted.task.revision,
    }
    for manifest in artifacts.listing(wanted.project, "imports", wanted.task.name):
        if all(manifest.facts.get(name) == value for name, value in same.items()):
            return manifest.artifact_id
    return None
