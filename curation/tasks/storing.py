"""Tasks as rows that change: every edit carries the revision it was based on."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy import update as sql_update
from sqlalchemy.dialects.postgresql import insert

from curation.tasks.definition import Task
from storage import artifacts, database
from storage.database import tables
from storage.errors import Conflict, InvalidInput, NotFound
from storage.identifiers import now
from storage.project import Project

FIXED_BY_AN_IMPORT = ("kind", "input_columns", "multi_label")


def create(project: Project, task: Task) -> Task:
    """Store a new task. Raises Conflict where one of its name stands."""
    table = tables.tasks
    values = {
        "name": task.name,
        "title": task.title,
        "kind": task.kind,
        "definition": _definition(task),
        "revision": 1,
        "created_at": now(),
    }
    statement = insert(table).values(values).on_conflict_do_nothing().returning(table.c.name)
    with database.engine(project).begin() as connection:
        if connection.execute(statement).first() is None:
            raise Conflict(
                f"A task {task.name!r} stands already.", next_step="Edit that one, or choose another name."
            )
    return task.model_copy(update={"revision": 1})


def get(project: Project, name: str) -> Task:
    """The task of that name. Raises NotFound, naming those there are."""
    with database.engine(project).connect() as connection:
        row = connection.execute(select(tables.tasks).where(tables.tasks.c.name == name)).first()
    if row is not None:
        return _task(row)
    names = [task.name for task in listing(project)]
    raise NotFound(
        f"There is no task {name!r}.",
        next_step=f"There is {', '.join(names)}." if names else "Create one with `understudy task add`.",
    )


def listing(project: Project) -> list[Task]:
    """Every task, oldest first."""
    table = tables.tasks
    with database.engine(project).connect() as connection:
        return [_task(row) for row in connection.execute(select(table).order_by(table.c.created_at))]


def update(project: Project, task: Task, *, based_on: int) -> Task:
    """Replace the definition of `task.name` that has revision `based_on`.

    Raises Conflict if another edit came first, naming what differs, NotFound for an unknown
    task, and InvalidInput for a change that would part the task from its imported records.
    """
    table = tables.tasks
    stands = get(project, task.name)
    _check_change(project, stands, task)
    statement = (
        sql_update(table)
        .where(table.c.name == task.name, table.c.revision == based_on)
        .values(title=task.title, kind=task.kind, definition=_definition(task), revision=based_on + 1)
        .returning(table.c.revision)
    )
    with database.engine(project).begin() as connection:
        row = connection.execute(statement).first()
    if row is None:
        current = get(project, task.name)
        raise Conflict(
            f"Task {task.name!r} is at revision {current.revision}; this edit was based on {based_on} "
            f"and differs from what stands in {', '.join(_differences(current, task)) or 'nothing'}.",
            next_step="Load the task again and repeat the edit.",
        )
    return task.model_copy(update={"revision": int(row.revision)})


def _check_change(project: Project, stands: Task, task: Task) -> None:
    codes = {tag.code for tag in task.error_tags}
    gone = [tag for tag in stands.error_tags if tag.code not in codes]
    if gone:
        raise InvalidInput(
            f"The error tag {gone[0].code!r} of task {task.name!r} cannot be taken away: reviews hold it.",
            next_step="Retire it, or merge it into another.",
        )
    changed = [name for name in _differences(stands, task) if name in FIXED_BY_AN_IMPORT]
    if changed and artifacts.listing(project, "records", task.name):
        raise InvalidInput(
            f"{' and '.join(changed)} of task {task.name!r} cannot change: it has imported records.",
            next_step="Create a new task for the new form.",
        )


def _differences(left: Task, right: Task) -> list[str]:
    fields = [name for name in Task.model_fields if name != "revision"]
    return [name for name in fields if getattr(left, name) != getattr(right, name)]


def _definition(task: Task) -> dict[str, Any]:
    """As a row holds it. The schema is kept as text: JSONB would forget the order in which its keys stand."""
    stored = task.model_dump(mode="json", exclude={"name", "title", "kind", "revision"})
    if task.output_schema is not None:
        stored["output_schema"] = json.dumps(stored["output_schema"], ensure_ascii=False)
    return stored


def _task(row: Row[Any]) -> Task:
    stored = dict(row.definition)
    if isinstance(stored.get("output_schema"), str):
        stored["output_schema"] = json.loads(stored["output_schema"])
    return Task(name=row.name, title=row.title, kind=row.kind, revision=row.revision, **stored)
