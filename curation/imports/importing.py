"""The import itself: the file read once, then the ledger, then the artifacts.

Ledger first: a kill in between leaves held-out entries without records, which mean nothing, and
never records that nobody knows are held out. Importing again finishes the work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, literal, select
from sqlalchemy.dialects.postgresql import insert

from curation import preparing, tasks
from curation.erased import refused
from curation.imports import mapping as mapping_rules
from curation.imports.files import Batch, reading
from curation.imports.hashing import content_of
from curation.imports.known_ids import known_ids
from curation.imports.limits import limits_of
from curation.imports.making import RecordMaker
from curation.imports.mapping import ColumnMapping
from curation.imports.terms import Terms
from curation.imports.wanted import Wanted, made_before
from curation.imports.writing import Counts, ImportFiles, write
from curation.preparing import Preparer, uncertain_rulings
from storage import artifacts, database, locks
from storage.artifacts import Manifest
from storage.database import tables
from storage.errors import InvalidInput
from storage.identifiers import new_id
from storage.project import Project

Progress = Callable[[int], None]
"""Called now and then with the number of rows read."""

NOTHING_SAID = Terms()
_ENTERED_AT_ONCE = 10_000


@dataclass(frozen=True)
class ImportResult:
    """What an import did, in rows. `records_id` is None when it brought no new record.

    `known` rows have the inputs of a record that stood before, or of an earlier row of this file
    (`repeated` of them). `held_out` counts new records. `again` says that the very same import
    had been made before and stands: `import_id` is the earlier one's and nothing was read or written.
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


def import_file(
    project: Project,
    task_name: str,
    path: Path,
    mapping: ColumnMapping,
    *,
    source: str = "",
    imported_by: str = "",
    terms: Terms = NOTHING_SAID,
    member: str | None = None,
    as_table: bool = False,
    source_id: str | None = None,
    progress: Progress | None = None,
) -> ImportResult:
    """Import a file or folder into a task. The same bytes, mapped and prepared the same way, change nothing.

    `member` and `as_table` are as in `open_file`; `source_id` names the saved source it is from. Raises
    InvalidInput for a file or mapping that cannot be used as a whole (rows that cannot are kept as
    rejects), NotFound for an unknown task, DiskFull. Nothing is published then.
    """
    task = tasks.get(project, task_name)
    with (
        reading(path, member=member, as_table=as_table, limits=limits_of(project)) as process,
        database.engine(project).begin() as connection,
    ):
        content = content_of(path)  # while the process that reads starts
        opened = process.file
        mapping_rules.check(task, mapping, opened.columns)
        locks.hold(connection, f"import/{task_name}")
        wanted = Wanted(
            project, task, opened, mapping, content, source or path.name, source_id, imported_by, terms,
            preparing.of(project, task_name), uncertain_rulings.rulings(project, task_name),
        )  # fmt: skip
        preparer = wanted.preparer()
        before = made_before(wanted, preparer.model)
        if before:
            return _again(before)
        with process.batches() as batches:
            return _imported(wanted, batches, preparer, progress or (lambda read: None))


def _again(before: Manifest) -> ImportResult:
    """What an import would have said that was made already: no row is new."""
    facts = before.facts
    return ImportResult(
        before.artifact_id, None, facts["read"], 0, facts["new"] + facts["known"], facts["rejected"], 0,
        again=True,
    )  # fmt: skip


def _imported(
    wanted: Wanted, batches: Iterable[Sequence[Batch]], preparer: Preparer, progress: Progress
) -> ImportResult:
    import_id, records_id = new_id("imp"), new_id("rec")
    maker = RecordMaker(wanted.task, wanted.mapping, preparer, refused(wanted.project))
    if preparer.looks_first:
        for batch in wanted.file.batches():
            maker.look_at(batch)
            progress(0)
    with (
        artifacts.draft(wanted.project, "imports", wanted.task.name, import_id) as importing,
        artifacts.draft(wanted.project, "records", wanted.task.name, records_id) as recording,
    ):
        known = known_ids(wanted.project, wanted.task.name)
        counts = Counts()
        with ImportFiles(importing, recording, wanted.source) as files:
            for counts in write(batches, maker, known, files):
                progress(counts.read)
            files.add_examples(preparer.report)
            files.flush()
        if counts.read == 0:
            raise InvalidInput(
                f"{wanted.file.path.name} has column names and no rows.", next_step="Choose another file."
            )
        result = ImportResult(
            import_id, records_id if counts.new else None, counts.read, counts.new, counts.known,
            counts.rejected, len(counts.held_out), counts.repeated,
        )  # fmt: skip
        counted = {name: getattr(result, name) for name in ("records_id", *COUNTED)}
        facts = {**wanted.facts(preparer), "prepared": preparer.report.facts(), **counted}
        manifest = importing.seal(facts=facts)
        if result.new:
            recording.seal(inputs=[manifest.reference], facts={"import_id": import_id})
        _enter_in_ledger(wanted, import_id, counts.held_out)
        importing.publish()
        if result.new:
            recording.publish()
    return result


def _enter_in_ledger(wanted: Wanted, import_id: str, held_out: Sequence[str]) -> None:
    """Write down which records are held out, ten thousand at a time, all or none."""
    with database.engine(wanted.project).begin() as connection:
        for start in range(0, len(held_out), _ENTERED_AT_ONCE):
            ids = func.string_to_array(" ".join(held_out[start : start + _ENTERED_AT_ONCE]), " ")
            rows = select(literal(wanted.task.name), func.unnest(ids), literal(import_id))
            entered = insert(tables.held_out).from_select(["task", "record_id", "import_id"], rows)
            connection.execute(entered.on_conflict_do_nothing())


COUNTED = ("read", "new", "known", "repeated", "rejected", "held_out")
