"""Pairs: what two candidates said for the same record, in the order they are shown."""

from __future__ import annotations

from dataclasses import dataclass

from curation import datasets
from curation.datasets import DatasetRow
from eval import evaluations
from eval.comparisons.registry import Comparison, swapped
from eval.evaluations import Output
from storage.project import Project

NO_ANSWER = "(no answer)"
"""What a voter sees where a candidate gave none; Argilla does not store empty fields."""


@dataclass(frozen=True)
class Shown:
    """One side of a pair as it is shown. `candidate` is for after the vote."""

    candidate: str
    output: str
    label: str | None
    correct: bool


@dataclass(frozen=True)
class Pair:
    """Two outputs for a record, in the order they are shown. `reference` is for after the vote."""

    record_id: str
    inputs: dict[str, str]
    prompt: str
    left: Shown
    right: Shown
    reference: str

    @property
    def differ(self) -> bool:
        """Whether there is anything to choose between."""
        return self.left.output != self.right.output


def pairs(
    project: Project,
    comparison: Comparison,
    *,
    disagreements_only: bool = True,
    limit: int = 50,
    offset: int = 0,
) -> list[Pair]:
    """A page of pairs in the order of the held-out rows."""
    found = every_pair(
        project,
        comparison.task,
        comparison.evaluation_id,
        comparison.comparison_id,
        comparison.left,
        comparison.right,
    )
    kept = [pair for pair in found if pair.differ or not disagreements_only]
    return kept[offset : offset + limit]


def counts(project: Project, comparison: Comparison) -> tuple[int, int]:
    """How many pairs there are, and in how many the outputs differ."""
    found = pairs(project, comparison, disagreements_only=False, limit=10**9)
    return len(found), sum(pair.differ for pair in found)


def every_pair(
    project: Project, task: str, evaluation_id: str, comparison_id: str, left: str, right: str
) -> list[Pair]:
    """All pairs of two candidates of an evaluation, in the order of the held-out rows."""
    evaluation = evaluations.get(project, task, evaluation_id)
    said: dict[tuple[str, str], Output] = {
        (one.candidate, one.record_id): one
        for one in evaluations.outputs(project, task, evaluation_id, left, right)
    }
    rows = datasets.rows(project, task, evaluation.dataset_version, "test")
    return [_pair(row, comparison_id, said[left, row.record_id], said[right, row.record_id]) for row in rows]


def _pair(row: DatasetRow, comparison_id: str, left: Output, right: Output) -> Pair:
    if swapped(comparison_id, row.record_id):
        left, right = right, left
    return Pair(row.record_id, dict(row.inputs), row.prompt, _shown(left), _shown(right), row.completion)


def _shown(said: Output) -> Shown:
    return Shown(said.candidate, (said.output or "").strip() or NO_ANSWER, said.label, said.correct)
