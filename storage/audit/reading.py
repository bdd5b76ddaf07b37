"""Reading the log: newest first, filtered, by key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from storage import database
from storage.audit.lines import Line, from_row
from storage.database import tables
from storage.project import Project


@dataclass(frozen=True)
class Filters:
    """Which lines are wanted; what is empty does not narrow. `kind` is an action or its first part."""

    actor: str = ""
    kind: str = ""
    words: str = ""
    since: datetime | None = None
    until: datetime | None = None


def listing(
    project: Project, filters: Filters | None = None, *, before: int | None = None, limit: int = 100
) -> list[Line]:
    """The newest lines that fit, newest first; `before` goes on below a line's number."""
    table, wanted = tables.audit, filters or Filters()
    query = select(table).order_by(table.c.seq.desc()).limit(limit)
    if before is not None:
        query = query.where(table.c.seq < before)
    if wanted.actor:
        query = query.where(table.c.actor == wanted.actor)
    if wanted.kind:
        query = query.where(
            (table.c.action == wanted.kind) | table.c.action.startswith(f"{wanted.kind}.", autoescape=True)
        )
    if wanted.words:
        query = query.where(table.c.subject.icontains(wanted.words, autoescape=True))
    if wanted.since is not None:
        query = query.where(table.c.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(table.c.at < wanted.until)
    with database.engine(project).connect() as connection:
        return [from_row(row) for row in connection.execute(query)]


def actors(project: Project) -> list[str]:
    """Everybody of whom there is a line, by name."""
    with database.engine(project).connect() as connection:
        return list(connection.execute(select(tables.audit.c.actor).distinct().order_by("actor")).scalars())
