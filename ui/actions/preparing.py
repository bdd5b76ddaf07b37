"""What texts go through before they are records: the recipe, the policy, and rulings on doubtful values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from curation import cleaning, preparing
from curation.cleaning import Recipe, StepReport
from curation.preparing import Preparation, findings, previewing, uncertain, uncertain_rulings
from curation.preparing.previewing import Tried
from curation.preparing.uncertain import Context, Waiting
from curation.redaction import Policy, Ruling
from storage.project import Project
from ui.actions.registry import action, note
from ui.sign_in import Person


@action("preparing.save", "settings")
def save(
    project: Project, by: Person, task: str, recipe: Recipe, policy: Policy, *, based_on: int
) -> Preparation:
    """Save recipe and policy as the next revision; `based_on` is the one that the change started from.

    What could not run at the next import is refused now: a model or a recogniser that is not there.
    """
    previewing.tried(project, task, recipe, policy, "")
    before = preparing.of(project, task)
    made = preparing.save(project, task, recipe, policy, based_on=based_on, by=by.username)
    note(project, by, "preparing.save", task, changed=before.differences(made), revision=made.revision)
    return made


@action("preparing.preview", "run")
def preview(project: Project, by: Person, task: str, import_id: str, recipe: Recipe) -> cleaning.Report:
    """What a recipe would do to raw rows. Looking leaves no line: a page looks whenever it is drawn."""
    return previewing.preview(project, task, import_id, recipe)


@action("preparing.done", "run")
def done(project: Project, by: Person, task: str, import_id: str) -> tuple[StepReport, ...]:
    """What an import did to its rows, with examples of them as they came."""
    return findings.done(project, task, import_id)


@action("preparing.try", "run")
def attempt(project: Project, by: Person, task: str, recipe: Recipe, policy: Policy, text: str) -> Tried:
    """What would become of a text. It is neither kept nor written down."""
    return previewing.tried(project, task, recipe, policy, text)


@action("redaction.waiting", "run")
def waiting(
    project: Project, by: Person, task: str, *, kind: str = "", limit: int = 20, offset: int = 0
) -> Waiting:
    """The doubtful values that nobody has ruled on, in the text they stand in."""
    return uncertain.waiting(project, task, kind=kind, limit=limit, offset=offset)


@action("redaction.contexts", "run")
def contexts(
    project: Project, by: Person, task: str, value_macs: Sequence[str]
) -> Mapping[str, tuple[Context, ...]]:
    """The text around values that were ruled on."""
    return uncertain.contexts_of(project, task, value_macs)


@action("redaction.rule", "run")
def rule(project: Project, by: Person, task: str, value_mac: str, kind: str, ruling: Ruling) -> int:
    """Say of a doubtful value that it is an identifier ("mask") or none ("keep")."""
    seq = uncertain_rulings.rule(project, task, value_mac, kind, ruling, by.username)
    note(project, by, "redaction.rule", task, kind=kind, ruling=ruling, number=seq)
    return seq


@action("redaction.undo", "run")
def undo(project: Project, by: Person, task: str, seq: int) -> None:
    """Take a ruling on a doubtful value back."""
    uncertain_rulings.take_back(project, task, seq, by.username)
    note(project, by, "redaction.undo", task, number=seq)
