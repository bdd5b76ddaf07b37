"""Prompts: the numbered, immutable versions of what a teacher is asked for one task.

`{labels}` in a template is filled in when the version is made, so that a label set that changes
later never changes what an older version said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.dialects.postgresql import insert

from curation import tasks, templates
from curation.templates import LABELS, Rendered, braced, placeholders, with_labels
from storage import database, locks, numbers
from storage.database import tables
from storage.errors import InvalidInput, NotFound
from storage.identifiers import content_hash, now
from storage.project import Project


@dataclass(frozen=True)
class Prompt:
    """One version: `v{number}` of its task's prompt, with the reason it was made."""

    task: str
    number: int
    system: str
    template: str
    reason: str
    answers_tags: tuple[str, ...]
    created_by: str
    created_at: datetime

    @property
    def version(self) -> str:
        """`v1`, `v2` and so on."""
        return f"v{self.number}"


def render(prompt: Prompt, inputs: Mapping[str, str]) -> Rendered:
    """Fill a record's inputs in. What a record says is never read as a placeholder itself.

    Raises InvalidInput for a column the record does not have, listing those it has.
    """
    return templates.render(prompt.system, prompt.template, inputs)


def create(
    project: Project,
    task: str,
    *,
    system: str,
    template: str,
    reason: str,
    answers_tags: Sequence[str] = (),
    created_by: str,
) -> Prompt:
    """Make the next version. The same texts as an earlier version return that version.

    Raises InvalidInput for an unknown column or error tag, a template that names no column, or
    no reason from version 2 on.
    """
    known = tasks.get(project, task)
    if {LABELS} & {*placeholders(system), *placeholders(template)} and not known.labels:
        if LABELS not in known.input_columns:
            raise InvalidInput(
                f"The prompt names {{labels}}, but task {task!r} has no label set.",
                next_step="Give the task labels, or take {labels} out.",
            )
    system = with_labels(system.strip(), known.labels, known.input_columns)
    template = with_labels(template.strip(), known.labels, known.input_columns)
    _check(known, system, template, answers_tags)
    digest = content_hash({"system": system, "template": template})
    table = tables.prompts
    with database.engine(project).begin() as connection:
        locks.hold(connection, f"prompts/{task}")
        stands = connection.execute(
            select(table).where(table.c.task == task, table.c.content_hash == digest)
        ).first()
        if stands is not None:
            return _prompt(stands)
        if not reason.strip() and connection.execute(select(table).where(table.c.task == task)).first():
            raise InvalidInput(
                "A new prompt version needs its reason.", next_step="Say what it is to do better."
            )
        values = {
            "task": task,
            "number": numbers.take(connection, f"prompts/{task}"),
            "system": system,
            "template": template,
            "reason": reason.strip(),
            "answers_tags": list(answers_tags),
            "content_hash": digest,
            "created_by": created_by,
            "created_at": now(),
        }
        return _prompt(connection.execute(insert(table).values(values).returning(table)).one())


def get(project: Project, task: str, number: int) -> Prompt:
    """One version. Raises NotFound, naming the versions there are."""
    found = listing(project, task)
    for prompt in found:
        if prompt.number == number:
            return prompt
    stands = ", ".join(prompt.version for prompt in found)
    raise NotFound(
        f"Task {task!r} has no prompt v{number}.",
        next_step=f"It has {stands}." if stands else "Write its first version on the Prompts page.",
    )


def listing(project: Project, task: str) -> list[Prompt]:
    """The versions of a task's prompt, oldest first."""
    table = tables.prompts
    with database.engine(project).connect() as connection:
        found = connection.execute(select(table).where(table.c.task == task).order_by(table.c.number))
        return [_prompt(row) for row in found]


def _check(task: tasks.Task, system: str, template: str, answers_tags: Sequence[str]) -> None:
    named = placeholders(template)
    for name in (*placeholders(system), *named):
        if name not in task.input_columns:
            raise InvalidInput(
                f"The prompt names {{{name}}}, which is not an input column of task {task.name!r}.",
                next_step=f"Known columns: {braced(task.input_columns)}.",
            )
    if not named:
        raise InvalidInput(
            "The template names no column, so every record would get the same question.",
            next_step=f"Put one of {braced(task.input_columns)} into it.",
        )
    codes = [tag.code for tag in task.error_tags]
    for code in answers_tags:
        if code not in codes:
            raise InvalidInput(
                f"{code!r} is not an error tag of task {task.name!r}.", next_step=f"It has {codes}."
            )


def _prompt(row: Row[Any]) -> Prompt:
    return Prompt(
        task=row.task,
        number=row.number,
        system=row.system,
        template=row.template,
        reason=row.reason,
        answers_tags=tuple(row.answers_tags),
        created_by=row.created_by,
        created_at=row.created_at,
    )
