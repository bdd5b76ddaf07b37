"""Parquet files of a version that grow table by table, while the next rows are rendered.

Writing and hashing leave Python to others, so a thread of their own does them: on two cores that is a
third of the time. At most a few tables wait.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType

import pyarrow as pa
import pyarrow.parquet as pq

from curation.datasets.files.content_hash import ContentHash
from storage import schemas
from storage.artifacts import Draft, disk_faults

MOST_WAITING = 2


class Table:
    """One file of a draft; named in the draft when the block ends. Raises DiskFull."""

    def __init__(self, draft: Draft, name: str, schema: str, digest: ContentHash) -> None:
        self._draft, self._name, self._schema, self._digest = draft, name, schema, digest
        self._rows = 0
        self._thread = ThreadPoolExecutor(1)
        self._waiting: list[Future[None]] = []
        with disk_faults(draft.folder):
            self._file = pq.ParquetWriter(draft.folder / name, schemas.SCHEMAS[schema], compression="zstd")

    def add(self, rows: pa.Table) -> None:
        """Append rows of the schema; they are written soon."""
        self._rows += rows.num_rows
        self._waiting.append(self._thread.submit(self._write, rows))
        while len(self._waiting) > MOST_WAITING:
            self._waiting.pop(0).result()

    def _write(self, rows: pa.Table) -> None:
        with disk_faults(self._draft.folder):
            self._file.write_table(rows)
        self._digest.update(self._name, rows)

    def __enter__(self) -> Table:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                for written in self._waiting:
                    written.result()
        finally:
            self._thread.shutdown(cancel_futures=True)
            with disk_faults(self._draft.folder):
                self._file.close()
        if kind is None:
            self._draft.declare_table(self._name, self._schema, self._rows)
