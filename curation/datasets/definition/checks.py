"""Whether a definition fits its task: columns, labels and tags are looked up before anything is built."""

from __future__ import annotations

from collections.abc import Collection

from curation import student_prompts
from curation.datasets.definition.model import LABEL, Definition
from curation.student_prompts import StudentPrompt
from curation.tasks import Task
from storage.errors import InvalidInput


def check(definition: Definition, task: Task) -> None:
    """Raise InvalidInput for what this task can never have."""
    _texts(definition, task)
    codes = [tag.code for tag in task.error_tags]
    for code in (*(definition.tags or ()), *definition.without_tags):
        if code not in codes:
            raise InvalidInput(
                f"{code!r} is not an error tag of task {task.name!r}.", next_step=f"It has {codes}."
            )
    by_label = definition.balance is not None or LABEL in (definition.splits.stratify_by, *definition.caps)
    if by_label and not task.labels:
        raise InvalidInput(
            f"Task {task.name!r} has no label set, so its rows cannot be balanced or split by label.",
            next_step="Use a column instead, or take that out.",
        )
    if LABEL in definition.where:
        raise InvalidInput(
            "Rows cannot be chosen by their label: a version without a class would hide that it is missing.",
            next_step="Choose them by a column, or cap the label.",
        )


def check_columns(definition: Definition, held: Collection[str], known: Collection[str]) -> None:
    """Raise InvalidInput for a column that no record has; `held` are those that some record has."""
    for column in definition.columns:
        if column not in held:
            raise InvalidInput(
                f"No record has a column {column!r}.",
                next_step=f"There is {', '.join(sorted(known))}." if known else "Import the column first.",
            )


def _texts(definition: Definition, task: Task) -> None:
    plain = definition.student_prompt
    if plain is not None:
        student_prompts.check(plain, task)
    for variation in definition.variations.texts:
        if variation.system is None and variation.template is None:
            raise InvalidInput(
                f"The variation {variation.name!r} says nothing else than the plain prompt.",
                next_step="Write its system text or its template, or take it out.",
            )
        base = plain or StudentPrompt(template="".join(f"{{{name}}}" for name in task.input_columns))
        student_prompts.check(variation.applied(base), task, f"variation {variation.name!r}")
