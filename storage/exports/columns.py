"""Rows as columns of text, for tables: a few thousand at a time, with the same columns throughout.

Which columns there are is known only once every row was seen: a table reads its rows twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pyarrow as pa

from storage.exports.rows import Conversation, ExportRow

BATCH_ROWS, BATCH_CHARACTERS = 2_000, 8_000_000
INPUT = "input_"
_TEXT = pa.string()
_CHAT = pa.list_(pa.struct([pa.field("role", _TEXT), pa.field("content", _TEXT)]))


@dataclass(frozen=True)
class Columns:
    """The columns of a table: one per input column any row has, `messages` where rows are chats."""

    inputs: tuple[str, ...]
    chats: bool

    @property
    def texts(self) -> list[str]:
        """The names of the columns of text, in order."""
        named = (f"{INPUT}{name}" for name in self.inputs)
        return ["record_id", "split", *named, "system", "prompt", "completion", "decision", "teacher_output"]

    @property
    def schema(self) -> pa.Schema:
        """The same as Arrow types. `teacher_output` is null where no teacher answered."""
        chats = [pa.field("messages", _CHAT)] if self.chats else []
        return pa.schema([*(pa.field(name, _TEXT) for name in self.texts), *chats])

    def cells(self, row: ExportRow) -> list[str | None]:
        """The texts of a row, in the order of `texts`; an input it does not have is empty."""
        given = (row.inputs.get(name, "") for name in self.inputs)
        asked = (row.system, row.prompt, row.completion, row.decision, row.teacher_output)
        return [row.record_id, row.split, *given, *asked]


def columns_of(rows: Iterable[ExportRow]) -> Columns:
    """The columns that these rows need."""
    inputs: dict[str, None] = {}
    chats = False
    for row in rows:
        inputs.update(dict.fromkeys(row.inputs))
        chats = chats or getattr(row, "conversation", None) is not None
    return Columns(tuple(inputs), chats)


def batches(rows: Iterable[ExportRow], columns: Columns) -> Iterator[pa.RecordBatch]:
    """The rows as record batches of at most 2,000 rows, fewer where the texts are long."""
    cells: list[list[str | None]] = []
    chats: list[list[dict[str, str]] | None] = []
    size = 0
    for row in rows:
        cells.append(columns.cells(row))
        if columns.chats:
            own: Conversation | None = getattr(row, "conversation", None)
            chats.append(list(own.messages) if own else None)
        size += sum(len(cell or "") for cell in cells[-1]) * (1 + columns.chats)
        if len(cells) == BATCH_ROWS or size > BATCH_CHARACTERS:
            yield _batch(cells, chats, columns)
            cells, chats, size = [], [], 0
    if cells:
        yield _batch(cells, chats, columns)


def _batch(
    cells: list[list[str | None]], chats: list[list[dict[str, str]] | None], columns: Columns
) -> pa.RecordBatch:
    arrays = [pa.array(column, _TEXT) for column in zip(*cells, strict=True)]
    if columns.chats:
        arrays.append(pa.array(chats, _CHAT))
    return pa.record_batch(arrays, schema=columns.schema)
