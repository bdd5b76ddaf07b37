"""How queues hand cards out, and which records have a known output."""

from __future__ import annotations

from curation import ordering
from curation.gold import known, right
from curation.ordering import Handing
from curation.ordering.settings import Stored
from storage.project import Project
from ui.actions.registry import action, note
from ui.sign_in import Person


@action("queue.set", "settings")
def set_queue(project: Project, by: Person, queue: str, handing: Handing, based_on: int) -> Stored:
    """Change a queue's settings; `based_on` is the revision that the change started from."""
    before = ordering.of(project, queue).handing
    made = ordering.change(project, queue, handing, based_on=based_on)
    fields = [name for name in Handing.model_fields if getattr(before, name) != getattr(handing, name)]
    note(project, by, "queue.set", queue, fields=fields, revision=made.revision)
    return made


@action("gold.mark", "settings")
def mark(
    project: Project,
    by: Person,
    task: str,
    record_id: str,
    *,
    output: str | None = None,
    discard: bool = False,
) -> str | None:
    """Name the right output of a record; None where it is rightly discarded."""
    named = right.mark(project, task, record_id, by.username, output=output, discard=discard)
    note(project, by, "gold.mark", task, record=record_id)
    return named


@action("gold.unmark", "settings")
def unmark(project: Project, by: Person, task: str, record_id: str) -> bool:
    """Take a named output back."""
    was = known.unmark(project, task, record_id)
    note(project, by, "gold.unmark", task, record=record_id)
    return was
