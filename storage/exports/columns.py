"""The columns of a table of rows: the same throughout, whatever inputs the rows have.

Which columns there are is known only once every row was seen. A table is begun with those of the
first rows, and begun anew where another turns up, which is rare.

Rows that lie in Arrow already are taken as they lie, several times as fast as row by row: an iterable
of rows may have a method for it,

    columnar(names) -> Iterator[pa.RecordBatch] | None

which gives the columns of those names, each of strings; `inputs` is JSON. None where it cannot.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

import orjson
import pyarrow as pa

from storage.errors import InvalidInput
from storage.exports.rows import CheckedRows, ExportRow, own_conversation

INPUT = "input_"
LYING = ("record_id", "split", "inputs", "system", "prompt", "completion", "decision", "teacher_output")
"""The columns that rows lying in Arrow are asked for."""
TEXT = pa.string()
CHAT = pa.list_(pa.struct([pa.field("role", TEXT), pa.field("content", TEXT)]))


@dataclass(frozen=True)
class Columns:
    """The columns of a table: one per input column any row has, `messages` where rows are chats.

    Raises InvalidInput for an input column with a NUL in its name.
    """

    inputs: tuple[str, ...]
    chats: bool

    def __post_init__(self) -> None:
        for name in self.inputs:
            if "\0" in name:
                raise InvalidInput(
                    f"An input column is called {name!a}: what reads tables ends a name at its NUL.",
                    next_step="Rename that column, or choose a format of JSON lines.",
                )

    @property
    def texts(self) -> list[str]:
        """The names of the columns of text, in order."""
        named = (f"{INPUT}{name}" for name in self.inputs)
        return ["record_id", "split", *named, "system", "prompt", "completion", "decision", "teacher_output"]

    @property
    def schema(self) -> pa.Schema:
        """The same as Arrow types. `teacher_output` is null where no teacher answered."""
        chats = [pa.field("messages", CHAT)] if self.chats else []
        return pa.schema([*(pa.field(name, TEXT) for name in self.texts), *chats])

    def cells(self, row: ExportRow) -> list[str | None]:
        """The texts of a row, in the order of `texts`; an input it does not have is empty.

        Raises OtherColumns for a row that needs more.
        """
        self.check(row.inputs)
        given = (row.inputs.get(name, "") for name in self.inputs)
        asked = (row.system, row.prompt, row.completion, row.decision, row.teacher_output)
        return [row.record_id, row.split, *given, *asked]

    def check(self, inputs: Iterable[str]) -> None:
        """Raise OtherColumns where an input column is none of these."""
        if not self._known.issuperset(inputs):
            raise OtherColumns

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(self.inputs)


class OtherColumns(Exception):
    """A row that does not fit the columns of those before it; the table is begun anew."""


def in_columns(rows: Iterable[ExportRow], attempt: Callable[[Columns], int]) -> int:
    """What `attempt` gives with the columns of the first rows, or else with those of all."""
    try:
        return attempt(columns_of(rows, first=1))
    except OtherColumns:
        return attempt(columns_of(rows))


def columns_of(rows: Iterable[ExportRow], *, first: int | None = None) -> Columns:
    """The columns that these rows need, or the first of them (batches where they lie in Arrow)."""
    lying = columnar(rows, ["inputs"])
    inputs: dict[str, None] = {}
    chats = False
    if lying is not None:
        for batch in islice(lying, first):
            for text in batch["inputs"].to_pylist():
                inputs.update(dict.fromkeys(orjson.loads(text)))
    else:
        for row in islice(rows, first):
            inputs.update(dict.fromkeys(row.inputs))
            chats = chats or own_conversation(row) is not None
    return Columns(tuple(inputs), chats)


def columnar(rows: Iterable[ExportRow], names: Sequence[str]) -> Iterator[pa.RecordBatch] | None:
    """The rows as they lie; `seen` of checked rows counts them. What lies in Arrow is valid Unicode."""
    own = getattr(rows.rows if isinstance(rows, CheckedRows) else rows, "columnar", None)
    lying: Iterator[pa.RecordBatch] | None = own(names) if own else None
    if lying is None or not isinstance(rows, CheckedRows):
        return lying
    return _counted(rows, lying)


def _counted(rows: CheckedRows, lying: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    rows.seen = 0
    for batch in lying:
        rows.seen += batch.num_rows
        yield batch
