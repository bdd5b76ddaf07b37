"""What leaves the process that reads: Arrow batches of text within the limits, without NUL characters."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from curation.imports.reading import arrow_pieces
from curation.imports.reading.batches import Chunk, Reject, raw_text
from curation.imports.reading.json_objects import bytes_of, objects
from curation.imports.reading.limits import Budget, Limits


@dataclass(frozen=True)
class Portion:
    """A record batch (the numbers, each column's text, what else a row has as JSON) and rejects."""

    batch: Any
    rejects: list[Reject]


def schema(columns: tuple[str, ...], *, with_raw: bool = False) -> Any:
    """The schema of a Portion's batch: columns go by their place, since any text may be a name."""
    raw = [pa.field("raw", pa.string())] if with_raw else []
    texts = [pa.field(f"c{place}", pa.string()) for place in range(len(columns))]
    return pa.schema([pa.field("number", pa.int64()), *texts, pa.field("more", pa.string()), *raw])


def guarded(
    chunks: Iterator[Chunk], columns: tuple[str, ...], limits: Limits, budget: Budget
) -> Iterator[Portion]:
    """Chunks as portions of at most `batch_rows` rows and about `batch_bytes`. Raises InvalidInput."""
    wanted = schema(columns)
    for chunk in chunks:
        batch = _batch(chunk, columns, wanted)
        budget.spend(batch.nbytes)
        rejects = sorted(chunk.rejects, key=lambda reject: reject.row_number)
        faults = _faults(batch, columns, limits)
        if faults:
            rejects = sorted([*rejects, *_rejected(batch, columns, faults)], key=lambda one: one.row_number)
            kept = [place for place in range(batch.num_rows) if place not in faults]
            batch = batch.take(pa.array(kept, pa.int64()))
        yield from _portions(batch, rejects, limits)


def with_raw(portion: Portion, columns: tuple[str, ...]) -> Portion:
    """The portion with one more column: each row as it came, as a JSON object."""
    batch = portion.batch
    _, *texts, more = batch.columns
    if more.null_count == len(more) and not any(column.null_count for column in texts):
        raw = objects(dict(zip(columns, texts, strict=True)), batch.num_rows)
    else:
        raw = pa.array(_row_by_row(texts, more, columns), pa.string())
    return Portion(
        pa.RecordBatch.from_arrays([*batch.columns, raw], schema=schema(columns, with_raw=True)),
        portion.rejects,
    )


def _row_by_row(texts: Sequence[Any], more: Any, columns: tuple[str, ...]) -> list[bytes]:
    """The rows as JSON where some have fewer keys than others, or further ones."""
    rows = zip(*(column.to_pylist() for column in texts), strict=True)
    return [
        orjson.dumps({
            **{name: text for name, text in zip(columns, row, strict=True) if text is not None},
            **(orjson.loads(beyond) if beyond else {}),
        })
        for row, beyond in zip(rows, more.to_pylist(), strict=True)
    ]  # fmt: skip


def _portions(batch: Any, rejects: list[Reject], limits: Limits) -> Iterator[Portion]:
    numbers_end = batch.column(0)[-1].as_py() if batch.num_rows else None
    for piece in arrow_pieces.pieces(batch, limits):
        last = piece.column(0)[-1].as_py()
        end = bisect_right(rejects, last, key=lambda one: one.row_number)
        if last == numbers_end:
            end = len(rejects)
        yield Portion(piece, rejects[:end])
        rejects = rejects[end:]
    if rejects:
        yield Portion(batch.slice(0, 0), rejects)


def _batch(chunk: Chunk, columns: tuple[str, ...], wanted: Any) -> Any:
    rows = len(chunk.numbers)
    more = [None] * rows if not chunk.more else [_more(chunk, place) for place in range(rows)]
    texts = [_strings(chunk.columns[name]) for name in columns]
    numbers = pa.array(chunk.numbers, pa.int64())
    return pa.RecordBatch.from_arrays([numbers, *texts, pa.array(more, pa.string())], schema=wanted)


def _strings(column: Any) -> Any:
    return pa.array(column, pa.string()) if isinstance(column, list) else column


def _more(chunk: Chunk, place: int) -> str | None:
    found = chunk.more.get(place)
    return orjson.dumps(found).decode() if found else None


def _faults(batch: Any, columns: tuple[str, ...], limits: Limits) -> dict[int, str]:
    """{place: reason} of the rows that may not pass."""
    found: dict[int, str] = {}
    for name, texts in zip(columns, batch.columns[1:-1], strict=True):
        data = bytes_of(texts)
        if b"\0" in data:
            for place in pc.indices_nonzero(pc.match_substring(texts, "\0")).to_pylist():
                found.setdefault(place, f"Column {name!r} holds a NUL character.")
        if len(data) > limits.cell_chars:
            long = pc.greater(pc.utf8_length(texts), limits.cell_chars)
            for place in pc.indices_nonzero(long).to_pylist():
                reason = f"Column {name!r} has more than {limits.cell_chars:,} characters."
                found.setdefault(place, reason)
    if batch.nbytes > limits.row_bytes:
        sizes = [pc.fill_null(pc.binary_length(texts), 0) for texts in batch.columns[1:]]
        sums = reduce(pc.add, (each.cast(pa.int64()) for each in sizes))
        for place in pc.indices_nonzero(pc.greater(sums, limits.row_bytes)).to_pylist():
            found.setdefault(place, f"The row is longer than {limits.row_bytes:,} bytes.")
    return found


def _rejected(batch: Any, columns: tuple[str, ...], faults: dict[int, str]) -> Iterator[Reject]:
    for place, reason in faults.items():
        row = {
            name: (texts[place].as_py() or "")[:2_000]
            for name, texts in zip(columns, batch.columns[1:-1], strict=True)
        }
        yield Reject(batch.column(0)[place].as_py(), reason, raw_text(orjson.dumps(row)))
