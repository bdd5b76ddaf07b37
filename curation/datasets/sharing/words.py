"""What people said about sharing: licences stated after an import, and overrides with their reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update

from curation.datasets.permissions import Override
from storage import database
from storage.database.tables import export_overrides, stated_licences
from storage.errors import InvalidInput, NotFound
from storage.identifiers import now
from storage.project import Project

MOST_CHARACTERS = 2_000


@dataclass(frozen=True)
class StatedLicence:
    """A licence that a person stated for an import, after it."""

    import_id: str
    licence: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Answered:
    """An override that stands, by its number."""

    seq: int
    override: Override


def stated(project: Project, task: str) -> dict[str, StatedLicence]:
    """The newest licence stated of each import of a task."""
    table = stated_licences
    wanted = select(table).where(table.c.task == task).order_by(table.c.seq)
    with database.engine(project).connect() as connection:
        return {
            row.import_id: StatedLicence(row.import_id, row.licence, row.by, row.at)
            for row in connection.execute(wanted)
        }


def state(project: Project, task: str, import_id: str, licence: str, by: str) -> None:
    """Keep what a person says of an import's licence, an identifier of the Hub's or words of their own."""
    said = _checked(licence, "licence", "Name one, such as apache-2.0, or say whose text it is.")
    values = {"task": task, "import_id": import_id, "licence": said, "by": by, "at": now()}
    with database.engine(project).begin() as connection:
        connection.execute(insert(stated_licences).values(values))


def override_of(project: Project, task: str, version: str) -> Answered | None:
    """The newest override of a version that nobody withdrew."""
    table = export_overrides
    mine = (table.c.task == task) & (table.c.version == version) & table.c.withdrawn_at.is_(None)
    with database.engine(project).connect() as connection:
        row = connection.execute(select(table).where(mine).order_by(table.c.seq.desc()).limit(1)).first()
    if row is None:
        return None
    return Answered(row.seq, Override(row.by, row.reason, row.at, frozenset(row.against)))


def answer_for(
    project: Project, task: str, version: str, against: Iterable[str], reason: str, by: str
) -> None:
    """Keep an admin's reason why rows of a version may be used, whatever stands `against` them now."""
    said = _checked(reason, "reason", "Say why these rows may be used: a contract, a permission, a test.")
    values = {
        "task": task, "version": version, "against": sorted(against), "reason": said, "by": by, "at": now(),
    }  # fmt: skip
    with database.engine(project).begin() as connection:
        connection.execute(insert(export_overrides).values(values))


def withdraw(project: Project, task: str, version: str, by: str) -> None:
    """Take back what was answered for a version. Raises NotFound where nothing was."""
    table = export_overrides
    mine = (table.c.task == task) & (table.c.version == version) & table.c.withdrawn_at.is_(None)
    change = {"withdrawn_by": by, "withdrawn_at": now()}
    with database.engine(project).begin() as connection:
        changed = connection.execute(update(table).where(mine).values(change))
    if changed.rowcount == 0:
        raise NotFound(f"Nobody has answered for rows of {task}/{version}.")


def _checked(text: str, what: str, next_step: str) -> str:
    said = " ".join(text.split())
    if not said:
        raise InvalidInput(f"The {what} is empty.", next_step=next_step)
    if len(said) > MOST_CHARACTERS or "\0" in said:
        raise InvalidInput(
            f"The {what} has {len(said):,} characters; {MOST_CHARACTERS:,} plain ones are the most.",
            next_step="Say it shorter.",
        )
    return said
