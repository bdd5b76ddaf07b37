"""How each kind of candidate answers held-out rows; one function per kind, by name in `ANSWERERS`.

What needs a model, scikit-learn or an endpoint is imported where it is used: the job that runs an
evaluation loads torch only when a candidate needs it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from curation import corpus, datasets, prompts, tasks, teachers
from curation.corpus import Corpus
from curation.datasets import DatasetRow
from eval import candidates
from eval.candidates import Candidate
from storage.errors import InvalidInput
from storage.project import Project
from training import base_models, runs

if TYPE_CHECKING:
    from curation.endpoint import Answer as TeacherAnswer
    from curation.endpoint import TeacherFailure

TIMED_ROWS = 24
"""Rows answered one at a time, for an honest latency; the others go together, for speed."""


@dataclass(frozen=True)
class Answer:
    """What a candidate said for a record. Tokens and latency are None where nothing measured them."""

    record_id: str
    output: str | None
    latency_s: float | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    error: str | None = None


@dataclass(frozen=True)
class Sink:
    """Where answers go. `keep` may be called from several threads; `tick` may raise to stop."""

    keep: Callable[[Answer], None]
    tick: Callable[[], None]


@dataclass(frozen=True)
class Questions:
    """What an evaluation asks: the held-out rows of a dataset version, and what it may learn from."""

    project: Project
    task: tasks.Task
    version: str
    rows: Sequence[DatasetRow]
    train: Sequence[DatasetRow]
    records: Corpus

    @classmethod
    def of(cls, project: Project, task_name: str, version: str) -> Questions:
        """Read them. Raises NotFound for an unknown version, InvalidInput where no held-out row has gold."""
        task = tasks.get(project, task_name)
        rows = datasets.rows(project, task_name, version, "test")
        if not rows:
            raise InvalidInput(
                f"Dataset {version} has no held-out row with a reference answer, so nothing can be scored.",
                next_step="Import a file whose column for the right answer is mapped, then freeze again.",
            )
        learned = datasets.rows(project, task_name, version, "train")
        train = [row for row in learned if row.source != "replay"]  # others' rows say nothing of this task
        made_of = datasets.get(project, task_name, version).manifest.inputs
        pinned = [name for name in made_of if name.startswith(("records/", "duplicates/"))]
        return cls(project, task, version, rows, train, corpus.read_pinned(project, task_name, pinned))

    def extras(self, record_id: str) -> Mapping[str, str]:
        """The columns that came with a record beside its inputs."""
        return self.records.by_id[record_id].extras


Answerer = Callable[[Any, Questions, Sequence[DatasetRow], Sink], None]


def answer(candidate: Candidate, questions: Questions, rows: Sequence[DatasetRow], sink: Sink) -> None:
    """Let the candidate answer `rows`; the sink gets every answer as it is made, in any order."""
    ANSWERERS[candidate.kind](candidate, questions, rows, sink)


def check(candidate: Candidate, questions: Questions) -> None:
    """Raise a UserError now for what would fail later: a column, run, teacher or label set not there."""
    labels_needed = candidate.kind in ("majority", "tfidf", "base_likelihood")
    if labels_needed and not questions.task.labels:
        raise InvalidInput(
            f"{candidate.title} chooses among labels; task {questions.task.name!r} has none.",
            next_step="Leave that candidate out.",
        )
    if isinstance(candidate, candidates.Majority | candidates.Tfidf) and not questions.train:
        raise InvalidInput(
            f"Dataset {questions.version} has no train rows for {candidate.title} to learn from.",
            next_step="Review some records and freeze again, or leave that candidate out.",
        )
    if isinstance(candidate, candidates.Recorded | candidates.Reviewer):
        _check_column(_column(candidate), questions)
    elif isinstance(candidate, candidates.Teacher):
        _endpoint_teacher(candidate, questions).key()
        prompts.get(questions.project, questions.task.name, candidate.prompt)
    elif isinstance(candidate, candidates.Adapter):
        runs.get(questions.project, questions.task.name, candidate.run_id)
    elif isinstance(candidate, candidates.Base | candidates.BaseLikelihood):
        base_models.check(candidate.model, candidate.chat_template)


def _column(candidate: candidates.Recorded | candidates.Reviewer) -> str:
    return candidate.column if isinstance(candidate, candidates.Recorded) else candidate.username


def _check_column(column: str, questions: Questions) -> None:
    if any(questions.extras(row.record_id).get(column) for row in questions.rows):
        return
    known = sorted({name for row in questions.rows for name in questions.extras(row.record_id)})
    raise InvalidInput(
        f"No held-out row has anything in column {column!r}.",
        next_step=f"Columns that came along: {', '.join(known) or 'none'}.",
    )


def _recorded(
    candidate: candidates.Recorded | candidates.Reviewer,
    questions: Questions,
    rows: Sequence[DatasetRow],
    sink: Sink,
) -> None:
    column = _column(candidate)
    for row in rows:
        said = (questions.extras(row.record_id).get(column) or "").strip()
        sink.keep(Answer(row.record_id, said or None, error=None if said else f"column {column!r} is empty"))


def _majority(
    candidate: candidates.Majority, questions: Questions, rows: Sequence[DatasetRow], sink: Sink
) -> None:
    from eval.baselines import majority

    label = majority([row.completion for row in questions.train])
    for row in rows:
        sink.keep(Answer(row.record_id, label))


def _tfidf(candidate: candidates.Tfidf, questions: Questions, rows: Sequence[DatasetRow], sink: Sink) -> None:
    from eval.baselines import input_text, tfidf

    predict = tfidf(
        [input_text(row.inputs) for row in questions.train], [row.completion for row in questions.train]
    )
    for row in rows[:TIMED_ROWS]:
        started = time.perf_counter()
        label = predict([input_text(row.inputs)])[0]
        sink.keep(Answer(row.record_id, label, latency_s=time.perf_counter() - started))
    others = rows[TIMED_ROWS:]
    for row, label in zip(others, predict([input_text(row.inputs) for row in others]), strict=True):
        sink.keep(Answer(row.record_id, label))


def _endpoint_teacher(candidate: candidates.Teacher, questions: Questions) -> teachers.OpenAITeacher:
    teacher = teachers.get(questions.project, candidate.teacher)
    if isinstance(teacher, teachers.OpenAITeacher):
        return teacher
    raise InvalidInput(
        f"Teacher {teacher.name!r} is recorded in column {teacher.column!r} and cannot be asked.",
        next_step=f'Name it as {{"kind": "recorded", "column": "{teacher.column}"}}.',
    )


def _asked_teacher(
    candidate: candidates.Teacher, questions: Questions, rows: Sequence[DatasetRow], sink: Sink
) -> None:
    from curation.asking import ask_many
    from curation.endpoint import Endpoint, TeacherFailure

    teacher = _endpoint_teacher(candidate, questions)
    prompt = prompts.get(questions.project, questions.task.name, candidate.prompt)

    def kept(record: corpus.Record, said: TeacherAnswer | TeacherFailure) -> None:
        if isinstance(said, TeacherFailure):
            sink.keep(Answer(record.record_id, None, error=said.reason))
        else:
            sink.keep(
                Answer(
                    record.record_id, said.output, said.latency_s, said.prompt_tokens, said.completion_tokens
                )
            )

    with Endpoint(teacher) as endpoint:
        ask_many(
            [questions.records.by_id[row.record_id] for row in rows],
            lambda record: endpoint.ask(prompts.render(prompt, record.inputs)),
            kept,
            sink.tick,
            concurrency=teacher.concurrency,
        )


def _model(
    candidate: candidates.Base | candidates.BaseLikelihood | candidates.Adapter,
    questions: Questions,
    rows: Sequence[DatasetRow],
    sink: Sink,
) -> None:
    from eval import model_answers  # torch: in the worker's job process only

    model_answers.answer(candidate, questions, rows, sink)


ANSWERERS: dict[str, Answerer] = {
    "recorded": _recorded,
    "reviewer": _recorded,
    "teacher": _asked_teacher,
    "base": _model,
    "base_likelihood": _model,
    "adapter": _model,
    "majority": _majority,
    "tfidf": _tfidf,
}
