"""Arrow's own files, of either layout: what `datasets` and many tools keep their tables in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.ipc

from curation.imports.reading import arrow_pieces, arrow_texts, columns
from curation.imports.reading.batches import Chunk
from curation.imports.reading.opened import Opened
from curation.imports.reading.sources import Source
from storage.errors import InvalidInput

FILE_MAGIC = b"ARROW1"
STREAM_MAGIC = b"\xff\xff\xff\xff"


def opened(source: Source) -> Opened:
    """The source as an Arrow file or stream. Raises InvalidInput for one that is damaged."""
    path = source.file()
    layout = "file" if source.head(len(FILE_MAGIC)) == FILE_MAGIC else "stream"
    with _sentences(source.name), _reader(path, layout) as reader:
        names = columns.checked(source.name, list(reader.schema.names), source.limits)
    return Opened("arrow", names, {"layout": layout}, lambda: _chunks(source, path, layout, names))


def _chunks(source: Source, path: Path, layout: str, names: tuple[str, ...]) -> Iterator[Chunk]:
    number = 1
    with _sentences(source.name), _reader(path, layout) as reader:
        for batch in _batches(reader, layout):
            batch.validate(full=True)
            for piece in arrow_pieces.pieces(batch, source.limits):
                yield arrow_texts.chunk(number, names, piece)
                number += piece.num_rows


@contextmanager
def _reader(path: Path, layout: str) -> Iterator[Any]:
    with pa.memory_map(str(path)) as mapped:
        with pa.ipc.open_file(mapped) if layout == "file" else pa.ipc.open_stream(mapped) as reader:
            yield reader


def _batches(reader: Any, layout: str) -> Iterator[Any]:
    if layout == "stream":
        yield from reader
        return
    for place in range(reader.num_record_batches):
        yield reader.get_batch(place)


@contextmanager
def _sentences(name: str) -> Iterator[None]:
    """Turn what pyarrow raises for a damaged file into InvalidInput."""
    try:
        yield
    except pa.ArrowMemoryError:
        raise
    except (pa.ArrowException, OSError, ValueError, KeyError) as fault:
        told = str(fault).strip().splitlines()
        raise InvalidInput(
            f"{name} cannot be read as Arrow: {told[0] if told else type(fault).__name__}.",
            next_step="Write or copy the file again.",
        ) from fault
