"""A base model and its student as candidates: trained for real, evaluated for real."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from eval import evaluations
from eval.candidates import Adapter, Base, BaseLikelihood, Majority
from storage import jobs
from storage.errors import InvalidInput, NotFound
from storage.jobs import Job
from storage.project import Project
from tests.curation.sample_task import NAME
from tests.eval import frozen, tiny_model
from training import runs

pytestmark = pytest.mark.slow


@pytest.fixture
def base(tmp_path: Path) -> str:
    """A tiny untrained Llama with a tokenizer and a chat template, in a folder."""
    folder = tmp_path / "tiny-base"
    words = tiny_model.tokenizer()
    tiny_model.untrained(words).save_pretrained(folder)
    words.save_pretrained(folder)
    return str(folder)


def _process(project: Project, job_id: str) -> subprocess.Popen[bytes]:
    """The job in a process of its own, as a worker runs it."""
    command = [sys.executable, "-m", "storage.jobs.runner", "--project", project.root, "--job", job_id]
    return subprocess.Popen(command, env={**os.environ, "OMP_NUM_THREADS": "1"})


def _ended(project: Project, job_id: str) -> Job:
    assert _process(project, job_id).wait(240) == 0
    return jobs.get(project, job_id)


def _student(project: Project, base: str, version: str) -> str:
    config = {
        "base_model": base,
        "lora_r": 8,
        "modules_to_save": ["embed_tokens"],
        "ensure_weight_tying": True,
        "learning_rate": 1e-2,
        "max_steps": 80,
        "batch_size": 16,
        "gradient_accumulation_steps": 1,
        "max_length_tokens": 128,
        "sample_rows": 0,
    }
    job = runs.start(project, NAME, version, config, "test")
    ended = _ended(project, job.job_id)
    assert ended.artifact is not None, ended.error
    return ended.artifact.removeprefix("runs/")


def test_a_student_is_measured_beside_its_base_and_everything_else_there_is(
    project: Project, base: str
) -> None:
    version = frozen.dataset(project).version
    run_id = _student(project, base, version)
    chosen = evaluations.default_candidates(project, NAME, version)
    kinds = [candidate.kind for candidate in chosen]
    assert kinds == [
        "adapter", "recorded", "base", "base_likelihood", "reviewer", "reviewer", "tfidf", "majority",
    ]  # fmt: skip
    job = evaluations.start(project, NAME, version, chosen, "test")
    ended = _ended(project, job.job_id)
    assert ended.artifact is not None, ended.error
    evaluation = evaluations.listing(project, NAME)[0]
    rows = {row.kind: row for row in evaluations.table(project, NAME, evaluation.evaluation_id)}
    assert rows["adapter"].accuracy.value >= 0.9
    assert rows["base"].validity.value <= 0.2, "an untrained model writes no labels"
    assert rows["base_likelihood"].validity.value == 1.0, "choosing among labels is always valid"
    assert all(rows[kind].latency_p50_s > 0 for kind in ("adapter", "base", "base_likelihood"))
    against = {(one.right, one.metric): one for one in evaluation.differences}
    assert len(against) == 2 * (len(chosen) - 1)
    assert {one.left for one in evaluation.differences} == {f"adapter:{run_id}"}
    assert against[f"base:{base}", "accuracy"].excludes_zero
    assert rows["recorded"].ahead == against["recorded:teacher_v1", "accuracy"]


def test_an_evaluation_killed_while_a_model_answers_resumes_with_what_it_had(
    project: Project, base: str
) -> None:
    version = frozen.dataset(project).version
    job = evaluations.start(project, NAME, version, [Majority(), Base(model=base)], "test")
    part = jobs.folder(project, job.job_id) / "answers-candidate-01.jsonl"
    running = _process(project, job.job_id)
    while not part.is_file() or part.stat().st_size == 0:
        assert running.poll() is None, "it ended before it could be killed"
        time.sleep(0.002)
    running.send_signal(signal.SIGKILL)
    running.wait()
    kept = part.read_text().splitlines(keepends=True)
    whole = [json.loads(line) for line in kept if line.endswith("\n")]
    assert 0 < len(whole) < 30
    assert jobs.get(project, job.job_id).status == "interrupted"
    jobs.resume(project, job.job_id)
    ended = _ended(project, job.job_id)
    assert ended.status == "succeeded", ended.error
    after = [json.loads(line) for line in part.read_text().splitlines()]
    assert after[: len(whole)] == whole, "what was answered is not asked again"
    assert len({row["record_id"] for row in after}) == len(after) == 30


def test_a_model_that_cannot_answer_is_refused_before_the_job_starts(project: Project, base: str) -> None:
    version = frozen.dataset(project).version
    with pytest.raises(NotFound, match="run_gone"):
        evaluations.start(project, NAME, version, [Adapter(run_id="run_gone")], "test")
    with pytest.raises(InvalidInput, match="no base model at"):
        evaluations.start(project, NAME, version, [BaseLikelihood(model="/not/there")], "test")
    assert jobs.listing(project) == []
