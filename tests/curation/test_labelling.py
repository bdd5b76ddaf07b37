"""Labelling as a job: one result or one reason a row, nothing paid for twice, nothing lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson
import pytest

from curation import labelling, prompts, teachers
from curation.labelling_parts import Answers, Plan
from curation.teachers import OpenAITeacher, RecordedTeacher
from storage import artifacts, jobs, views
from storage.jobs import Job
from storage.project import Project
from tests.curation import sample_task
from tests.servers import ChatServer, Reply, Request, answer, chat_server, refused

TASK = sample_task.NAME


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEACHER_KEY", "sk-test")


@pytest.fixture
def prompted(project: Project) -> Project:
    """A project with the task and its first prompt."""
    sample_task.made(project)
    prompts.create(project, TASK, system="", template="{title}", reason="first", created_by="owner")
    return project


def endpoint(project: Project, server: ChatServer, **changes: object) -> None:
    definition = {
        "name": "big", "model": "teacher-large", "base_url": server.url, "key_env": "TEACHER_KEY",
        "attempts": 1, "timeout_s": 20, "price_input_usd_per_million": 2, "price_output_usd_per_million": 8,
    }  # fmt: skip
    teachers.save(project, OpenAITeacher.model_validate({**definition, **changes}))


def label(project: Project, teacher: str = "big") -> Job:
    job = labelling.start(project, TASK, 1, teacher, "owner")
    return jobs.run_inline(project, job.job_id)


def stored(project: Project) -> list[dict[str, object]]:
    return views.rows(project, "SELECT * FROM teacher_labels ORDER BY record_id", task=TASK)


def first_word(request: Request, _: int) -> Reply:
    return answer(request.question.split()[0])


def test_a_recorded_column_becomes_labels_and_a_missing_value_a_reason(prompted: Project) -> None:
    rows = [sample_task.record(number) for number in range(4)]
    sample_task.publish_records(prompted, [*rows, sample_task.record(4, extras={"teacher_v1": " "})])
    teachers.save(prompted, RecordedTeacher(name="recorded", column="teacher_v1"))
    job = label(prompted, "recorded")
    assert (job.status, job.done, job.total) == ("succeeded", 5, 5)
    assert job.summary == {"labelled": 4, "failed": 1, "price_usd": None}
    found = stored(prompted)
    assert [row["output"] for row in found] == ["Cookware", "Bakeware", "Tea", "Cookware", None]
    assert found[4]["error"] == "The file has no 'teacher_v1' for this row."
    assert len({row["label_id"] for row in found}) == 5


def test_held_out_records_copies_and_copies_of_held_out_ones_are_never_sent_to_a_teacher(
    prompted: Project,
) -> None:
    rows = [sample_task.record(number, held_out=number == 1) for number in range(6)]
    sample_task.publish_records(prompted, rows)
    sample_task.publish_duplicates(
        prompted,
        [["rec_0000", "rec_0003"], ["rec_0002", "rec_0001"], ["rec_0004"]],
        held_out=frozenset({"rec_0001"}),
    )
    with chat_server(first_word) as server:
        endpoint(prompted, server)
        assert label(prompted).status == "succeeded"
    asked = {request.question for request in server.requests}
    assert asked == {"Cookware no. 0", "Bakeware no. 4", "Tea no. 5"}


def test_an_endpoints_answers_carry_model_tokens_price_and_what_they_were_made_of(prompted: Project) -> None:
    sample_task.publish_records(prompted, [sample_task.record(number) for number in range(20)])
    with chat_server(first_word) as server:
        endpoint(prompted, server)
        job = label(prompted)
    assert job.summary == {"labelled": 20, "failed": 0, "price_usd": pytest.approx(20 * 48e-6)}
    row = stored(prompted)[5]
    assert (row["output"], row["model"], row["teacher"]) == ("Tea", "teacher-large-2026-01-01", "big")
    assert (row["prompt_tokens"], row["completion_tokens"], row["prompt_version"]) == (12, 3, 1)
    assert row["price_usd"] == pytest.approx(48e-6)
    manifest = artifacts.load(prompted, "labels", TASK, str(job.artifact).split("/")[1])
    assert manifest.inputs == ("records/rec_a",)
    [count] = labelling.counts(prompted, TASK)
    assert (count.labelled, count.missing, count.failed) == (20, 0, 0)


def test_a_second_start_asks_only_for_what_has_no_label(prompted: Project) -> None:
    def picky(request: Request, number: int) -> Reply:
        return refused(400, "Filtered.", "content_filter") if number == 7 else first_word(request, number)

    sample_task.publish_records(prompted, [sample_task.record(number) for number in range(30)])
    with chat_server(picky) as server:
        endpoint(prompted, server)
        assert label(prompted).summary["failed"] == 1
        sample_task.publish_records(prompted, [sample_task.record(30)], name="rec_b")
        assert label(prompted).summary == {"labelled": 2, "failed": 0, "price_usd": pytest.approx(96e-6)}
        last = label(prompted)
        assert (last.status, last.artifact, last.summary["labelled"]) == ("succeeded", None, 0)
    assert len(server.requests) == 32
    assert Counter(request.question for request in server.requests).most_common(1)[0][1] == 2
    assert len(labelling.latest(prompted, TASK, 1)) == 31


def test_a_spent_quota_stops_with_the_reason_keeps_what_was_paid_and_goes_on_later(prompted: Project) -> None:
    spent = threading.Event()
    spent.set()

    def until_40(request: Request, number: int) -> Reply:
        if number > 40 and spent.is_set():
            return refused(429, "You exceeded your current quota.", "insufficient_quota")
        return first_word(request, number)

    sample_task.publish_records(prompted, [sample_task.record(number) for number in range(100)])
    with chat_server(until_40) as server:
        endpoint(prompted, server)
        job = labelling.start(prompted, TASK, 1, "big", "owner")
        failed = jobs.run_inline(prompted, job.job_id)
        assert failed.status == "failed"
        assert "You exceeded your current quota" in failed.error
        assert len(labelling.latest(prompted, TASK)) == 40
        spent.clear()
        assert label(prompted).summary["labelled"] == 60
    answered = Counter(request.question for request in server.requests)
    assert len(labelling.latest(prompted, TASK)) == 100
    assert sum(answered.values()) <= 100 + 2 * 8


def test_a_key_that_is_not_set_fails_the_job_in_a_sentence_and_leaves_nothing(
    prompted: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TEACHER_KEY")
    sample_task.publish_records(prompted, [sample_task.record(0)])
    with chat_server(first_word) as server:
        endpoint(prompted, server)
        job = label(prompted)
    assert job.status == "failed"
    assert "$TEACHER_KEY, which is not set" in job.error
    assert (server.requests, stored(prompted)) == ([], [])


def test_a_cancelled_job_keeps_what_was_answered(prompted: Project) -> None:
    sample_task.publish_records(prompted, [sample_task.record(number) for number in range(300)])
    under_way, never = threading.Event(), threading.Event()

    def slow_from_50(request: Request, number: int) -> Reply:
        if number >= 50:
            under_way.set()
            never.wait(0.3)
        return first_word(request, number)

    with chat_server(slow_from_50) as server:
        endpoint(prompted, server)
        job = labelling.start(prompted, TASK, 1, "big", "owner")
        runner = threading.Thread(target=jobs.run_inline, args=(prompted, job.job_id))
        runner.start()
        assert under_way.wait(30)
        jobs.cancel(prompted, job.job_id)
        runner.join(30)
        assert jobs.get(prompted, job.job_id).status == "cancelled"
        kept = len(labelling.latest(prompted, TASK))
        assert 49 <= kept < 300
        server.behave = first_word
        assert label(prompted).summary["labelled"] == 300 - kept
    assert len(server.requests) == 300


# --- killed with -9 -----------------------------------------------------------------------------


@pytest.mark.slow
def test_a_worker_killed_while_labelling_pays_for_no_stored_answer_twice(prompted: Project) -> None:
    sample_task.publish_records(prompted, [sample_task.record(number) for number in range(120)])
    reached, release = threading.Event(), threading.Event()

    def stalls_at_60(request: Request, number: int) -> Reply:
        if number < 60 or release.is_set():
            return first_word(request, number)
        reached.set()
        return Reply(body=first_word(request, number).body, hold=release)

    with chat_server(stalls_at_60) as server:
        endpoint(prompted, server)
        job = labelling.start(prompted, TASK, 1, "big", "owner")
        with job_process(prompted, job.job_id) as process:
            assert reached.wait(60)
            os.kill(process.pid, signal.SIGKILL)
            process.wait(10)
        [path] = jobs.folder(prompted, job.job_id).glob("answers-*.jsonl")
        kept = {orjson.loads(line)["record_id"] for line in path.read_bytes().splitlines()}
        release.set()
        assert stored(prompted) == []
        assert jobs.run_inline(prompted, job.job_id).status == "succeeded"
    answered = Counter(request.question for request in server.requests)
    assert len(kept) >= 50
    for record_id in kept:
        number = int(record_id.removeprefix("rec_"))
        assert answered[f"{sample_task.LABELS[number % 3]} no. {number}"] == 1
    found = stored(prompted)
    assert len({row["record_id"] for row in found}) == len(found) == 120


@contextmanager
def job_process(project: Project, job_id: str) -> Iterator[subprocess.Popen[bytes]]:
    """The job in a process of its own, ended with the block."""
    process = subprocess.Popen(
        [sys.executable, "-m", "storage.jobs.runner", "--project", str(project.root), "--job", job_id]
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
            process.wait(10)


def test_an_answer_cut_short_by_a_kill_counts_as_not_asked(tmp_path: Path) -> None:
    plan = Plan(artifact_id="lab_1", inputs=(), record_ids=("a", "b", "c"))
    with Answers(tmp_path, plan) as answers:
        answers.add({"record_id": "a", "output": "x"})
        answers.add({"record_id": "b", "output": None})
    path = tmp_path / "answers-lab_1.jsonl"
    path.write_bytes(path.read_bytes() + b'{"record_id": "c", "out')
    with Answers(tmp_path, plan) as answers:
        assert (list(answers.rows), answers.failed) == (["a", "b"], 1)
        assert answers.remaining(plan) == ["c"]
        answers.add({"record_id": "c", "output": "z"})
    with Answers(tmp_path, plan) as answers:
        assert answers.remaining(plan) == []
