"""What left the project: a line per export, with the hash of what was written."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Row, insert, select

from storage import artifacts, database
from storage.database.tables import dataset_exports as table
from storage.identifiers import now
from storage.project import Project

FILE = "file"
"""The destination of a download or of a file that a command wrote."""


@dataclass(frozen=True)
class PastExport:
    """One export. `rows` are those written, `left_out` those that had nothing for the format.

    `sha256` is that of the file; of a folder it is the hash of the lines that `sha256sum` prints of
    its files, sorted by path. `destination` is `file`, or `hub:NAME@COMMIT`.
    """

    version: str
    format: str
    splits: tuple[str, ...]
    rows: int
    left_out: int
    sha256: str
    size_bytes: int
    destination: str
    overridden: bool
    by: str
    at: datetime


def keep(project: Project, task: str, export: PastExport, override_seq: int | None) -> None:
    """Write an export down."""
    values = {name: value for name, value in vars(export).items() if name != "overridden"}
    values |= {"task": task, "splits": list(export.splits), "override_seq": override_seq}
    with database.engine(project).begin() as connection:
        connection.execute(insert(table).values(values))


def history(project: Project, task: str, *, limit: int = 50) -> list[PastExport]:
    """The newest exports of a task's versions."""
    wanted = select(table).where(table.c.task == task).order_by(table.c.seq.desc()).limit(limit)
    with database.engine(project).connect() as connection:
        return [_past(row) for row in connection.execute(wanted)]


def pushed(project: Project) -> list[tuple[str, PastExport]]:
    """Everything that went elsewhere than into a file, of any task, oldest first: (task, export)."""
    wanted = select(table).where(table.c.destination != FILE).order_by(table.c.seq)
    with database.engine(project).connect() as connection:
        return [(row.task, _past(row)) for row in connection.execute(wanted)]


def _past(row: Row[Any]) -> PastExport:
    return PastExport(
        row.version, row.format, tuple(row.splits), row.rows, row.left_out, row.sha256, row.size_bytes,
        row.destination, row.override_seq is not None, row.by, row.at,
    )  # fmt: skip


def described(
    path: Path, *, version: str, format: str, splits: Sequence[str], rows: int, left_out: int, by: str,
    destination: str, overridden: bool,
) -> PastExport:  # fmt: skip
    """An export of what now stands at `path`."""
    sha256, size_bytes = hashed(path)
    return PastExport(
        version, format, tuple(splits), rows, left_out, sha256, size_bytes, destination, overridden, by, now()
    )


def hashed(path: Path) -> tuple[str, int]:
    """The hash of a file or of a folder, as `PastExport` says, and its bytes."""
    if path.is_file():
        return artifacts.sha256_of(path), path.stat().st_size
    digest, size = hashlib.sha256(), 0
    for inner in sorted(found for found in path.rglob("*") if found.is_file()):
        digest.update(f"{artifacts.sha256_of(inner)}  {inner.relative_to(path).as_posix()}\n".encode())
        size += inner.stat().st_size
    return digest.hexdigest(), size
