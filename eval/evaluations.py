"""Evaluations: candidates against the held-out rows of a dataset version. Starting and reading them.

Nothing here loads a model: the work is a job, `eval.evaluation_run`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from eval import answers, proposals
from eval.answers import Questions
from eval.candidates import Candidate, parse_candidate, parse_candidates
from eval.scoring import Difference, Score
from storage import artifacts, jobs
from storage.artifacts import Manifest
from storage.jobs import Job
from storage.project import Project


@dataclass(frozen=True)
class Evaluated:
    """One candidate of an evaluation: its key in every table, its title on screens, its spec."""

    key: str
    title: str
    spec: Candidate


@dataclass(frozen=True)
class Evaluation:
    """A finished evaluation. `differences` are student minus other, paired, with 95% intervals."""

    evaluation_id: str
    task: str
    dataset_version: str
    created_at: datetime
    rows: int
    candidates: tuple[Evaluated, ...]
    differences: tuple[Difference, ...]

    def candidate(self, key: str) -> Evaluated | None:
        """The candidate of that key, if it took part."""
        return next((one for one in self.candidates if one.key == key), None)


@dataclass(frozen=True)
class Row:
    """One line of the table people read; `ahead` is how far the first student is ahead of it."""

    candidate: str
    title: str
    kind: str
    rows: int
    accuracy: Score
    macro_f1: Score
    exact_match: Score
    validity: Score
    latency_p50_s: float | None
    ahead: Difference | None


@dataclass(frozen=True)
class Output:
    """What one candidate said for one record. `label` is None where it named none of the set."""

    candidate: str
    record_id: str
    output: str | None
    label: str | None
    reference: str
    correct: bool
    latency_s: float | None
    error: str | None


def start(
    project: Project,
    task: str,
    dataset_version: str,
    candidates: Sequence[Mapping[str, Any] | Candidate],
    created_by: str,
) -> Job:
    """Start evaluating. Raises a UserError at once for a candidate that could not answer."""
    chosen = parse_candidates(candidates)
    questions = Questions.of(project, task, dataset_version)
    for candidate in chosen:
        answers.check(candidate, questions)
    return jobs.submit(
        project,
        kind="evaluate",
        function="eval.evaluation_run:run",
        args={
            "task": task,
            "dataset_version": dataset_version,
            "candidates": [candidate.model_dump(mode="json") for candidate in chosen],
        },
        title=f"Evaluate {len(chosen)} candidates on {len(questions.rows)} held-out rows, {dataset_version}",
        queue="gpu",
        task=task,
        created_by=created_by,
    )


def default_candidates(project: Project, task: str, dataset_version: str) -> list[Candidate]:
    """Everything that can answer the held-out rows of a dataset version now; see `eval.proposals`."""
    return proposals.default_candidates(project, task, dataset_version)


def listing(project: Project, task: str) -> list[Evaluation]:
    """The finished evaluations of a task, newest first."""
    found = [_evaluation(manifest) for manifest in artifacts.listing(project, "evaluations", task)]
    return found[::-1]


def get(project: Project, task: str, evaluation_id: str) -> Evaluation:
    """One evaluation. Raises NotFound."""
    return _evaluation(artifacts.load(project, "evaluations", task, evaluation_id))


def scores(project: Project, task: str, evaluation_id: str) -> list[Score]:
    """Every score, in the order of the candidates."""
    manifest = artifacts.load(project, "evaluations", task, evaluation_id)
    return [Score(**row) for row in artifacts.read_table(manifest, "scores.parquet").to_pylist()]


def outputs(project: Project, task: str, evaluation_id: str, *candidates: str) -> list[Output]:
    """What the candidates said, all of them when none is named."""
    manifest = artifacts.load(project, "evaluations", task, evaluation_id)
    columns = list(Output.__dataclass_fields__)
    rows = artifacts.read_table(manifest, "outputs.parquet", columns).to_pylist()
    return [Output(**row) for row in rows if not candidates or row["candidate"] in candidates]


def table(project: Project, task: str, evaluation_id: str) -> list[Row]:
    """One line per candidate, in the order they were named."""
    evaluation = get(project, task, evaluation_id)
    found = {(score.candidate, score.metric): score for score in scores(project, task, evaluation_id)}
    student = next((one.key for one in evaluation.candidates if one.spec.kind == "adapter"), None)
    ahead = {
        difference.right: difference
        for difference in evaluation.differences
        if difference.left == student and difference.metric == "accuracy"
    }
    return [_row(one, evaluation, found, ahead.get(one.key)) for one in evaluation.candidates]


def _row(
    one: Evaluated,
    evaluation: Evaluation,
    found: Mapping[tuple[str, str], Score],
    ahead: Difference | None,
) -> Row:
    latency = found.get((one.key, "latency_p50_s"))
    return Row(
        candidate=one.key,
        title=one.title,
        kind=one.spec.kind,
        rows=evaluation.rows,
        accuracy=found[one.key, "accuracy"],
        macro_f1=found[one.key, "macro_f1"],
        exact_match=found[one.key, "exact_match"],
        validity=found[one.key, "validity"],
        latency_p50_s=latency.value if latency else None,
        ahead=ahead,
    )


def _evaluation(manifest: Manifest) -> Evaluation:
    facts = manifest.facts
    return Evaluation(
        evaluation_id=manifest.artifact_id,
        task=manifest.task,
        dataset_version=facts["dataset_version"],
        created_at=manifest.created_at,
        rows=facts["rows"],
        candidates=tuple(
            Evaluated(one["key"], one["title"], parse_candidate(one["spec"])) for one in facts["candidates"]
        ),
        differences=tuple(Difference(**one) for one in facts["differences"]),
    )
