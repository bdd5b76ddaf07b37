"""Saved sources as rows of our database. An edit carries the revision it was based on."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from sqlalchemy import Row, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from curation import tasks
from curation.imports.mapping import ColumnMapping
from curation.imports.terms import Terms
from curation.sources import bringing
from curation.sources.locations import Location
from curation.sources.source import Outcome, Source
from storage import database
from storage.database.tables import sources as table
from storage.errors import Conflict, InvalidInput, NotFound
from storage.identifiers import new_id, now
from storage.project import Project

MOST_NAME_CHARS = 120


def listing(project: Project, task: str | None = None) -> list[Source]:
    """The saved sources of a task, or of all, by name."""
    wanted = select(table).order_by(table.c.task, table.c.name)
    if task is not None:
        wanted = wanted.where(table.c.task == task)
    with database.engine(project).connect() as connection:
        return [_source(row) for row in connection.execute(wanted)]


def get(project: Project, source_id: str) -> Source:
    """One source. Raises NotFound."""
    with database.engine(project).connect() as connection:
        row = connection.execute(select(table).where(table.c.source_id == source_id)).one_or_none()
    if row is None:
        raise NotFound(f"There is no source {source_id!r}.", next_step="`understudy source list` names them.")
    return _source(row)


def find(project: Project, task: str, name: str) -> Source:
    """The source of that name. Raises NotFound, naming those there are."""
    found = listing(project, task)
    wanted = next((each for each in found if each.name == name), None)
    if wanted is None:
        named = ", ".join(repr(each.name) for each in found) or "none yet"
        raise NotFound(f"Task {task!r} has no source {name!r}.", next_step=f"It has {named}.")
    return wanted


def save(
    project: Project,
    task: str,
    name: str,
    location: Location,
    mapping: ColumnMapping,
    *,
    by: str,
    member: str | None = None,
    as_table: bool = False,
    terms: Terms | None = None,
) -> Source:
    """Keep a source under `name`; one of that name is changed, and keeps its id and what it brought.

    An uploaded file is kept with it, until the source is forgotten or another file takes its place.
    Raises InvalidInput for a name of no use, NotFound for an unknown task.
    """
    name = _checked(name)
    tasks.get(project, task)
    now_read = {
        "kind": location.kind, "location": location.where, "member": member, "as_table": as_table,
        "mapping": mapping.model_dump(mode="json"), "terms": asdict(terms or Terms()),
        "saved_by": by, "saved_at": now(),
    }  # fmt: skip
    stated = insert(table).values(source_id=new_id("src"), task=task, name=name, **now_read)
    changed = stated.on_conflict_do_update(
        index_elements=["task", "name"], set_={**now_read, "revision": table.c.revision + 1}
    ).returning(table.c.source_id)
    with database.engine(project).begin() as connection:
        source_id = str(connection.execute(changed).scalar_one())
        if location.kind == "upload":
            kept = bringing.keep(project, source_id, Path(location.where))
            connection.execute(update(table).where(table.c.source_id == source_id).values(location=kept.name))
        else:
            bringing.let_go(project, source_id)
    return get(project, source_id)


def rename(project: Project, source_id: str, name: str, *, based_on: int) -> Source:
    """Give a source another name. Raises Conflict for one that is taken, or a stale `based_on`."""
    name = _checked(name)
    stands = get(project, source_id)
    mine = (table.c.source_id == source_id) & (table.c.revision == based_on)
    try:
        with database.engine(project).begin() as connection:
            done = connection.execute(update(table).where(mine).values(name=name, revision=based_on + 1))
    except IntegrityError as fault:
        raise Conflict(f"Another source is called {name!r}.", next_step="Choose another name.") from fault
    if done.rowcount == 0:
        raise Conflict(
            f"The source {stands.name!r} was changed meanwhile: it has revision {stands.revision}, and this "
            f"change was based on {based_on}.",
            next_step="Look at it again, then change it.",
        )
    return get(project, source_id)


def forget(project: Project, source_id: str) -> Source:
    """Remove a source and the upload kept with it; its records stay. The answer is what it was."""
    stood = get(project, source_id)
    with database.engine(project).begin() as connection:
        connection.execute(delete(table).where(table.c.source_id == source_id))
    bringing.let_go(project, source_id)
    return stood


def settle(project: Project, source_id: str, outcome: Outcome, import_id: str | None) -> None:
    """Write down what a refresh brought; without an import the one before stays the last."""
    told: dict[str, Any] = {"refreshed_at": now(), "outcome": asdict(outcome)}
    if import_id is not None:
        told["last_import"] = import_id
    with database.engine(project).begin() as connection:
        connection.execute(update(table).where(table.c.source_id == source_id).values(told))


def _checked(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > MOST_NAME_CHARS or not name.isprintable():
        raise InvalidInput(
            f"A source cannot be called {name[:MOST_NAME_CHARS]!r}.",
            next_step=f"Use 1 to {MOST_NAME_CHARS} characters.",
        )
    return name


def _source(row: Row[Any]) -> Source:
    return Source(
        source_id=row.source_id,
        task=row.task,
        name=row.name,
        location=Location(row.kind, row.location),
        mapping=ColumnMapping.model_validate(row.mapping),
        saved_by=row.saved_by,
        saved_at=row.saved_at,
        revision=row.revision,
        member=row.member,
        as_table=row.as_table,
        terms=Terms(**row.terms),
        refreshed_at=row.refreshed_at,
        outcome=None if row.outcome is None else Outcome(**row.outcome),
        last_import=row.last_import,
    )
