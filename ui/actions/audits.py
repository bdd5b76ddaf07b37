"""Reading the audit log, and checking it: both are for owners and admins, and the check is written down."""

from __future__ import annotations

from storage import audit
from storage.project import Project
from ui.actions.registry import action, note
from ui.sign_in import Person


@action("audit.read", "audit")
def read(
    project: Project, by: Person, filters: audit.Filters, *, before: int | None = None, limit: int = 50
) -> list[audit.Line]:
    """The newest lines that fit. Reading leaves no line: the page would fill the log by being looked at."""
    return audit.listing(project, filters, before=before, limit=limit)


@action("audit.check", "audit")
def check(project: Project, by: Person) -> audit.Verdict:
    """Recompute the whole chain."""
    verdict = audit.verify(project)
    note(project, by, "audit.check", "", lines=verdict.lines, findings=len(verdict.findings))
    return verdict
