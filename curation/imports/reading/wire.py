"""How batches go from the process that reads to the one that asked: one Arrow stream on a pipe.

The stream's metadata says what the file is; each batch carries its rejects. A last, empty batch says that
all is said, or what fault ended it: where neither came, the process died.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.ipc

from curation.imports.reading.batches import Batch, Reject
from curation.imports.reading.guarding import Portion, schema

HEADER, REJECTS, END, FAULT = b"header", b"rejects", b"end", b"fault"


class Sender:
    """The writing end."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._writer: Any = None
        self._schema = schema(())

    def begin(self, header: dict[str, Any], columns: tuple[str, ...], *, with_raw: bool = False) -> None:
        """Say what the file is."""
        self._schema = schema(columns, with_raw=with_raw).with_metadata({HEADER: json.dumps(header).encode()})
        self._writer = pa.ipc.new_stream(pa.PythonFile(self._stream, mode="w"), self._schema)
        self._stream.flush()

    def send(self, portion: Portion) -> None:
        """Give a batch with its rejects."""
        rejects = [[one.row_number, one.reason, one.row] for one in portion.rejects]
        metadata = {REJECTS: json.dumps(rejects).encode()} if rejects else None
        self._write(portion.batch, metadata)

    def end(self) -> None:
        """Say that there is no more."""
        self._last({END: b"1"})

    def fail(self, fault: dict[str, str]) -> None:
        """Say what ended it."""
        if self._writer is None:
            self.begin({}, ())
        self._last({FAULT: json.dumps(fault).encode()})

    def _last(self, metadata: dict[bytes, bytes]) -> None:
        empty = pa.RecordBatch.from_arrays(
            [pa.array([], one.type) for one in self._schema], schema=self._schema
        )
        self._write(empty, metadata)
        self._writer.close()
        self._stream.flush()

    def _write(self, batch: Any, metadata: dict[bytes, bytes] | None) -> None:
        self._writer.write_batch(batch, custom_metadata=metadata)
        self._stream.flush()


class Receiver:
    """The reading end. `ended` once the end was said, `fault` where one was."""

    def __init__(self, stream: BinaryIO) -> None:
        self._reader = pa.ipc.open_stream(pa.PythonFile(stream, mode="r"))
        self.header: dict[str, Any] = json.loads(self._reader.schema.metadata[HEADER])
        self.ended = False
        self.fault: dict[str, str] | None = None

    def batches(self, columns: tuple[str, ...]) -> Iterator[Batch]:
        """Every batch up to the end or fault."""
        while True:
            try:
                batch, metadata = self._reader.read_next_batch_with_custom_metadata()
            except StopIteration:
                return
            told = dict(metadata.items()) if metadata is not None else {}
            if END in told or FAULT in told:
                self.ended = True
                self.fault = json.loads(told[FAULT]) if FAULT in told else None
                return
            yield _batch(batch, columns, [Reject(*one) for one in json.loads(told.get(REJECTS, b"[]"))])


def _batch(batch: Any, columns: tuple[str, ...], rejects: list[Reject]) -> Batch:
    from curation.text_columns import TextColumn  # with numpy, which the process that reads does without

    numbers, *texts = batch.columns
    raw = texts.pop() if batch.schema.names[-1] == "raw" else None
    more = texts.pop()
    found: dict[str, Sequence[str]] = {}
    absent: dict[str, frozenset[int]] = {}
    for name, column in zip(columns, texts, strict=True):
        if column.null_count:
            absent[name] = frozenset(pc.indices_nonzero(column.is_null()).to_pylist())
            column = pc.fill_null(column, "")
        found[name] = TextColumn(column)
    if more.null_count < len(more):
        _spread(more.to_pylist(), found, absent)
    return Batch(numbers.to_pylist(), found, rejects, absent, raw)


def _spread(
    more: list[str | None], found: dict[str, Sequence[str]], absent: dict[str, frozenset[int]]
) -> None:
    """Make columns of what some rows have beyond the file's columns."""
    rows = [json.loads(text) if text else {} for text in more]
    for name in dict.fromkeys(name for row in rows for name in row):
        found[name] = [row.get(name, "") for row in rows]
        absent[name] = frozenset(place for place, row in enumerate(rows) if name not in row)
