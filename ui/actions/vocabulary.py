"""What changes a task's error tags while people review: each change is an action of its own.

`based_on` is the task's revision that the change started from; None takes the one that stands, as
for a command that was typed just now.
"""

from __future__ import annotations

from collections.abc import Callable

from curation import tasks
from curation.tasks import TagRule, Task, vocabulary
from storage.project import Project
from ui.actions.registry import action, note
from ui.sign_in import Person


@action("tag.add", "settings")
def add(
    project: Project, by: Person, task: str, name: str, *, definition: str = "", group: str = "",
    code: str = "", based_on: int | None = None,
) -> Task:  # fmt: skip
    """Add an error tag."""
    made = _changed(
        project, task, based_on,
        lambda now: vocabulary.added(now, name, definition=definition, group=group, code=code),
    )  # fmt: skip
    note(project, by, "tag.add", task, tag=made.error_tags[-1].code, revision=made.revision)
    return made


@action("tag.reword", "settings")
def reword(
    project: Project, by: Person, task: str, code: str, *, name: str | None = None,
    definition: str | None = None, group: str | None = None, place: int | None = None,
    based_on: int | None = None,
) -> Task:  # fmt: skip
    """Give an error tag another name, definition, group or place among the offered; its code stays."""

    def change(now: Task) -> Task:
        changed = vocabulary.reworded(now, code, name=name, definition=definition, group=group)
        return changed if place is None else vocabulary.moved(changed, code, place)

    made = _changed(project, task, based_on, change)
    note(project, by, "tag.reword", task, tag=code, revision=made.revision)
    return made


@action("tag.merge", "settings")
def merge(
    project: Project, by: Person, task: str, code: str, into: str, *, based_on: int | None = None
) -> Task:
    """Merge an error tag into another: old reviews follow."""
    made = _changed(project, task, based_on, lambda now: vocabulary.merged(now, code, into))
    note(project, by, "tag.merge", task, tag=code, into=into, revision=made.revision)
    return made


@action("tag.retire", "settings")
def retire(project: Project, by: Person, task: str, code: str, *, based_on: int | None = None) -> Task:
    """Offer an error tag no more; reviews that have it keep it."""
    made = _changed(project, task, based_on, lambda now: vocabulary.retired(now, code))
    note(project, by, "tag.retire", task, tag=code, revision=made.revision)
    return made


@action("tag.restore", "settings")
def restore(project: Project, by: Person, task: str, code: str, *, based_on: int | None = None) -> Task:
    """Offer a retired or merged error tag again."""
    made = _changed(project, task, based_on, lambda now: vocabulary.restored(now, code))
    note(project, by, "tag.restore", task, tag=code, revision=made.revision)
    return made


@action("tag.rule", "settings")
def rule(
    project: Project, by: Person, task: str, rules: tuple[TagRule, ...], *, required: bool,
    based_on: int | None = None,
) -> Task:  # fmt: skip
    """Say when error tags are proposed, and whether a correction needs one."""
    told = {"rules": [each.model_dump() for each in rules], "tags_required": required}
    made = _changed(project, task, based_on, lambda now: Task(**{**now.model_dump(), **told}))
    note(project, by, "tag.rule", task, rules=len(rules), required=required, revision=made.revision)
    return made


def _changed(project: Project, task: str, based_on: int | None, change: Callable[[Task], Task]) -> Task:
    stands = tasks.get(project, task)
    revision = stands.revision if based_on is None else based_on
    return tasks.update(project, change(stands), based_on=revision)
