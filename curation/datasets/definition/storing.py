"""Saved definitions: several of a task by name, each edit with the revision that it was based on."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy import update as sql_update
from sqlalchemy.dialects.postgresql import insert

from curation import prompts, tasks
from curation.datasets.definition import checks
from curation.datasets.definition.model import DEFAULT_NAME, Definition, parsed
from storage import artifacts, database, views
from storage.database.tables import dataset_definitions as table
from storage.errors import Conflict, InvalidInput, NotFound
from storage.identifiers import now
from storage.project import Project


@dataclass(frozen=True)
class Saved:
    """A definition as it stands; revision 0 says that nobody has saved one of this name."""

    definition: Definition
    revision: int = 0
    saved_by: str = ""
    saved_at: datetime | None = field(default=None)


def get(project: Project, task: str, name: str = DEFAULT_NAME) -> Saved:
    """The definition of that name; `default` is there before anybody has saved it.

    Raises NotFound, naming those there are.
    """
    with database.engine(project).connect() as connection:
        row = connection.execute(select(table).where(table.c.task == task, table.c.name == name)).first()
    if row is not None:
        return _saved(row)
    if name == DEFAULT_NAME:
        return Saved(Definition())
    names = ", ".join(saved.definition.name for saved in listing(project, task))
    raise NotFound(f"Task {task!r} has no dataset definition {name!r}.", next_step=f"It has {names}.")


def listing(project: Project, task: str) -> list[Saved]:
    """Every definition of a task, the default one first, then by name."""
    with database.engine(project).connect() as connection:
        rows = connection.execute(select(table).where(table.c.task == task).order_by(table.c.name)).all()
    found = [_saved(row) for row in rows]
    default = next((saved for saved in found if saved.definition.name == DEFAULT_NAME), Saved(Definition()))
    return [default, *(saved for saved in found if saved is not default)]


def save(project: Project, task: str, definition: Definition, *, based_on: int, by: str) -> Saved:
    """Store a definition under its name, in place of the one that has revision `based_on` (0: none yet).

    Raises InvalidInput for one that does not fit the task or its imports, Conflict if another edit came
    first, naming what differs.
    """
    definition = checked(project, task, definition)
    values = {"definition": definition.values(), "saved_by": by, "saved_at": now()}
    with database.engine(project).begin() as connection:
        if based_on == 0:
            given = insert(table).values(task=task, name=definition.name, revision=1, **values)
            statement: Any = given.on_conflict_do_nothing().returning(table)
        else:
            standing = (table.c.task == task, table.c.name == definition.name, table.c.revision == based_on)
            changed = sql_update(table).where(*standing)
            statement = changed.values(revision=based_on + 1, **values).returning(table)
        row = connection.execute(statement).first()
    if row is None:
        raise _stale(get(project, task, definition.name), definition, based_on)
    return _saved(row)


def checked(project: Project, task: str, definition: Definition) -> Definition:
    """The definition if it fits, with the hash of the file that it replays. Raises InvalidInput, NotFound."""
    checks.check(definition, tasks.get(project, task))
    for number in definition.prompts or ():
        prompts.get(project, task, number)
    if definition.imports is not None:
        known = import_names(project, task)
        for name in definition.imports:
            if name not in known:
                raise InvalidInput(
                    f"Task {task!r} has no import {name!r}.",
                    next_step=f"It has {', '.join(known)}." if known else "Import a file first.",
                )
    replay = definition.replay
    if replay is None or replay.file is None or replay.sha256 is not None:
        return definition
    path = Path(replay.file).resolve()
    if not path.is_file():
        raise InvalidInput(f"There is no file {path} to replay.", next_step="Check the path.")
    held = replay.model_copy(update={"file": str(path), "sha256": artifacts.sha256_of(path)})
    return definition.model_copy(update={"replay": held})


def import_names(project: Project, task: str) -> list[str]:
    """What `imports` may name: the files that records came from, then the imports' ids."""
    recorded = artifacts.listing(project, "records", task)
    with views.pinned(recorded, ("records",)) as connection:
        sources = views.answered(connection, "SELECT DISTINCT source FROM records ORDER BY source")
    ids = [name.removeprefix("imports/") for manifest in recorded for name in manifest.inputs]
    return list(dict.fromkeys([*(row["source"] for row in sources if row["source"]), *ids]))


def _stale(current: Saved, wanted: Definition, based_on: int) -> Conflict:
    fields = Definition.model_fields
    differing = [name for name in fields if getattr(current.definition, name) != getattr(wanted, name)]
    return Conflict(
        f"The dataset definition {wanted.name!r} is at revision {current.revision}; this edit was based on "
        f"{based_on} and differs from what stands in {', '.join(differing) or 'nothing'}.",
        next_step="Load the definition again and repeat the edit.",
    )


def _saved(row: Row[Any]) -> Saved:
    return Saved(
        parsed({**row.definition, "name": row.name}), int(row.revision), str(row.saved_by), row.saved_at
    )
