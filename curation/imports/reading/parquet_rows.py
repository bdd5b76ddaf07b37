"""Parquet, read in batches."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from curation.imports.reading.files import OpenedFile, Reject, Row, checked_columns
from storage.errors import InvalidInput

BATCH_ROWS = 1_000


def opened(path: Path) -> OpenedFile:
    """The file as Parquet. Raises InvalidInput for one that is damaged."""
    try:
        names = pq.ParquetFile(path).schema_arrow.names
    except (pa.ArrowException, OSError) as fault:
        raise _damaged(path, fault) from fault
    columns = checked_columns(path, list(names))
    return OpenedFile(path, "parquet", columns, lambda: _rows(path, columns))


def _rows(path: Path, columns: tuple[str, ...]) -> Iterator[Row | Reject]:
    number = 0
    try:
        for batch in pq.ParquetFile(path).iter_batches(batch_size=BATCH_ROWS):
            for cells in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                number += 1
                yield _row(number, columns, cells)
    except (pa.ArrowException, OSError) as fault:
        raise _damaged(path, fault) from fault


def _row(number: int, columns: tuple[str, ...], cells: tuple[object, ...]) -> Row | Reject:
    values = {}
    for name, cell in zip(columns, cells, strict=True):
        try:
            values[name] = _text(cell)
        except (UnicodeDecodeError, TypeError) as fault:
            return Reject(number, f"Column {name!r} is not text: {fault}.", repr(cells)[:2_000])
    return Row(number, values)


def _text(cell: object) -> str:
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return ""
    if isinstance(cell, bytes):
        return cell.decode("utf-8")
    if isinstance(cell, str | int | float) and not isinstance(cell, bool):
        return str(cell)
    return orjson.dumps(cell, default=str).decode().strip('"')


def _damaged(path: Path, fault: Exception) -> InvalidInput:
    first_line = str(fault).strip().splitlines()[0] if str(fault).strip() else type(fault).__name__
    return InvalidInput(
        f"{path.name} cannot be read as Parquet: {first_line}.", next_step="Write or copy the file again."
    )
