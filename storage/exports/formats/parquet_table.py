"""`parquet`: every column, as strings, in one Parquet file.

Compressed by snappy, as pandas and `datasets` do: for such text zstd took 2.6 times as long for a
file smaller by a fifth.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO

import pyarrow.parquet as pq

from storage.exports.batches import batches
from storage.exports.columns import Columns, in_columns
from storage.exports.format import Format
from storage.exports.options import Options
from storage.exports.rows import ExportRow

REPEATING = ("split", "system", "decision")
"""The columns whose texts repeat: only there does a dictionary make the file smaller."""


def to_file(rows: Iterable[ExportRow], stream: BinaryIO, options: Options) -> int:
    """Write the rows; gives back how many."""

    def attempt(columns: Columns) -> int:
        stream.seek(0)
        stream.truncate()
        written = 0
        with writer(stream, columns) as table:
            for batch in batches(rows, columns):
                table.write_batch(batch)
                written += batch.num_rows
        return written

    return in_columns(rows, attempt)


def writer(stream: BinaryIO, columns: Columns) -> pq.ParquetWriter:
    """A Parquet file to be filled with record batches of these columns."""
    return pq.ParquetWriter(stream, columns.schema, compression="snappy", use_dictionary=list(REPEATING))


FORMAT = Format(".parquet", default_splits=(), to_file=to_file, reads_twice=True)
