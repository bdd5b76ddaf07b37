"""Preparations as rows that change: every edit carries the revision it was based on, and none is lost."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select

from curation import cleaning, redaction, tasks
from curation.preparing.preparation import DEFAULT, Preparation
from storage import database, locks
from storage.database.tables import preparations as table
from storage.errors import Conflict
from storage.identifiers import now
from storage.project import Project
from storage.services import secrets


def of(project: Project, task: str) -> Preparation:
    """What the texts of a task go through now; the default where nothing else was ever saved."""
    with database.engine(project).connect() as connection:
        return _standing(connection, task)


def save(
    project: Project,
    task: str,
    recipe: cleaning.Recipe,
    policy: redaction.Policy,
    *,
    based_on: int,
    by: str,
) -> Preparation:
    """Store a new revision; saving what stands already makes none.

    Raises Conflict if another edit came first, naming what differs, and NotFound for an unknown task.
    """
    tasks.get(project, task)
    wanted = Preparation(recipe, policy, based_on + 1)
    with database.engine(project).begin() as connection:
        locks.hold(connection, f"preparing/{task}")
        stands = _standing(connection, task)
        if stands.revision != based_on:
            differing = ", ".join(stands.differences(wanted)) or "nothing"
            raise Conflict(
                f"The preparation of {task!r} is at revision {stands.revision}; this edit was based on "
                f"{based_on} and differs from what stands in {differing}.",
                next_step="Load it again and repeat the edit.",
            )
        if not stands.differences(wanted):
            return stands
        connection.execute(
            insert(table).values(
                task=task,
                revision=wanted.revision,
                recipe=recipe.model_dump(mode="json"),
                policy=policy.model_dump(mode="json"),
                by=by,
                at=now(),
            )
        )
    return wanted


def secret(project: Project) -> bytes:
    """The project's 32 bytes for pseudonyms: always the same, and never in a manifest or a log.

    Made from the key in `services/secrets.json` (mode 0600), so that a backup with secrets brings it
    along. Where that file is lost, values get other pseudonyms from then on.
    """
    return secrets.derived_key(project, "pseudonyms")


def _standing(connection: Connection, task: str) -> Preparation:
    chosen = select(table.c.recipe, table.c.policy, table.c.revision).where(table.c.task == task)
    row = connection.execute(chosen.order_by(table.c.revision.desc()).limit(1)).first()
    if row is None:
        return DEFAULT
    return Preparation(cleaning.parsed(row.recipe), redaction.Policy.model_validate(row.policy), row.revision)
