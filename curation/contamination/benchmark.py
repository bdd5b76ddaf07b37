"""The file that records are held against: a benchmark, or any set that must not be trained on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from curation.imports.cleaning import clean
from curation.imports.reading.batches import Row
from curation.imports.reading.files import open_file
from curation.imports.redaction import redact
from storage.errors import InvalidInput

MOST_ROWS = 1_000_000
KEPT_CHARACTERS = 2_000
"""So much of a text is kept beside a match, to be looked at."""


@dataclass(frozen=True)
class Benchmark:
    """The texts of a file, as records would have them, with the number of each row."""

    texts: tuple[str, ...]
    numbers: tuple[int, ...]
    rejected: int


def preview_columns(path: Path, member: str | None = None) -> tuple[str, ...]:
    """The columns that can be chosen. Raises InvalidInput for a file that cannot be read."""
    return open_file(path, member=member).columns


def read(path: Path, columns: Sequence[str], *, member: str | None = None) -> Benchmark:
    """The chosen columns of every row, one below the other, cleaned and redacted as records are.

    Raises InvalidInput for a file that cannot be read, a column that it lacks, or more than a million rows.
    """
    opened = open_file(path, member=member)
    absent = [name for name in columns if name not in opened.columns]
    if absent or not columns:
        raise InvalidInput(
            f"{path.name} has no column {absent[0]!r}." if absent else "No column was chosen.",
            next_step=f"It has {', '.join(opened.columns)}.",
        )
    texts, numbers, rejected = [], [], 0
    for row in opened.rows():
        if not isinstance(row, Row):
            rejected += 1
            continue
        if len(texts) == MOST_ROWS:
            raise InvalidInput(
                f"{path.name} has more than {MOST_ROWS:,} rows.", next_step="Split it and check each part."
            )
        parts = (row.values.get(name, "") for name in columns)
        texts.append("\n".join(redact(clean(part)).text for part in parts if part.strip()))
        numbers.append(row.number)
    if not texts:
        raise InvalidInput(f"{path.name} has no rows that can be read.", next_step="Choose another file.")
    return Benchmark(tuple(texts), tuple(numbers), rejected)
