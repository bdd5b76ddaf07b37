"""The first rows of a file, before anything is imported."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from curation.imports import mapping as mapping_rules
from curation.imports.files import Format, Reject, Row, open_file
from curation.imports.mapping import ColumnMapping
from curation.tasks import Task


@dataclass(frozen=True)
class Preview:
    """A file's columns, its first readable rows, and the rejects met on the way to them."""

    columns: tuple[str, ...]
    rows: tuple[dict[str, str], ...]
    format: Format
    rejects: tuple[Reject, ...]


def preview(path: Path, limit: int = 20) -> Preview:
    """The first `limit` rows of a file. Raises InvalidInput for a file that cannot be read at all."""
    opened = open_file(path)
    first = list(islice(opened.rows(), limit))
    return Preview(
        columns=opened.columns,
        rows=tuple(row.values for row in first if isinstance(row, Row)),
        format=opened.format,
        rejects=tuple(row for row in first if isinstance(row, Reject)),
    )


def guess_mapping(task: Task, preview: Preview) -> ColumnMapping:
    """A mapping by the names of the columns: a start for a person, who may change it."""
    return mapping_rules.guess(task, preview.columns)
