"""Remembered mappings: for a task and a set of column names, the one that was used last."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import orjson
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from curation.imports import ColumnMapping
from curation.imports import mapping as mapping_rules
from curation.tasks import Task
from storage import database
from storage.database.tables import mappings as table
from storage.errors import InvalidInput
from storage.identifiers import now
from storage.project import Project


def proposed(project: Project, task: Task, columns: Sequence[str]) -> ColumnMapping:
    """The mapping last used for columns of these names in any order, else a guess by their names.

    One that no longer fits the task is not proposed.
    """
    wanted = select(table.c.mapping).where(table.c.task == task.name, table.c.columns_hash == _hash(columns))
    with database.engine(project).connect() as connection:
        found = connection.execute(wanted).scalar()
    if found is not None:
        mapping = ColumnMapping.model_validate(found)
        try:
            mapping_rules.check(task, mapping, columns)
        except InvalidInput:
            return mapping_rules.guess(task, columns)
        return mapping
    return mapping_rules.guess(task, columns)


def remember(project: Project, task: str, columns: Sequence[str], mapping: ColumnMapping, by: str) -> None:
    """Propose `mapping` from now on for columns of these names."""
    values = {"mapping": mapping.model_dump(mode="json"), "used_by": by, "used_at": now()}
    stated = insert(table).values(task=task, columns_hash=_hash(columns), **values)
    with database.engine(project).begin() as connection:
        connection.execute(stated.on_conflict_do_update(index_elements=["task", "columns_hash"], set_=values))


def _hash(columns: Sequence[str]) -> str:
    return hashlib.sha256(orjson.dumps(sorted(columns))).hexdigest()
