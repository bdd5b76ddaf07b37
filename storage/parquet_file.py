"""A Parquet file being written, which is closed for good even where its end finds no room."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from storage import schemas


class ParquetFile:
    """Row groups of one declared schema, compressed with zstd. `options` go to pyarrow's writer.

    pyarrow leaves a file of its own open when the end cannot be written, and with it the disk in use.
    """

    def __init__(self, path: Path, schema: str, **options: Any) -> None:
        self._sink = pa.OSFile(str(path), "wb")
        try:
            self._writer = pq.ParquetWriter(
                self._sink, schemas.SCHEMAS[schema], compression="zstd", **options
            )
        except BaseException:
            self._sink.close()
            raise

    def write(self, table: pa.Table, group_rows: int | None = None) -> None:
        """Append a table, in row groups of so many rows. Raises OSError where there is no room."""
        self._writer.write_table(table, row_group_size=group_rows)

    def close(self) -> None:
        """Write the end and close; closed it is, too, where OSError says that the end found no room."""
        try:
            self._writer.close()
        finally:
            self._sink.close()
