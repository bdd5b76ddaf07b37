"""Where this project's backups were written, so that an erasure can name those that still hold a record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from storage import database
from storage.database.tables import backups_made as table
from storage.project import Project


@dataclass(frozen=True)
class Written:
    """A backup that was made, and where it stood then."""

    path: Path
    taken_at: datetime


def remember(project: Project, path: Path, taken_at: datetime) -> None:
    """Keep where a backup is; a project that was not started since an older release has no place for it."""
    with database.engine(project).begin() as connection:
        if connection.execute(text("SELECT to_regclass('backups_made')")).scalar() is None:
            return
        values = {"path": str(path), "taken_at": taken_at}
        connection.execute(
            insert(table).values(values).on_conflict_do_update(index_elements=["path"], set_=values)
        )


def listing(project: Project) -> list[Written]:
    """The backups that were made, oldest first, whether they stand or not."""
    with database.engine(project).connect() as connection:
        rows = connection.execute(select(table).order_by(table.c.taken_at, table.c.path))
        return [Written(Path(row.path), row.taken_at) for row in rows]
