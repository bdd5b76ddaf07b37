"""What a project is told: tasks, their error tags, teachers and prompts."""

from __future__ import annotations

from curation import prompts, tasks, teachers
from curation.prompts import Prompt
from curation.tasks import Task
from curation.teachers import Teacher
from storage.project import Project
from ui.actions.registry import action, note
from ui.sign_in import Person


@action("task.create", "settings")
def create(project: Project, by: Person, task: Task) -> Task:
    """Make a task."""
    made = tasks.create(project, task)
    note(project, by, "task.create", made.name, labels=len(made.labels))
    return made


@action("task.change", "settings")
def change(project: Project, by: Person, changed: Task, based_on: int) -> Task:
    """Change a task or its error tags; `based_on` is the revision that the change started from."""
    before = tasks.get(project, changed.name).model_dump()
    made = tasks.update(project, changed, based_on=based_on)
    after = made.model_dump()
    fields = sorted(name for name in after if name != "revision" and after[name] != before.get(name))
    note(project, by, "task.change", made.name, fields=fields, revision=made.revision)
    return made


@action("teacher.save", "settings")
def save_teacher(project: Project, by: Person, teacher: Teacher, *, based_on: int | None = None) -> Teacher:
    """Define a teacher, or change the one of revision `based_on`."""
    saved = teachers.save(project, teacher, based_on=based_on)
    note(project, by, "teacher.save", saved.name, kind=saved.kind, may_train=saved.may_train)
    return saved


@action("prompt.create", "run")
def create_prompt(
    project: Project,
    by: Person,
    task: str,
    *,
    system: str,
    template: str,
    reason: str,
    answers_tags: tuple[str, ...] = (),
) -> Prompt:
    """Make the next prompt version."""
    made = prompts.create(
        project, task, system=system, template=template, reason=reason, answers_tags=answers_tags,
        created_by=by.username,
    )  # fmt: skip
    note(project, by, "prompt.create", f"{task}/{made.version}")
    return made
