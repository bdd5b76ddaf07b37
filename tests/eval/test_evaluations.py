"""An evaluation from its start to its table, with every candidate that needs no model."""

from __future__ import annotations

import pytest

from curation import teachers
from curation.teachers import OpenAITeacher
from eval import evaluations
from eval.candidates import Majority, Recorded, Reviewer, Teacher, Tfidf
from storage import artifacts, jobs, views
from storage.errors import InvalidInput, NotFound
from storage.project import Project
from tests import servers
from tests.curation.sample_task import LABELS, NAME
from tests.eval import frozen

CANDIDATES = [
    Recorded(column="teacher_v1"),
    Reviewer(username="scripted_reviewer_a", name="Scripted reviewer A (careful)"),
    Majority(),
    Tfidf(),
]


def _finished(project: Project, candidates: list, version: str) -> str:
    job = evaluations.start(project, NAME, version, candidates, "test")
    ended = jobs.run_inline(project, job.job_id)
    assert ended.status == "succeeded", ended.error
    assert ended.artifact is not None
    return ended.artifact.removeprefix("evaluations/")


def test_every_candidate_is_scored_on_the_same_held_out_rows(project: Project) -> None:
    version = frozen.dataset(project).version
    evaluation_id = _finished(project, CANDIDATES, version)
    rows = {row.candidate: row for row in evaluations.table(project, NAME, evaluation_id)}
    assert list(rows) == ["recorded:teacher_v1", "reviewer:scripted_reviewer_a", "majority", "tfidf"]
    assert {row.rows for row in rows.values()} == {30}
    teacher = rows["recorded:teacher_v1"]
    assert teacher.accuracy.value == pytest.approx(20 / 30)  # every third is wrong
    assert teacher.accuracy.low < teacher.accuracy.value < teacher.accuracy.high
    assert teacher.exact_match.value == pytest.approx(16 / 30)  # four of the right ones are in quotes
    assert teacher.validity.value == 1.0
    assert teacher.latency_p50_s is None
    assert rows["reviewer:scripted_reviewer_a"].accuracy.value == 1.0
    assert rows["reviewer:scripted_reviewer_a"].title == "Scripted reviewer A (careful)"
    assert rows["majority"].accuracy.value == pytest.approx(1 / 3)
    assert rows["tfidf"].accuracy.value == 1.0
    assert rows["tfidf"].latency_p50_s > 0
    assert evaluations.listing(project, NAME)[0].evaluation_id == evaluation_id


def test_outputs_and_scores_are_views_that_anyone_can_query(project: Project) -> None:
    version = frozen.dataset(project).version
    _finished(project, CANDIDATES, version)
    found = views.rows(
        project,
        "SELECT candidate, avg(correct::int) AS accuracy FROM outputs GROUP BY 1 "
        "INTERSECT SELECT candidate, value FROM scores WHERE metric = 'accuracy'",
        task=NAME,
    )
    assert len(found) == len(CANDIDATES)
    assert artifacts.verify(project) == []


def test_an_empty_answer_is_kept_with_its_reason_and_counts_as_wrong(project: Project) -> None:
    version = frozen.dataset(project).version
    evaluation_id = _finished(project, [Reviewer(username="scripted_reviewer_b")], version)
    outputs = evaluations.outputs(project, NAME, evaluation_id)
    empty = [output for output in outputs if output.output is None]
    assert len(empty) == 15
    assert all(not output.correct and output.label is None for output in empty)
    assert empty[0].error == "column 'scripted_reviewer_b' is empty"
    (row,) = evaluations.table(project, NAME, evaluation_id)
    assert (row.accuracy.value, row.validity.value) == (0.5, 0.5)


def test_a_teacher_behind_an_endpoint_is_asked_about_the_held_out_rows(project: Project, monkeypatch) -> None:
    version = frozen.dataset(project).version
    monkeypatch.setenv("TEACHER_KEY", "k")

    def behave(request: servers.Request, number: int) -> servers.Reply:
        return servers.answer(next(label for label in LABELS if label in request.question))

    with servers.chat_server(behave) as server:
        asked = OpenAITeacher(name="big", base_url=server.url, model="teacher-large", key_env="TEACHER_KEY")
        teachers.save(project, asked)
        evaluation_id = _finished(project, [Teacher(teacher="big", prompt=1)], version)
        assert len(server.requests) == 30
    (row,) = evaluations.table(project, NAME, evaluation_id)
    assert row.accuracy.value == 1.0
    assert row.latency_p50_s > 0


def test_a_job_that_failed_halfway_asks_a_teacher_only_for_the_rest(project: Project, monkeypatch) -> None:
    version = frozen.dataset(project).version
    monkeypatch.setenv("TEACHER_KEY", "k")
    healthy = False

    def behave(request: servers.Request, number: int) -> servers.Reply:
        if number > 10 and not healthy:
            return servers.refused(401, "the key was withdrawn", "invalid_api_key")
        return servers.answer("Tea")

    with servers.chat_server(behave) as server:
        asked = OpenAITeacher(
            name="big", base_url=server.url, model="teacher-large", key_env="TEACHER_KEY", concurrency=1
        )
        teachers.save(project, asked)
        job = evaluations.start(
            project, NAME, version, [Majority(), Teacher(teacher="big", prompt=1)], "test"
        )
        assert jobs.run_inline(project, job.job_id).status == "failed"
        assert evaluations.listing(project, NAME) == []
        before = [request.question for request in server.requests[:10]]
        healthy = True
        jobs.resume(project, job.job_id)
        ended = jobs.run_inline(project, job.job_id)
        assert ended.status == "succeeded", ended.error
        answered = before + [
            request.question for request in server.requests if request.question not in before
        ]
        assert len(set(answered)) == 30
    assert len(evaluations.listing(project, NAME)) == 1


def test_running_a_finished_evaluation_again_publishes_nothing_new(project: Project) -> None:
    version = frozen.dataset(project).version
    job = evaluations.start(project, NAME, version, [Majority()], "test")
    first = jobs.run_inline(project, job.job_id)
    from eval.evaluation_run import run

    context = jobs.JobContext(project, job.job_id, jobs.folder(project, job.job_id), first.args, 2)
    assert run(context).artifact == first.artifact
    assert len(evaluations.listing(project, NAME)) == 1


def test_two_recorded_teachers_of_one_column_are_one_candidate(project: Project) -> None:
    version = frozen.dataset(project).version
    teachers.save(project, teachers.RecordedTeacher(name="another-task", column="teacher_v1"))
    offered = evaluations.default_candidates(project, NAME, version)
    assert [one.key for one in offered if one.kind == "recorded"] == ["recorded:teacher_v1"]
    evaluations.start(project, NAME, version, offered, "test")


def test_what_could_not_answer_is_refused_before_the_job_starts(project: Project) -> None:
    version = frozen.dataset(project).version
    with pytest.raises(InvalidInput, match=r"'teacher_v9'.*teacher_v1"):
        evaluations.start(project, NAME, version, [Recorded(column="teacher_v9")], "test")
    with pytest.raises(InvalidInput, match="recorded in column 'teacher_v1'"):
        evaluations.start(project, NAME, version, [Teacher(teacher="recorded", prompt=1)], "test")
    with pytest.raises(NotFound, match="v0009"):
        evaluations.start(project, NAME, "v0009", [Majority()], "test")
    assert jobs.listing(project) == []
