"""Tables streamed into a draft's Parquet file by a thread of its own, in row groups of some size."""

from __future__ import annotations

from collections.abc import Collection
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self

import pyarrow as pa

from storage import schemas
from storage.artifacts import Draft, disk_faults
from storage.parquet_file import ParquetFile

GROUP_ROWS = 50_000
GROUP_BYTES = 16_000_000


class TablesWriter:
    """A Parquet file of a draft that grows table by table; named in the draft when the block ends.

    with TablesWriter(draft, "records.parquet", "records", unique={"inputs"}) as writer:
        writer.add(table)           # with exactly the declared columns

    Encoding and compressing leave the interpreter free, so they go on beside whatever makes the next
    table; one row group is on its way at most. `unique` columns hold long texts that hardly repeat: they
    get no dictionary and no statistics, which would cost time and help no reader.
    """

    def __init__(self, draft: Draft, name: str, schema: str, *, unique: Collection[str] = ()) -> None:
        self.rows = 0
        self._draft = draft
        self._name = name
        self._schema = schema
        self._waiting: list[pa.Table] = []
        self._waiting_bytes = self._waiting_rows = 0
        self._writing: Future[None] | None = None
        usual = [column for column in schemas.SCHEMAS[schema].names if column not in unique]
        with disk_faults(draft.folder):
            self._file = ParquetFile(
                draft.folder / name, schema, use_dictionary=usual, write_statistics=usual
            )
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"writing {name}")

    def add(self, table: pa.Table) -> None:
        """Append rows. Raises DiskFull, for these rows or for earlier ones."""
        self._waiting.append(table)
        self.rows += table.num_rows
        self._waiting_rows += table.num_rows
        self._waiting_bytes += table.nbytes
        if self._waiting_rows >= GROUP_ROWS or self._waiting_bytes >= GROUP_BYTES:
            self._send()

    def flush(self) -> None:
        """Begin to write what waits. Raises DiskFull, for earlier rows."""
        if self._waiting:
            self._send()

    def _send(self) -> None:
        self._written()
        group = pa.concat_tables(self._waiting)
        self._waiting, self._waiting_rows, self._waiting_bytes = [], 0, 0
        self._writing = self._thread.submit(self._file.write, group, GROUP_ROWS)

    def _written(self) -> None:
        """Wait for the row group that is on its way."""
        if self._writing is not None:
            writing, self._writing = self._writing, None
            with disk_faults(self._draft.folder):
                writing.result()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self.flush()
                self._written()
        finally:
            self._thread.shutdown()
            with disk_faults(self._draft.folder):
                self._file.close()
        if kind is None:
            self._draft.declare_table(self._name, self._schema, self.rows)
