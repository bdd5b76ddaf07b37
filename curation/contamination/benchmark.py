"""The file that records are held against: a benchmark, or any set that must not be trained on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from curation import preparing
from curation.imports.reading.batches import Batch
from curation.imports.reading.files import open_file
from curation.preparing import Preparer
from storage.errors import InvalidInput
from storage.project import Project

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


def read(
    project: Project, task: str, path: Path, columns: Sequence[str], *, member: str | None = None
) -> Benchmark:
    """The chosen columns of every row, one below the other, prepared as the task's records are.

    Rows that an import would not take, because they cannot be read or a filter of the recipe turns them
    down, can be in no record: they count as rejected. Raises InvalidInput for a file that cannot be read,
    a column that it lacks, or more than a million rows.
    """
    opened = open_file(path, member=member)
    absent = [name for name in columns if name not in opened.columns]
    if absent or not columns:
        raise InvalidInput(
            f"{path.name} has no column {absent[0]!r}." if absent else "No column was chosen.",
            next_step=f"It has {', '.join(opened.columns)}.",
        )
    preparer = Preparer(preparing.of(project, task), preparing.secret(project))
    if preparer.looks_first:
        for batch in opened.batches():
            preparer.look_at(batch.numbers, _chosen(batch, columns))
    texts: list[str] = []
    numbers: list[int] = []
    rejected = 0
    for batch in opened.batches():
        prepared = preparer.batch(batch.numbers, _chosen(batch, columns))
        rejected += len(batch.rejects) + len(batch.numbers) - len(prepared.numbers)
        numbers.extend(prepared.numbers)
        rows = zip(*(prepared.columns[name] for name in columns), strict=True)
        texts.extend("\n".join(part for part in parts if part) for parts in rows)
        if len(texts) > MOST_ROWS:
            raise InvalidInput(
                f"{path.name} has more than {MOST_ROWS:,} rows.", next_step="Split it and check each part."
            )
    if not texts:
        raise InvalidInput(f"{path.name} has no rows that can be read.", next_step="Choose another file.")
    return Benchmark(tuple(texts), tuple(numbers), rejected)


def _chosen(batch: Batch, columns: Sequence[str]) -> dict[str, Sequence[str]]:
    return {name: batch.columns[name] for name in columns}
