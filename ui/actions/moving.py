"""Moving queues, answers and accounts between Argillas."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from storage import moving
from storage.moving import Imported, Manifest
from storage.project import Project
from ui.actions.registry import action, note
from ui.sign_in import Person


@action("argilla.export", "people")
def export(project: Project, by: Person, folder: Path, *, tell: Callable[[str], None]) -> Manifest:
    """Write the workspace's queues, answers and accounts into a new folder."""
    made = moving.export(project, folder, tell=tell)
    note(
        project, by, "argilla.export", made.source, queues=[queue.name for queue in made.queues],
        accounts=made.accounts,
    )  # fmt: skip
    return made


@action("argilla.import", "people")
def import_folder(project: Project, by: Person, folder: Path, *, tell: Callable[[str], None]) -> Imported:
    """Put an export's queues and accounts into the project's Argilla."""
    made = moving.import_folder(project, folder, tell=tell)
    note(
        project, by, "argilla.import", made.target, queues=[queue.name for queue in made.queues],
        accounts=[account.username for account in made.accounts.new],
    )  # fmt: skip
    return made
