"""Rows streamed into a draft's Parquet file, a few thousand at a time."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self

from storage import schemas
from storage.artifacts import Draft, disk_faults
from storage.parquet_file import ParquetFile

BATCH_ROWS = 5_000


class RowsWriter:
    """A Parquet file of a draft that grows row by row; named in the draft when the block ends.

    with RowsWriter(draft, "records.parquet", "records") as writer:
        writer.add({"record_id": …})
    """

    def __init__(self, draft: Draft, name: str, schema: str) -> None:
        self.rows = 0
        self._draft = draft
        self._name = name
        self._schema = schema
        self._waiting: list[dict[str, object]] = []
        with disk_faults(draft.folder):
            self._file = ParquetFile(draft.folder / name, schema)

    def add(self, row: dict[str, Any]) -> None:
        """Append one row; keys that are absent become null. Raises DiskFull."""
        self._waiting.append(row)
        self.rows += 1
        if len(self._waiting) >= BATCH_ROWS:
            self._flush()

    def _flush(self) -> None:
        with disk_faults(self._draft.folder):
            self._file.write(schemas.from_rows(self._waiting, self._schema))
        self._waiting = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None and self._waiting:
            self._flush()
        with disk_faults(self._draft.folder):
            self._file.close()
        if kind is None:
            self._draft.declare_table(self._name, self._schema, self.rows)
