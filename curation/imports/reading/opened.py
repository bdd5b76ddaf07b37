"""A file whose format is known, within the process that reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from curation.imports.reading.batches import Chunk

Format = Literal["csv", "json", "jsonl", "parquet", "arrow", "excel", "chatml"]


@dataclass(frozen=True)
class Opened:
    """A format, the columns, what was found out about it (in words), and its rows from the start."""

    format: Format
    columns: tuple[str, ...]
    detected: dict[str, str]
    chunks: Callable[[], Iterator[Chunk]]
