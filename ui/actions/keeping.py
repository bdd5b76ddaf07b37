"""Backups, which take everything out of the project, and seals for artifacts of older releases."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from storage import keeping
from storage.keeping import backups
from storage.keeping.backups import Made
from storage.project import Project
from ui.actions.registry import action, note
from ui.sign_in import Person


@action("project.backup", "people")
def backup(
    project: Project, by: Person, target: Path, *, with_secrets: bool, tell: Callable[[str], None]
) -> Made:
    """Copy the project, its accounts and its answers; the log has it before anything is read."""
    with backups.answering(project, tell):
        note(project, by, "project.backup", target.name, with_secrets=with_secrets)
        return backups.backup(project, target, with_secrets=with_secrets, tell=tell)


@action("project.seal", "settings")
def seal(project: Project, by: Person) -> list[str]:
    """Seal the artifacts of releases whose manifests had no seal."""
    done = keeping.seal_old(project)
    if done:
        note(project, by, "project.seal", project.name, artifacts=len(done))
    return done
