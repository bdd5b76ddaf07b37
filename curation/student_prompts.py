"""The student prompt: what the small model is asked, usually far shorter than what the teacher was.

A teacher needs the whole task explained with every record; a student has learned it and is asked in a
few words, which costs less at each answer. Variations are the same question in other words, written or
approved by a person, so that the student does not cling to one wording. Pure functions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pydantic import BaseModel, ConfigDict, Field

from curation.tasks import Task
from curation.templates import LABELS, braced, pieces, placeholders, with_labels
from storage.errors import InvalidInput

Renderer = Callable[[Mapping[str, str]], tuple[str, str]]
"""From a record's inputs to the system text and the user text."""


class StudentPrompt(BaseModel):
    """A template with `{column}` placeholders, and a system text that may have some too."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    system: str = Field(default="", max_length=50_000)
    template: str = Field(max_length=50_000)


class Variation(BaseModel):
    """Another wording, under a short name; what is None is as in the plain prompt."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")
    system: str | None = Field(default=None, max_length=50_000)
    template: str | None = Field(default=None, max_length=50_000)

    def applied(self, plain: StudentPrompt) -> StudentPrompt:
        """The whole prompt in this wording."""
        return StudentPrompt(
            system=plain.system if self.system is None else self.system,
            template=plain.template if self.template is None else self.template,
        )


def filled_in(prompt: StudentPrompt, task: Task) -> StudentPrompt:
    """The prompt with `{labels}` replaced by the task's labels, so that it stands by itself."""
    columns = task.input_columns
    return StudentPrompt(
        system=with_labels(prompt.system.strip(), task.labels, columns),
        template=with_labels(prompt.template.strip(), task.labels, columns),
    )


def check(prompt: StudentPrompt, task: Task, what: str = "student prompt") -> None:
    """Raise InvalidInput for a column the task does not have, or a template that names none."""
    known = {*task.input_columns, *([LABELS] if task.labels else [])}
    named = placeholders(prompt.template)
    for name in (*placeholders(prompt.system), *named):
        if name not in known:
            raise InvalidInput(
                f"The {what} names {{{name}}}, which is not an input column of task {task.name!r}.",
                next_step=f"Known columns: {braced(task.input_columns)}.",
            )
    if not set(named) & set(task.input_columns):
        raise InvalidInput(
            f"The template of the {what} names no column, so every record would get the same question.",
            next_step=f"Put one of {braced(task.input_columns)} into it.",
        )


def renderer(prompt: StudentPrompt) -> Renderer:
    """What fills a record's inputs in, with the templates read once for all records.

    Like `templates.render` it raises InvalidInput for a column that a record does not have.
    """
    system, template = _filler(prompt.system), _filler(prompt.template)

    def render(inputs: Mapping[str, str]) -> tuple[str, str]:
        try:
            return system(inputs), template(inputs)
        except KeyError as fault:
            raise InvalidInput(
                f"The student prompt names {{{fault.args[0]}}}, which is not a column of this record.",
                next_step=f"Known columns: {braced(inputs)}.",
            ) from fault

    return render


def _filler(template: str) -> Callable[[Mapping[str, str]], str]:
    """A template as a function; most have one column or none, which is worth a way of its own."""
    parts = pieces(template)
    before, column = parts[0]
    if column is None:
        return lambda inputs: before
    if len(parts) == 2:
        after, only = parts[1][0], column
        return lambda inputs: f"{before}{inputs[only]}{after}"
    return lambda inputs: "".join([text if name is None else text + inputs[name] for text, name in parts])
