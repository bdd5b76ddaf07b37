"""Rows of a Parquet file: those to be dropped, and cells of others in which a text is masked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from storage.erasing.needles import NONE, Needles

_BATCH_ROWS = 4096
Mend = Callable[[pa.Table, pa.Table], pa.Table]
"""From the table as it was and what is left of it to what is written."""


@dataclass(frozen=True)
class Wanted:
    """What of a table has to go: rows of these records, rows of these numbers, and the texts.

    A row that has a text in some cell is dropped too where `with_text_goes`; else the text is masked.
    """

    record_ids: frozenset[str] = frozenset()
    row_numbers: frozenset[int] = frozenset()
    needles: Needles = NONE
    with_text_goes: bool = False


@dataclass(frozen=True)
class Touched:
    """Rows that are dropped, and others in which something is masked."""

    dropped: int = 0
    masked: int = 0

    def __bool__(self) -> bool:
        return bool(self.dropped or self.masked)

    def __add__(self, other: Touched) -> Touched:
        return Touched(self.dropped + other.dropped, self.masked + other.masked)


def look(path: Path, wanted: Wanted) -> Touched:
    """What `rewritten` would do to a file. Raises pa.ArrowInvalid for what is no Parquet file."""
    found = Touched()
    for batch in _batches(path):
        drop, mentions = _judged(batch, wanted)
        found += Touched(_count(drop), _count(mentions))
    return found


def rewritten(source: Path, target: Path, wanted: Wanted, mend: Mend | None = None) -> Touched:
    """Write what is left of `source` to `target`, compressed with zstd, the columns as they are.

    With `mend` the whole table is read at once; else batch by batch.
    """
    found = Touched()
    with pq.ParquetFile(source) as file:
        schema = file.schema_arrow
    if mend is not None:
        before = pq.read_table(source)
        parts = []
        for batch in before.to_batches(max_chunksize=_BATCH_ROWS):
            left, touched = _left(batch, wanted)
            parts.append(left)
            found += touched
        after = pa.Table.from_batches(parts, schema=before.schema)
        pq.write_table(mend(before, after) if found.dropped else after, target, compression="zstd")
        return found
    with pq.ParquetWriter(target, schema, compression="zstd") as writer:
        for batch in _batches(source):
            left, touched = _left(batch, wanted)
            if left.num_rows:
                writer.write_batch(left)
            found += touched
    return found


def _batches(path: Path) -> Iterator[pa.RecordBatch]:
    with pq.ParquetFile(path) as file:
        yield from file.iter_batches(batch_size=_BATCH_ROWS, use_threads=False)


def _left(batch: pa.RecordBatch, wanted: Wanted) -> tuple[pa.RecordBatch, Touched]:
    drop, mentions = _judged(batch, wanted)
    dropped, masked = _count(drop), _count(mentions)
    if masked:
        columns = [_masked(column, mentions, wanted.needles) for column in batch.columns]
        batch = pa.RecordBatch.from_arrays(columns, schema=batch.schema)
    return (batch.filter(pc.invert(drop)) if dropped else batch), Touched(dropped, masked)


def _judged(batch: pa.RecordBatch, wanted: Wanted) -> tuple[pa.Array, pa.Array]:
    """Which rows go, and which of the others mention a text."""
    drop = pa.array([False] * batch.num_rows, type=pa.bool_())
    for name, values in (("record_id", wanted.record_ids), ("row_number", wanted.row_numbers)):
        if values and name in batch.schema.names:
            column = batch.column(name)
            drop = pc.or_(drop, pc.is_in(column, value_set=pa.array(sorted(values), type=column.type)))
    mentions = mentioning(batch, wanted.needles)
    if wanted.with_text_goes:
        return pc.or_(drop, mentions), pa.array([False] * batch.num_rows, type=pa.bool_())
    return drop, pc.and_not(mentions, drop)


def mentioning(batch: pa.RecordBatch, needles: Needles) -> pa.Array:
    """Which rows have one of the texts in any cell, within lists and structures too."""
    found = [False] * batch.num_rows
    for column in batch.columns if needles.texts else ():
        for place in suspects(column, needles):
            found[place] = found[place] or _holds(column[place].as_py(), needles)
    return pa.array(found, type=pa.bool_())


def suspects(column: pa.Array, needles: Needles) -> list[int]:
    """The places where a text may stand: those that a sieve lets through, all in a column that is no text."""
    kind = column.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        hits = pa.array([False] * len(column), type=pa.bool_())
        for sieve in needles.sieves:
            hits = pc.or_(hits, pc.fill_null(pc.match_substring_regex(column, sieve), False))
        return [int(place) for place in pc.indices_nonzero(hits).to_pylist()]
    if pa.types.is_list(kind) and pa.types.is_string(kind.value_type):
        if not suspects(pc.list_flatten(column), needles):
            return []
    elif not (pa.types.is_nested(kind) or pa.types.is_dictionary(kind) or pa.types.is_binary(kind)):
        return []
    return list(range(len(column)))


def _holds(value: object, needles: Needles) -> bool:
    if isinstance(value, str):
        return needles.found_in(value)
    if isinstance(value, bytes):
        return needles.found_in(value.decode("utf-8", "replace"))
    if isinstance(value, dict):
        return any(_holds(each, needles) for pair in value.items() for each in pair)
    if isinstance(value, list):
        return any(_holds(each, needles) for each in value)
    return False


def _masked(column: pa.Array, rows: pa.Array, needles: Needles) -> pa.Array:
    places = [place for place in suspects(column, needles) if rows[place].as_py()]
    if not places:
        return column
    values = column.to_pylist()
    for place in places:
        value = values[place]
        if isinstance(value, bytes):
            if _holds(value, needles):
                values[place] = b""
        else:
            values[place] = needles.masked_value(value)
    return pa.array(values, type=column.type)


def _count(true: pa.Array) -> int:
    return int(pc.sum(true).as_py() or 0)
