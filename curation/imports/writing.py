"""An import's rows into its files: raw rows, rejects and examples for admins, records for everything else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from curation.imports.files import Batch
from curation.imports.known_ids import KnownIds
from curation.imports.making import Made, RecordMaker
from curation.preparing import Report
from storage import schemas
from storage.artifacts import Draft
from storage.rows_writer import RowsWriter
from storage.tables_writer import TablesWriter


@dataclass
class Counts:
    """Rows by what became of them; the ids of new records that are held out."""

    read: int = 0
    new: int = 0
    known: int = 0
    repeated: int = 0
    rejected: int = 0
    held_out: list[str] = field(default_factory=list)


class ImportFiles:
    """The files of an import and of its records, while they grow; named in the drafts when the block ends."""

    def __init__(self, importing: Draft, recording: Draft, source: str) -> None:
        self._stack = ExitStack()
        self._drafts = importing, recording
        self._source = source
        self._erased: frozenset[int] = frozenset()

    def __enter__(self) -> ImportFiles:
        importing, recording = self._drafts
        enter = self._stack.enter_context
        with ExitStack() as opening:
            opening.push(self._stack)
            self._raw = enter(TablesWriter(importing, "raw.parquet", "raw", unique={"row"}))
            self._rejects = enter(RowsWriter(importing, "rejects.parquet", "rejects"))
            self._steps = enter(RowsWriter(importing, "steps.parquet", "steps"))
            self._uncertain = enter(RowsWriter(importing, "uncertain.parquet", "uncertain"))
            unique = {"record_id", "inputs", "extras"}
            self._records = enter(TablesWriter(recording, "records.parquet", "records", unique=unique))
            opening.pop_all()
        return self

    def __exit__(self, *fault: Any) -> bool | None:
        return self._stack.__exit__(*fault)

    def add(self, batch: Batch, made: Made, counts: Counts, known: KnownIds) -> None:
        """Write what a batch became, each record once. Raises DiskFull."""
        rows = [pa.array(made.numbers, pa.int64()), made.raw]
        self._erased |= made.erased
        self._raw.add(pa.table(rows, schema=schemas.SCHEMAS["raw"]))
        for reject in made.rejects:
            self._rejects.add(vars(reject))
        before = known.repeated
        fresh = made.records.at(known.fresh(made.records.digests))
        if len(fresh.numbers):
            self._records.add(fresh.table(self._source))
        new = set(fresh.numbers) if made.uncertain else set()
        for asked in made.uncertain:
            if asked.row_number in new:
                self._uncertain.add(vars(asked))
        counts.read += len(batch.numbers) + len(batch.rejects)
        counts.rejected += len(made.rejects)
        counts.new += len(fresh.numbers)
        counts.known += len(made.records.numbers) - len(fresh.numbers)
        counts.repeated += known.repeated - before
        counts.held_out += fresh.held_out_ids()

    def flush(self) -> None:
        """Begin to write what waits: both large files at once. Raises DiskFull."""
        self._raw.flush()
        self._records.flush()

    def add_examples(self, report: Report) -> None:
        """Write what each step of cleaning did, by example."""
        for row in _examples(report):
            if row["row_number"] not in self._erased:
                self._steps.add(row)


def write(
    batches: Iterable[Sequence[Batch]], maker: RecordMaker, known: KnownIds, files: ImportFiles
) -> Iterator[Counts]:
    """Write all that the batches become, which come some at a time; gives the counts after each of them."""
    counts = Counts()
    for some in batches:
        for batch, made in zip(some, maker.made_of(some), strict=True):
            files.add(batch, made, counts, known)
            yield counts


def _examples(report: Report) -> Iterator[dict[str, Any]]:
    for step in report.cleaning.steps:
        for example in step.examples:
            yield {
                "step": step.step, "row_number": example.number, "column": example.column,
                "before": example.before, "after": example.after, "reason": example.reason,
            }  # fmt: skip
        for line in step.found_lines:
            yield {
                "step": step.step, "row_number": None, "column": "", "before": line.line, "after": "",
                "reason": f"It stands in {line.records:,} records.",
            }  # fmt: skip
