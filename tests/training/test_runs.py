"""Runs as jobs: refused early, trained in a process of their own, killed, resumed, published whole."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from storage import artifacts, jobs, views
from storage.errors import InvalidInput, NotFound
from storage.jobs import Job
from storage.project import Project
from tests.curation.sample_task import NAME
from tests.eval import frozen
from tests.training import small
from training import adapters, demo_base, runs
from training.config import DEMO_BASE, defaults_for

QUICK = {**small.SETTINGS, "max_steps": 30}


@pytest.fixture
def version(project: Project) -> str:
    """A frozen dataset version of task `shelf`."""
    return frozen.dataset(project).version


def process(project: Project, job_id: str) -> subprocess.Popen[bytes]:
    """The job in a process of its own, as a worker runs it."""
    command = [sys.executable, "-P", "-m", "storage.jobs.runner", "--project", project.root, "--job", job_id]
    log = (jobs.folder(project, job_id) / "log.txt").open("ab")
    with log:
        return subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, "OMP_NUM_THREADS": "1"})


def ended(project: Project, job_id: str) -> Job:
    assert process(project, job_id).wait(200) == 0
    return jobs.get(project, job_id)


@pytest.mark.slow
def test_a_run_becomes_an_artifact_that_names_its_dataset_and_loads_with_peft(
    project: Project, version: str, base: Path
) -> None:
    job = runs.start(project, NAME, version, {**QUICK, "base_model": str(base)}, "ana")
    assert (job.queue, job.kind, job.created_by) == ("gpu", "train", "ana")
    assert runs.events(project, job.job_id) == []
    job = ended(project, job.job_id)
    assert job.status == "succeeded", job.error
    (run,) = runs.listing(project, NAME)
    assert job.artifact == run.manifest.reference == f"runs/{run.run_id}"
    assert run.manifest.inputs == (f"datasets/{version}",)
    assert (run.steps, run.created_by, run.base) == (30, "ana", str(base.resolve()))
    assert run.config.base_model == str(base)
    assert run.facts["lora_modules"]["q_proj"] == 2
    assert artifacts.verify(project) == []

    said = runs.events(project, run.run_id)
    assert said == runs.events(project, job.job_id)
    assert {event.event for event in said} == {"train", "validation", "sample", "note"}
    stored = views.rows(project, "SELECT count(*) AS n FROM run_events WHERE task = ?", [NAME])
    assert stored == [{"n": len(said)}]
    log = jobs.log_tail(project, job.job_id)
    assert "LoRA on" in log
    assert "validation  loss" in log
    assert "FutureWarning" not in log

    left = {path.name for path in jobs.folder(project, job.job_id).iterdir()}
    assert not left & {"checkpoints", "adapter"}, "nothing heavy is left behind"
    student = adapters.load_run(project, NAME, run.run_id)
    assert student.model.peft_config["default"].r == 8
    assert student.tokenizer.chat_template


@pytest.mark.slow
def test_a_run_killed_while_it_learns_resumes_and_ends_as_if_nothing_had_happened(
    project: Project, version: str, base: Path
) -> None:
    whole = ended(project, runs.start(project, NAME, version, {**QUICK, "base_model": str(base)}, "a").job_id)
    job = runs.start(project, NAME, version, {**QUICK, "base_model": str(base)}, "b")
    running = process(project, job.job_id)
    while not any(event.step > 10 for event in runs.events(project, job.job_id)):
        assert running.poll() is None, jobs.log_tail(project, job.job_id)
        time.sleep(0.005)
    running.send_signal(signal.SIGKILL)
    running.wait()
    assert jobs.get(project, job.job_id).status == "interrupted"
    assert len(runs.listing(project, NAME)) == 1, "no half artifact"
    jobs.resume(project, job.job_id)
    assert ended(project, job.job_id).status == "succeeded"
    newest, first = runs.listing(project, NAME)
    assert whole.artifact == first.manifest.reference
    weights = "adapter/adapter_model.safetensors"
    entries = [{entry.name: entry.sha256 for entry in run.manifest.files} for run in (newest, first)]
    assert entries[0][weights] == entries[1][weights]
    assert newest.validation_loss == first.validation_loss
    assert "Resumed from step 10" in jobs.log_tail(project, job.job_id)


@pytest.mark.slow
def test_a_cancelled_run_leaves_no_artifact_and_keeps_its_checkpoint(
    project: Project, version: str, base: Path
) -> None:
    job = runs.start(project, NAME, version, {**QUICK, "base_model": str(base), "max_steps": 3000}, "a")
    running = process(project, job.job_id)
    while not any(event.step > 10 for event in runs.events(project, job.job_id)):
        assert running.poll() is None, jobs.log_tail(project, job.job_id)
        time.sleep(0.02)
    jobs.cancel(project, job.job_id)
    assert running.wait(60) == 0
    assert jobs.get(project, job.job_id).status == "cancelled"
    assert runs.listing(project, NAME) == []
    home = project.artifacts_dir(NAME, "runs")
    assert not home.exists() or list(home.iterdir()) == []
    assert list((jobs.folder(project, job.job_id) / "checkpoints").glob("checkpoint-*/complete"))


def test_what_could_not_work_is_refused_before_a_job_is_made(
    project: Project, version: str, base: Path, tmp_path: Path
) -> None:
    wrong: list[tuple[str, dict[str, Any], type[Exception], str]] = [
        ("v0009", {"base_model": str(base)}, NotFound, "v0009"),
        (version, {"base_model": "/nowhere"}, InvalidInput, "/nowhere"),
        (version, {"base_model": str(tmp_path)}, InvalidInput, r"config\.json"),
        (version, {"base_model": str(base), "lora_r": 0}, InvalidInput, "lora_r"),
        (version, {}, InvalidInput, "No base model"),
    ]
    for dataset_version, config, kind, said in wrong:
        with pytest.raises(kind, match=said):
            runs.start(project, NAME, dataset_version, config, "ana")
    assert jobs.listing(project) == []


def test_a_run_that_is_not_there_is_named_with_those_that_are(project: Project, version: str) -> None:
    with pytest.raises(NotFound, match="run_gone"):
        runs.get(project, NAME, "run_gone")
    with pytest.raises(NotFound, match="run_gone"):
        runs.events(project, "run_gone")


def test_a_student_whose_demo_base_is_gone_and_whose_texts_changed_says_to_train_again(
    project: Project, version: str
) -> None:
    facts = {
        "dataset_version": version, "base": str(demo_base.home(project) / "0123"), "base_key": "0123",
        "created_by": "ana", "steps": 1, "best_step": 1, "validation_loss": None,
        "validation_exact_match": None, "seconds": 1.0,
    }  # fmt: skip
    with artifacts.draft(project, "runs", NAME, "run_old") as draft:
        draft.write_text(runs.CONFIG_FILE, defaults_for(DEMO_BASE).to_yaml())
        draft.publish(facts=facts)
    with pytest.raises(NotFound, match="texts have changed") as caught:
        adapters.load_run(project, NAME, "run_old")
    assert caught.value.next_step == "Train again."
