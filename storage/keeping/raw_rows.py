"""Raw rows, rejects and examples of imports: deleted once they are as old as the project keeps them.

What was made of them stays, and so does the import with its counts, terms and hashes; `understudy
verify` finds that it says so itself.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from storage import artifacts, audit, database, locks
from storage.identifiers import now
from storage.keeping import removed_files
from storage.project import Project

BY = "understudy"


def delete_old(project: Project, *, at: datetime | None = None) -> list[str]:
    """Delete what is older than `[imports] keep_raw_days` says; the imports (`task/imp_…`) that lost theirs.

    `at` is the time to go by, now by default. With 0 days nothing is ever too old.
    """
    days = project.settings.imports.keep_raw_days
    if days == 0:
        return []
    found = []
    with database.engine(project).begin() as connection:
        locks.hold(connection, "raw rows")  # of two workers one deletes, the other finds nothing left
        for manifest in removed_files.older_than(project, "imports", (at or now()) - timedelta(days=days)):
            removed_files.remove_files(manifest, by=BY, why=f"older than {days} days")
            _noted(project, BY, manifest.task, manifest.artifact_id, f"older than {days} days")
            found.append(f"{manifest.task}/{manifest.artifact_id}")
    return found


def delete(project: Project, task: str, import_id: str, *, by: str, why: str) -> None:
    """Delete those of one import now. Raises NotFound for an unknown import."""
    manifest = artifacts.load(project, "imports", task, import_id)
    with database.engine(project).begin() as connection:
        locks.hold(connection, "raw rows")
        removed_files.remove_files(manifest, by=by, why=why)
    _noted(project, by, task, import_id, why)


def _noted(project: Project, by: str, task: str, import_id: str, why: str) -> None:
    audit.append(
        project, actor=by, action="import.delete_raw", subject=task, facts={"import": import_id, "why": why}
    )
