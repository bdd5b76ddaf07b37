"""What dataset versions are built from: saving a definition."""

from __future__ import annotations

from curation.datasets.definition import Definition, storing
from curation.datasets.definition.storing import Saved
from storage.project import Project
from ui.actions.registry import action, note
from ui.sign_in import Person


@action("dataset.define", "run")
def define(project: Project, by: Person, task: str, definition: Definition, *, based_on: int) -> Saved:
    """Save a definition in place of the revision it was based on; 0 where there is none of its name."""
    saved = storing.save(project, task, definition, based_on=based_on, by=by.username)
    note(
        project, by, "dataset.define", f"{task}/{definition.name}", revision=saved.revision,
        definition=saved.definition.content_hash(),
    )  # fmt: skip
    return saved
