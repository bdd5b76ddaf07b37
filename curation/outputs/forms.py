"""The form of a task's outputs, and the table of what checks each form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from curation.outputs import conversations, json_values, label_sets, texts
from curation.tasks import LengthRule, Task
from storage.errors import InvalidInput

OutputType = Literal["label", "labels", "text", "json", "chat"]


@dataclass(frozen=True)
class OutputForm:
    """How an output is written. `labels` for label forms, `schema` for JSON, `length` for texts and turns."""

    type: OutputType
    labels: tuple[str, ...] = ()
    schema: Mapping[str, Any] | None = None
    length: LengthRule | None = None
    speakers: Mapping[str, str] = field(default_factory=dict)


_CHECKS: dict[OutputType, Callable[[Task, str], str]] = {
    "label": lambda task, output: label_sets.one(task.labels, output),
    "labels": lambda task, output: label_sets.several(task.labels, output),
    "text": lambda task, output: texts.checked(task.length, output),
    "json": lambda task, output: json_values.checked(task.output_schema, output),
    "chat": lambda task, output: conversations.checked(task.length, task.speakers, output),
}


def form_of(task: Task) -> OutputForm:
    """The form that `task`'s outputs have."""
    return OutputForm(_type_of(task), task.labels, task.output_schema, task.length, task.speakers)


def checked(task: Task, output: str) -> str:
    """`output` in its one spelling. Raises InvalidInput, saying what is wrong with it."""
    if not output.strip():
        raise InvalidInput("There is no output.", next_step="Write one.")
    return _CHECKS[_type_of(task)](task, output)


def is_valid(task: Task, output: str) -> bool:
    """Whether `output` may stand as a final output of the task."""
    try:
        checked(task, output)
    except InvalidInput:
        return False
    return True


def same(task: Task, one: str, other: str) -> bool:
    """Whether two outputs say the same: equal in their one spelling, or letter by letter."""
    if one == other:
        return True
    try:
        return key(task, one) == key(task, other)
    except InvalidInput:
        return False


def key(task: Task, output: str) -> str:
    """What all outputs that say the same have in common. Raises InvalidInput as `checked` does."""
    spelled = checked(task, output)
    return json_values.key(spelled) if _type_of(task) == "json" else spelled


def _type_of(task: Task) -> OutputType:
    if task.labels:
        return "labels" if task.multi_label else "label"
    forms: Mapping[str, OutputType] = {"extraction": "json", "chat": "chat"}
    return forms.get(task.kind, "text")
