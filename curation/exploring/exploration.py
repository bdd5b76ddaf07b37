"""What a task's records are like, counted once by a job and kept: lengths, languages, labels, every column.

A page over a million records cannot count them while somebody waits. It shows the newest exploration,
how old that is, and what came since.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from curation.exploring import distributions, slicing, system_prompts
from curation.exploring.distributions import Counts, Lengths, Whose
from curation.exploring.slicing import Slice, Slices
from curation.exploring.system_prompts import SystemPrompts
from curation.tasks import Task
from storage import artifacts
from storage.project import Project

MOST_COLUMNS = 40
WHOSE: tuple[Whose, ...] = ("teacher", "people", "gold")
NONE, OTHERS = "(none)", "(all other values)"
Progress = Callable[[int, int, str], None]
"""Called with the steps done, all steps, and what comes next."""


@dataclass(frozen=True)
class PromptsOf:
    """The system prompts of `where`: an input column, or a dataset version."""

    where: str
    found: SystemPrompts


@dataclass(frozen=True)
class Exploration:
    """The answers about one task's `records`.

    `labels` has the teachers', people's and the file's own where there are any; `columns` what records
    carry beside their inputs, `source` first. `columns_left_out` came after the 40 that are counted.
    """

    records: int
    lengths: Lengths
    languages: Counts
    labels: Mapping[Whose, Counts]
    columns: tuple[Slices, ...]
    columns_left_out: tuple[str, ...]
    prompts: tuple[PromptsOf, ...]

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the system prompts call for, each with where they stand."""
        return tuple(f"{each.where}: {each.found.warning}" for each in self.prompts if each.found.warning)

    def counts(self, column: str) -> dict[str, int]:
        """Rows by value of a column, of `language` or of `label (people)` and kin; no value is `(none)`.

        Values beyond those that are kept stand together. Empty for a column that is not known.
        """
        if column == "language":
            return _together(self.languages)
        labels = {f"label ({whose})": counts for whose, counts in self.labels.items()}
        if column in labels:
            return _together(labels[column])
        slices = next((each for each in self.columns if each.column == column), None)
        if slices is None:
            return {}
        return _with_rest({_named(each): each.rows for each in slices.slices}, slices.rows)

    @property
    def countable(self) -> tuple[str, ...]:
        """What `counts` can be asked for, the telling ones first."""
        labels = tuple(f"label ({whose})" for whose in self.labels)
        return (*labels, "language", *(each.column for each in self.columns))


def explored(project: Project, task: Task, progress: Progress | None = None) -> Exploration:
    """Look at the task's records now. Where they are very many it takes a minute."""
    tell = progress or (lambda done, total, message: None)
    names = slicing.extra_columns(project, task.name)
    columns = ["source", *names[:MOST_COLUMNS]]
    steps = len(columns) + 4
    tell(0, steps, "lengths")
    lengths = distributions.lengths(project, task.name)
    tell(1, steps, "languages")
    languages = distributions.languages(project, task.name)
    tell(2, steps, "labels")
    labels = {whose: distributions.labels(project, task.name, whose) for whose in WHOSE}
    slices = []
    for place, column in enumerate(columns):
        tell(3 + place, steps, f"column {column}")
        slices.append(slicing.slices(project, task.name, column))
    tell(steps - 1, steps, "system prompts")
    prompts = _prompts(project, task)
    tell(steps, steps, "")
    return Exploration(
        records=lengths.of,
        lengths=lengths,
        languages=languages,
        labels={whose: counts for whose, counts in labels.items() if counts.rows},
        columns=tuple(slices),
        columns_left_out=tuple(names[MOST_COLUMNS:]),
        prompts=prompts,
    )


def _prompts(project: Project, task: Task) -> tuple[PromptsOf, ...]:
    """Of conversations in the records, and of the newest dataset version."""
    found = [
        PromptsOf(column, system_prompts.of_conversations(project, task.name, column))
        for column in task.input_columns
        if task.kind == "chat" or task.shown(column) == "chat"
    ]
    versions = sorted(each.artifact_id for each in artifacts.listing(project, "datasets", task.name))
    if versions:
        newest = versions[-1]
        found.append(PromptsOf(newest, system_prompts.of_dataset(project, task.name, newest)))
    return tuple(each for each in found if each.found.distinct)


def _together(counts: Counts) -> dict[str, int]:
    return _with_rest({_named(each): each.rows for each in counts.values}, counts.rows)


def _with_rest(found: dict[str, int], rows: int) -> dict[str, int]:
    rest = rows - sum(found.values())
    return {**found, OTHERS: rest} if rest else found


def _named(each: Slice | distributions.Value) -> str:
    return NONE if each.value is None else each.value
