"""Which candidates an evaluation could have, from what stands in the project."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from curation import datasets, teachers
from curation.sample.scripted import REVIEWERS
from curation.teachers import OpenAITeacher, RecordedTeacher
from eval.answers import Questions
from eval.candidates import (
    Adapter,
    Base,
    BaseLikelihood,
    Candidate,
    Majority,
    Recorded,
    Reviewer,
    Teacher,
    Tfidf,
)
from storage.errors import InvalidInput
from storage.project import Project
from training import runs
from training.config import TrainingConfig


def default_candidates(project: Project, task: str, dataset_version: str) -> list[Candidate]:
    """Everything that can answer the held-out rows of a dataset version now.

    The newest student of this version, the teachers, the student's base model (both ways), the
    recorded reviewers, and the two simple baselines. A teacher behind an endpoint is named only
    where its key is set, as asking it costs money. Raises as `Questions.of` does.
    """
    questions = Questions.of(project, task, dataset_version)
    columns = {
        name for row in questions.rows for name, said in questions.extras(row.record_id).items() if said
    }
    prompt_number = datasets.get(project, task, dataset_version).prompt_number
    students = [run for run in runs.listing(project, task) if run.dataset_version == dataset_version]
    newest = max(students, key=lambda run: run.created_at, default=None)
    found: list[Candidate] = [Adapter(run_id=newest.run_id)] if newest else []
    found += _teachers(project, columns, prompt_number)
    if newest:
        found += _bases(newest.config, with_labels=bool(questions.task.labels))
    found += _reviewers(columns)
    if questions.task.labels and questions.train:
        found += [Tfidf(), Majority()]
    return found


def _teachers(project: Project, columns: set[str], prompt_number: int) -> Iterator[Candidate]:
    saved = teachers.listing(project)
    recorded = {teacher.column for teacher in saved if isinstance(teacher, RecordedTeacher)}
    for column in sorted(recorded & columns):  # several tasks may each name a teacher after one column
        yield Recorded(column=column)
    for teacher in saved:
        if isinstance(teacher, OpenAITeacher) and _has_key(teacher):
            yield Teacher(teacher=teacher.name, prompt=prompt_number)


def _has_key(teacher: OpenAITeacher) -> bool:
    try:
        teacher.key()
    except InvalidInput:
        return False
    return True


def _bases(config: TrainingConfig, *, with_labels: bool) -> Iterator[Candidate]:
    yield Base(model=config.base_model, chat_template=config.chat_template)
    if with_labels:
        yield BaseLikelihood(model=config.base_model, chat_template=config.chat_template)


def _reviewers(columns: Iterable[str]) -> Iterator[Candidate]:
    """The sample's scripted reviewers, named as what they are wherever they show."""
    for reviewer in REVIEWERS:
        if reviewer.column in columns:
            yield Reviewer(username=reviewer.column, name=reviewer.name)
