"""Parquet, a few thousand rows at a time; what a row group would unfold to is looked at before it is read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from curation.imports.reading import arrow_pieces, arrow_texts, columns
from curation.imports.reading.batches import Chunk
from curation.imports.reading.opened import Opened
from curation.imports.reading.sources import Source
from storage.errors import InvalidInput

BUFFER_BYTES = 1 << 20
SMALL_DICTIONARY_BYTES = 4_000_000
"""Columns whose row groups are no larger stay dictionaries until their rows are counted."""
FEWEST_ROWS = 16


def opened(source: Source) -> Opened:
    """The source as Parquet. Raises InvalidInput for one that is damaged, or would unfold to too much."""
    path = source.file()
    with _sentences(source.name):
        file = pq.ParquetFile(path, pre_buffer=False)
        metadata, schema = file.metadata, file.schema_arrow
        declared = [metadata.row_group(place).total_byte_size for place in range(metadata.num_row_groups)]
    names = columns.checked(source.name, list(schema.names), source.limits)
    budget = source.budget()
    for size_bytes in declared:
        budget.spend(max(size_bytes, 0))
    detected = {"rows": f"{metadata.num_rows:,} in {metadata.num_row_groups:,} row groups"}
    rows = _batch_rows(metadata.num_rows, sum(declared), source)
    return Opened("parquet", names, detected, lambda: _chunks(source, path, names, rows))


def _chunks(source: Source, path: Path, names: tuple[str, ...], rows: int) -> Iterator[Chunk]:
    number = 1
    with _sentences(source.name):
        file = pq.ParquetFile(path, pre_buffer=False, buffer_size=BUFFER_BYTES)
        file = pq.ParquetFile(
            path, pre_buffer=False, buffer_size=BUFFER_BYTES, read_dictionary=_small_dictionaries(file)
        )
        for batch in file.iter_batches(batch_size=rows):
            for piece in arrow_pieces.pieces(batch, source.limits):
                yield arrow_texts.chunk(number, names, piece)
                number += piece.num_rows


def _batch_rows(rows: int, size_bytes: int, source: Source) -> int:
    """How many rows to decode at once, by what a row is on average."""
    limits = source.limits
    each = max(size_bytes // max(rows, 1), 1)
    return max(min(limits.batch_rows, limits.batch_bytes // each), FEWEST_ROWS)


def _small_dictionaries(file: Any) -> list[str]:
    """Text columns that are small in every row group, so that many rows must share few values."""
    groups = [file.metadata.row_group(place) for place in range(file.metadata.num_row_groups)]
    found = []
    for place in range(file.metadata.num_columns):
        chunks = [group.column(place) for group in groups]
        if all(
            chunk.physical_type == "BYTE_ARRAY"
            and chunk.has_dictionary_page
            and chunk.total_uncompressed_size <= SMALL_DICTIONARY_BYTES
            for chunk in chunks
        ):
            found.append(chunks[0].path_in_schema if chunks else "")
    return [path for path in found if path in file.schema_arrow.names]


@contextmanager
def _sentences(name: str) -> Iterator[None]:
    """Turn what pyarrow raises for a damaged file into InvalidInput."""
    try:
        yield
    except pa.ArrowMemoryError:
        raise
    except (pa.ArrowException, OSError, ValueError, KeyError, RecursionError) as fault:
        told = str(fault).strip().splitlines()
        raise InvalidInput(
            f"{name} cannot be read as Parquet: {told[0] if told else type(fault).__name__}.",
            next_step="Write or copy the file again.",
        ) from fault
