"""What stands in a file as it came: rejected rows, with whatever they hold. For admins alone."""

from __future__ import annotations

from curation import imports
from curation.imports import Reject
from storage.project import Project
from ui.actions.registry import action
from ui.sign_in import Person


@action("import.read_rejects", "run")
def rejects(project: Project, by: Person, task: str, import_id: str, *, limit: int = 200) -> list[Reject]:
    """The first rejected rows of an import, in the file's order."""
    return imports.rejects(project, task, import_id, limit=limit)
