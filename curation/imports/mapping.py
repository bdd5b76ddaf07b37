"""Which column of a file is which: inputs, gold, and what is merely kept beside them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict

from curation.tasks import Task
from storage.errors import InvalidInput

GOLD_NAMES = ("gold", "label", "category", "reference", "expected", "answer", "class", "target")
"""Column names that usually hold the right answer, in the order they are tried."""


class ColumnMapping(BaseModel):
    """How a file's columns belong to a task.

    `inputs` gives each of the task's input columns its file column: {file column: input column}.
    `gold` is the file column of the right answer; it is kept for held-out records only.
    `extras` are file columns kept as they are: recorded teachers, sellers, prices.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    inputs: dict[str, str]
    gold: str | None = None
    extras: tuple[str, ...] = ()

    @property
    def file_columns(self) -> tuple[str, ...]:
        """Every file column that is read, each once."""
        gold = (self.gold,) if self.gold is not None else ()
        return tuple(dict.fromkeys((*self.inputs, *gold, *self.extras)))

    def canonical(self) -> dict[str, Any]:
        """The same as JSON, with the order of columns taken out."""
        return {
            "inputs": dict(sorted(self.inputs.items())),
            "gold": self.gold,
            "extras": sorted(self.extras),
        }


def guess(task: Task, columns: Sequence[str]) -> ColumnMapping:
    """A mapping by name: letter case, spaces and underscores do not count. May miss input columns."""
    by_form = {_form(column): column for column in reversed(columns)}
    inputs: dict[str, str] = {}
    for name in task.input_columns:
        column = by_form.get(_form(name))
        if column is not None:
            inputs.setdefault(column, name)
    if not inputs and len(task.input_columns) == 1 and len(columns) == 1:
        inputs[columns[0]] = task.input_columns[0]
    gold_names = [task.target, *GOLD_NAMES]
    gold = next((by_form[form] for form in map(_form, gold_names) if form in by_form), None)
    gold = None if gold in inputs else gold
    extras = tuple(column for column in columns if column not in inputs and column != gold)
    return ColumnMapping(inputs=inputs, gold=gold, extras=extras)


def check(task: Task, mapping: ColumnMapping, columns: Sequence[str]) -> None:
    """Raises InvalidInput for a column the file lacks, or an input column with no file column."""
    absent = [column for column in mapping.file_columns if column not in columns]
    if absent:
        raise InvalidInput(
            f"The file has no column {_listed(absent)}.", next_step=f"It has {_listed(columns)}."
        )
    unknown = [name for name in mapping.inputs.values() if name not in task.input_columns]
    if unknown:
        raise InvalidInput(
            f"Task {task.name!r} has no input column {_listed(unknown)}.",
            next_step=f"It has {_listed(task.input_columns)}.",
        )
    given = list(mapping.inputs.values())
    twice = sorted({name for name in given if given.count(name) > 1})
    if twice:
        raise InvalidInput(f"Two columns are mapped to {_listed(twice)}.", next_step="Map one to each input.")
    missing = [name for name in task.input_columns if name not in given]
    if missing:
        raise InvalidInput(
            f"No column is mapped to the input {_listed(missing)}.",
            next_step=f"Choose one of {_listed(columns)}.",
        )
    where = task.held_out_where
    if where is not None and where.column not in mapping.file_columns:
        raise InvalidInput(
            f"Task {task.name!r} holds records out by the column {where.column!r}, which is not mapped.",
            next_step="Keep it among the extra columns.",
        )


def held_out_values(task: Task, mapping: ColumnMapping) -> Mapping[str, frozenset[str]]:
    """{file column: values} that hold a row out by the task's own rule; empty without one."""
    where = task.held_out_where
    return {} if where is None else {where.column: frozenset(where.values)}


def _form(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.casefold())


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(repr(name) for name in list(names)[:20])
    return f"{shown} and {len(names) - 20} more" if len(names) > 20 else shown
