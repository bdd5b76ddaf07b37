"""The first rows of a file, before anything is imported."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from curation.imports import mapping as mapping_rules
from curation.imports.files import Format, Limits, Reject, Row, Shape, peek
from curation.imports.mapping import ColumnMapping
from curation.imports.reading.serving import fingerprint
from curation.tasks import Task
from storage.errors import InvalidInput


@dataclass(frozen=True)
class Preview:
    """A file's columns, its first readable rows, and the rejects met on the way to them.

    `shape` and `detected` say what was recognised: the form of its conversations, encoding, delimiter.
    """

    columns: tuple[str, ...]
    rows: tuple[dict[str, str], ...]
    format: Format
    rejects: tuple[Reject, ...]
    shape: Shape = "table"
    detected: Mapping[str, str] = field(default_factory=dict)


def preview(
    path: Path,
    limit: int = 20,
    *,
    member: str | None = None,
    as_table: bool = False,
    limits: Limits | None = None,
) -> Preview:
    """The first `limit` rows of a file. Raises InvalidInput for a file that cannot be read at all."""
    try:
        as_it_is = fingerprint(path)
    except InvalidInput:
        as_it_is = ""  # what is wrong with it is said when it is opened
    return _previewed(path, as_it_is, limit, member, as_table, limits or Limits())


@lru_cache(maxsize=32)
def _previewed(
    path: Path, as_it_is: str, limit: int, member: str | None, as_table: bool, limits: Limits
) -> Preview:
    """Kept for as long as the file is `as_it_is`: a page asks again whenever anything on it changes."""
    opened, first = peek(path, rows=limit, member=member, as_table=as_table, limits=limits)
    return Preview(
        columns=opened.columns,
        rows=tuple(row.values for row in first if isinstance(row, Row)),
        format=opened.format,
        rejects=tuple(row for row in first if isinstance(row, Reject)),
        shape=opened.shape,
        detected=opened.detected,
    )


def guess_mapping(task: Task, preview: Preview) -> ColumnMapping:
    """A mapping by the names of the columns: a start for a person, who may change it."""
    return mapping_rules.guess(task, preview.columns)
