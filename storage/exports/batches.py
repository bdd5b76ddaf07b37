"""Rows as Arrow record batches, a few thousand at a time, and files of a split each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Protocol

import pyarrow as pa
import pyarrow.compute as pc

from storage.exports.columns import CHAT, LYING, TEXT, Columns, OtherColumns, columnar, in_columns
from storage.exports.inputs import in_columns_of
from storage.exports.rows import ExportRow, own_conversation
from storage.exports.splits import checked_split

BATCH_ROWS, BATCH_CHARACTERS = 2_000, 8_000_000


class BatchWriter(Protocol):
    """A file that grows by record batches."""

    def write_batch(self, batch: pa.RecordBatch) -> None: ...  # noqa: D102


def by_split(rows: Iterable[ExportRow], opened: Callable[[str, Columns, ExitStack], BatchWriter]) -> int:
    """Write each split to the file that `opened` makes for it. Gives back how many rows there were.

    `opened` is called once a split, and once more where the columns turn out to be others. Raises
    InvalidInput for a split that no file can be named after.
    """

    def attempt(columns: Columns) -> int:
        written = 0
        files: dict[str, BatchWriter] = {}
        with ExitStack() as open_files:
            for batch in batches(rows, columns):
                for split in pc.unique(batch["split"]).to_pylist():
                    if split not in files:
                        files[split] = opened(checked_split(split), columns, open_files)
                    files[split].write_batch(_of_split(batch, split))
                written += batch.num_rows
        return written

    return in_columns(rows, attempt)


def _of_split(batch: pa.RecordBatch, split: str) -> pa.RecordBatch:
    mine = pc.equal(batch["split"], split)
    return batch if pc.all(mine).as_py() else batch.filter(mine)


def batches(rows: Iterable[ExportRow], columns: Columns) -> Iterator[pa.RecordBatch]:
    """The rows as record batches of a few thousand rows, fewer where the texts are long."""
    lying = columnar(rows, LYING)
    if lying is not None:
        yield from _ahead(_spread(batch, columns) for batch in lying)
    else:
        yield from _collected(rows, columns)


def _ahead(coming: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The same batches, of which the next is made while the one before is written."""
    with ThreadPoolExecutor(1) as reader:
        next_one = reader.submit(next, coming, None)
        while (batch := next_one.result()) is not None:
            next_one = reader.submit(next, coming, None)
            yield batch


def _spread(batch: pa.RecordBatch, columns: Columns) -> pa.RecordBatch:
    """A batch with its `inputs` in columns of their own."""
    spread = in_columns_of(batch["inputs"], columns.inputs, columns.check)
    before, after = LYING[:2], LYING[3:]
    arrays = [*(batch[name] for name in before), *spread, *(batch[name] for name in after)]
    return pa.record_batch(arrays, schema=columns.schema)


def _collected(rows: Iterable[ExportRow], columns: Columns) -> Iterator[pa.RecordBatch]:
    cells: list[list[str | None]] = []
    chats: list[list[dict[str, str]] | None] = []
    size = 0
    for row in rows:
        cells.append(columns.cells(row))
        chat = own_conversation(row)
        if chat is not None and not columns.chats:
            raise OtherColumns
        chats.append(list(chat.messages) if chat else None)
        size += sum(len(cell or "") for cell in cells[-1]) * (1 + columns.chats)
        if len(cells) == BATCH_ROWS or size > BATCH_CHARACTERS:
            yield _batch(cells, chats, columns)
            cells, chats, size = [], [], 0
    if cells:
        yield _batch(cells, chats, columns)


def _batch(
    cells: list[list[str | None]], chats: list[list[dict[str, str]] | None], columns: Columns
) -> pa.RecordBatch:
    arrays = [pa.array(column, TEXT) for column in zip(*cells, strict=True)]
    if columns.chats:
        arrays.append(pa.array(chats, CHAT))
    return pa.record_batch(arrays, schema=columns.schema)
