"""Names that move from one dataset version to another: `production`, `candidate`, or a team's own.

    names.move(project, "triage", "production", "v0003", based_on=2, by="ann")
    names.resolve(project, "triage", "production")      # "v0003"

A version never changes; what a name stands for does. Every move is kept with who made it, when and why,
and says which revision it was based on: where somebody else moved the name first, it is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from storage import artifacts, database, locks
from storage.database.tables import dataset_names as table
from storage.errors import Conflict, InvalidInput, NotFound
from storage.identifiers import checked_name, now
from storage.project import Project

USUAL = ("production", "candidate")
"""The names that are offered before a team has any of its own."""
_VERSION = re.compile(r"v[0-9]+")
MOST_WORDS = 500


@dataclass(frozen=True)
class Name:
    """A move of a name: the newest one says what it stands for. `version` is None where it was taken away."""

    task: str
    name: str
    revision: int
    version: str | None
    why: str
    by: str
    at: datetime


def listing(project: Project, task: str) -> list[Name]:
    """The names that stand for a version, in the order of the alphabet."""
    newest = (
        select(table.c.name, func.max(table.c.revision).label("revision"))
        .where(table.c.task == task)
        .group_by(table.c.name)
        .subquery()
    )
    wanted = (
        select(table)
        .join(newest, (table.c.name == newest.c.name) & (table.c.revision == newest.c.revision))
        .where(table.c.task == task, table.c.version.is_not(None))
        .order_by(table.c.name)
    )
    with database.engine(project).connect() as connection:
        return [_name(row) for row in connection.execute(wanted)]


def by_version(project: Project, task: str) -> dict[str, list[str]]:
    """The names of each version that has any."""
    found: dict[str, list[str]] = {}
    for name in listing(project, task):
        found.setdefault(str(name.version), []).append(name.name)
    return found


def history(project: Project, task: str, name: str | None = None) -> list[Name]:
    """Every move, of one name or of all, newest first."""
    wanted = select(table).where(table.c.task == task).order_by(table.c.at.desc(), table.c.revision.desc())
    if name is not None:
        wanted = wanted.where(table.c.name == name)
    with database.engine(project).connect() as connection:
        return [_name(row) for row in connection.execute(wanted)]


def move(
    project: Project,
    task: str,
    name: str,
    version: str,
    *,
    by: str,
    based_on: int | None = None,
    why: str = "",
) -> Name:
    """Let `name` stand for `version`; it is made where there is none. Where it does already, nothing changes.

    `based_on` is the revision that the person saw, 0 for a new name; None moves whatever stands. Raises
    Conflict where another move came first, NotFound for an unknown version, InvalidInput for a
    name that nothing can be called or that looks like a version.
    """
    checked_name(name, "dataset name")
    if _VERSION.fullmatch(name):
        raise InvalidInput(
            f"{name!r} looks like a version, and would hide one.",
            next_step="Choose a word, such as production.",
        )
    _known(project, task, version)
    return _moved(project, task, name, version, by=by, based_on=based_on, why=why)


def remove(
    project: Project, task: str, name: str, *, by: str, based_on: int | None = None, why: str = ""
) -> Name:
    """Let `name` stand for nothing any more; its history stays. Raises as `move` does, and NotFound."""
    return _moved(project, task, name, None, by=by, based_on=based_on, why=why)


def resolve(project: Project, task: str, version: str) -> str:
    """The version that a name stands for; a version is answered as it is.

    Raises NotFound for a name that stands for none, naming those there are.
    """
    if _VERSION.fullmatch(version):
        return version
    known = {found.name: str(found.version) for found in listing(project, task)}
    if version not in known:
        named = ", ".join(f"{name} ({stands})" for name, stands in known.items())
        raise NotFound(
            f"Task {task!r} has no dataset version or name {version!r}.",
            next_step=f"Its names are {named}."
            if named
            else "It has no names yet; say a version, such as v0001.",
        )
    return known[version]


def _moved(
    project: Project, task: str, name: str, version: str | None, *, by: str, based_on: int | None, why: str
) -> Name:
    if len(why) > MOST_WORDS:
        raise InvalidInput(
            f"The reason has {len(why):,} characters.", next_step=f"Say it in at most {MOST_WORDS}."
        )
    with database.engine(project).begin() as connection:
        locks.hold(connection, f"dataset_names/{task}")
        stands = _newest(connection, task, name)
        revision = stands.revision if stands else 0
        if based_on is not None and based_on != revision:
            raise _stale(name, stands, based_on)
        if version is None and (stands is None or stands.version is None):
            raise NotFound(f"Task {task!r} has no name {name!r}.", next_step="It may have been taken away.")
        if stands is not None and stands.version == version:
            return stands
        values = {
            "task": task, "name": name, "revision": revision + 1, "version": version, "why": why.strip(),
            "by": by, "at": now(),
        }  # fmt: skip
        return _name(connection.execute(insert(table).values(values).returning(table)).one())


def _newest(connection: Connection, task: str, name: str) -> Name | None:
    wanted = select(table).where(table.c.task == task, table.c.name == name)
    row = connection.execute(wanted.order_by(table.c.revision.desc()).limit(1)).first()
    return _name(row) if row is not None else None


def _stale(name: str, stands: Name | None, based_on: int) -> Conflict:
    if stands is None:
        return Conflict(f"There is no name {name!r}; this move was based on revision {based_on}.")
    now_stands = f"stands for {stands.version}" if stands.version else "was taken away"
    return Conflict(
        f"{name!r} {now_stands} since {stands.by} moved it at {stands.at:%Y-%m-%d %H:%M} UTC (revision "
        f"{stands.revision}); this move was based on revision {based_on}.",
        next_step="Look at what stands now, then move it again.",
    )


def _known(project: Project, task: str, version: str) -> None:
    try:
        artifacts.load(project, "datasets", task, version)
    except NotFound as fault:
        stands = ", ".join(sorted(one.artifact_id for one in artifacts.listing(project, "datasets", task)))
        raise NotFound(
            f"Task {task!r} has no dataset version {version!r}.",
            next_step=f"It has {stands}." if stands else "Freeze its first on the Datasets page.",
        ) from fault


def _name(row: Row[Any]) -> Name:
    return Name(row.task, row.name, row.revision, row.version, row.why, row.by, row.at)
