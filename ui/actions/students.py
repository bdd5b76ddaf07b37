"""From a dataset version to a decision: training, evaluations, comparisons, votes."""

from __future__ import annotations

from collections.abc import Sequence

from curation.datasets import names, sharing
from eval import comparisons, evaluations
from eval.candidates import Candidate
from eval.comparisons import Comparison, Winner
from storage import argilla_client
from storage.argilla_client import ResponseState
from storage.jobs import Job
from storage.project import Project
from training import runs
from training.config import TrainingConfig
from ui.actions.registry import action, note, noting
from ui.sign_in import Person


@action("training.start", "run")
def train(project: Project, by: Person, task: str, version: str, config: TrainingConfig) -> Job:
    """Start training a student, as a job, on rows that may be trained on."""
    version = names.resolve(project, task, version)
    sharing.check(project, task, version)
    job = runs.start(project, task, version, config, by.username)
    note(project, by, "training.start", f"{task}/{version}", base=config.base_model, job=job.job_id)
    return job


@action("evaluation.start", "run")
def evaluate(project: Project, by: Person, task: str, version: str, candidates: Sequence[Candidate]) -> Job:
    """Start an evaluation, as a job."""
    version = names.resolve(project, task, version)
    job = evaluations.start(project, task, version, list(candidates), by.username)
    named = [candidate.key for candidate in candidates]
    note(project, by, "evaluation.start", f"{task}/{version}", candidates=named, job=job.job_id)
    return job


@action("comparison.open", "vote")
def open_comparison(
    project: Project, by: Person, task: str, evaluation_id: str, left: str, right: str
) -> Comparison:
    """Open two candidates' answers for votes; the same two give the same comparison again."""
    opened = comparisons.open_comparison(project, task, evaluation_id, left, right, by.username)
    note(project, by, "comparison.open", opened.comparison_id, evaluation=evaluation_id, sides=[left, right])
    return opened


@action("vote.cast", "vote")
def vote(
    project: Project, by: Person, comparison_id: str, record_id: str, winner: Winner, client_id: str
) -> ResponseState:
    """Store a vote as the person; a second one on the same record replaces the first."""
    comparison = comparisons.get(project, comparison_id)
    client = argilla_client.connect(project, token=by.argilla_token)
    with noting(
        project, by, "vote.cast", comparison_id, refused="vote.refuse", record=record_id, preferred=winner
    ):
        return comparisons.vote(client, project, comparison, record_id, winner, client_id)
