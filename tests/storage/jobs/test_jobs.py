"""Jobs on the real queue, with real workers, killed for real."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psutil
import pytest
from sqlalchemy import select, text

from storage import database, jobs
from storage.database.tables import jobs as table
from storage.errors import Conflict, NotFound
from storage.jobs import Job
from storage.project import Project

LIMIT_S = 60.0


def submit(project: Project, **args: object) -> Job:
    return jobs.submit(
        project, kind="noop", function="storage.jobs.noop:run", args={"steps": 4, **args}, title="Do nothing"
    )


@contextmanager
def worker(project: Project, queue: str = "cpu") -> Iterator[subprocess.Popen[bytes]]:
    command = [
        sys.executable,
        "-P",
        "-m",
        "storage.jobs.worker",
        "--project",
        str(project.root),
        "--queue",
        queue,
    ]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


def fetched_by_a_worker_that_died(project: Project, job: Job, seconds_ago: int) -> None:
    """Leave the queue as a worker does that is killed between taking a job and beginning it."""
    with database.engine(project).begin() as connection:
        connection.execute(
            text(
                "WITH dead AS (INSERT INTO procrastinate_workers (last_heartbeat) "
                "VALUES (now() - :ago * interval '1 second') RETURNING id) "
                "UPDATE procrastinate_jobs SET status = 'doing', worker_id = (SELECT id FROM dead) "
                "WHERE args ->> 'job_id' = :job_id"
            ),
            {"job_id": job.job_id, "ago": seconds_ago},
        )


def entries(project: Project) -> int:
    with database.engine(project).connect() as connection:
        return int(connection.execute(text("SELECT count(*) FROM procrastinate_jobs")).scalar_one())


def until(what: Callable[[], bool]) -> None:
    end = time.monotonic() + LIMIT_S
    while not what():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def pid_of(project: Project, job: Job) -> int:
    with database.engine(project).connect() as connection:
        return int(connection.execute(select(table.c.pid).where(table.c.job_id == job.job_id)).scalar_one())


def steps(project: Project, job: Job) -> list[str]:
    return (jobs.folder(project, job.job_id) / "steps.txt").read_text().splitlines()


def test_a_job_runs_in_a_process_of_its_own_and_says_how_it_ended(project: Project) -> None:
    job = submit(project)
    assert job.status == "waiting"
    with worker(project):
        ended = jobs.wait(project, job.job_id, LIMIT_S)
    assert (ended.status, ended.done, ended.total) == ("succeeded", 4, 4)
    assert ended.summary == {"steps": 4, "attempt": 1}


def test_the_row_and_its_place_in_the_queue_are_written_together_or_not_at_all(project: Project) -> None:
    with database.engine(project).begin() as connection:
        connection.execute(text("ALTER TABLE procrastinate_jobs ADD CHECK (queue_name <> 'cpu')"))
    with pytest.raises(Exception, match="check constraint"):
        submit(project)
    assert jobs.listing(project) == []


def test_what_the_person_can_fix_is_told_in_a_sentence_and_resumes(project: Project) -> None:
    job = submit(project, fail_at=2)
    failed = jobs.run_inline(project, job.job_id)
    assert (failed.status, failed.error) == ("failed", "Step 2 was told to fail. Choose another.")
    assert jobs.resume(project, job.job_id).status == "waiting"


def test_a_bug_is_told_by_its_type_and_where_the_trace_is(project: Project) -> None:
    job = submit(project, break_at=0)
    with worker(project):
        failed = jobs.wait(project, job.job_id, LIMIT_S)
    assert failed.error.startswith("RuntimeError: step 0 was told to break. The whole trace is in")
    assert "Traceback" in jobs.log_tail(project, job.job_id)


def test_a_killed_job_process_is_queued_again_and_goes_on_where_it_stopped(project: Project) -> None:
    job = submit(project, steps=6, step_s=0.3)
    with worker(project):
        until(lambda: jobs.get(project, job.job_id).done >= 2)
        os.kill(pid_of(project, job), signal.SIGKILL)
        ended = jobs.wait(project, job.job_id, LIMIT_S)
    assert ended.status == "succeeded"
    assert ended.summary["attempt"] == 2
    assert steps(project, job) == [str(step) for step in range(6)]


def test_a_killed_worker_leaves_an_interrupted_job_that_the_next_one_finishes(project: Project) -> None:
    job = submit(project, steps=8, step_s=0.3)
    with worker(project) as killed:
        until(lambda: jobs.get(project, job.job_id).done >= 2)
        child = pid_of(project, job)
        killed.kill()
        killed.wait()
    until(lambda: not psutil.pid_exists(child))
    assert jobs.get(project, job.job_id).status == "interrupted"
    with worker(project):
        ended = jobs.wait(project, job.job_id, LIMIT_S)
    assert ended.status == "succeeded"
    assert steps(project, job) == [str(step) for step in range(8)]


def test_a_stopped_worker_leaves_its_job_to_the_next_one(project: Project) -> None:
    job = submit(project, steps=6, step_s=0.3)
    with worker(project):
        until(lambda: jobs.get(project, job.job_id).done >= 1)
    assert jobs.get(project, job.job_id).status == "interrupted"
    with worker(project):
        assert jobs.wait(project, job.job_id, LIMIT_S).status == "succeeded"


def test_a_running_job_stops_within_seconds_and_keeps_what_it_stored(project: Project) -> None:
    job = submit(project, steps=200, step_s=0.1)
    with worker(project):
        until(lambda: jobs.get(project, job.job_id).done >= 2)
        jobs.cancel(project, job.job_id)
        ended = jobs.wait(project, job.job_id, 5)
    assert ended.status == "cancelled"
    assert len(steps(project, job)) >= 2


def test_a_waiting_job_is_cancelled_at_once_and_never_runs(project: Project) -> None:
    job = submit(project)
    assert jobs.cancel(project, job.job_id).status == "cancelled"
    after = submit(project)
    with worker(project):
        jobs.wait(project, after.job_id, LIMIT_S)
    assert not (jobs.folder(project, job.job_id) / "steps.txt").exists()


def test_a_job_never_runs_twice_at_once(project: Project) -> None:
    job = submit(project, steps=10, step_s=0.2)
    with worker(project):
        until(lambda: jobs.get(project, job.job_id).done >= 1)
        assert jobs.run_inline(project, job.job_id).attempt == 1
        assert jobs.wait(project, job.job_id, LIMIT_S).status == "succeeded"
    assert steps(project, job) == [str(step) for step in range(10)]


def test_a_job_taken_by_a_worker_that_died_before_beginning_it_is_not_lost(project: Project) -> None:
    job = submit(project)
    fetched_by_a_worker_that_died(project, job, seconds_ago=60)
    with worker(project):
        assert jobs.wait(project, job.job_id, LIMIT_S).status == "succeeded"
        until(lambda: entries(project) == 0)


def test_a_dead_worker_does_not_keep_the_lock_of_its_job(project: Project) -> None:
    first, second = (
        jobs.submit(
            project, kind="noop", function="storage.jobs.noop:run", args={"steps": 1}, title="x", lock="pans"
        )
        for _ in range(2)
    )
    fetched_by_a_worker_that_died(project, first, seconds_ago=60)
    jobs.cancel(project, first.job_id)
    with worker(project):
        assert jobs.wait(project, second.job_id, LIMIT_S).status == "succeeded"
    assert jobs.get(project, first.job_id).status == "cancelled"


def test_jobs_of_one_lock_run_one_after_the_other(project: Project) -> None:
    made = [
        jobs.submit(
            project,
            kind="noop",
            function="storage.jobs.noop:run",
            args={"steps": 2, "step_s": 0.2},
            title="x",
            lock="pans",
        )
        for _ in range(2)
    ]
    with worker(project):
        first, second = (jobs.wait(project, job.job_id, LIMIT_S) for job in made)
    assert first.finished_at is not None
    assert second.started_at is not None
    assert first.finished_at <= second.started_at


def test_a_process_killed_before_it_begins_is_started_again(project: Project) -> None:
    job = submit(project)
    with worker(project) as process:
        parent = psutil.Process(process.pid)
        until(lambda: bool(parent.children()))
        parent.children()[0].kill()
        ended = jobs.wait(project, job.job_id, LIMIT_S)
    assert ended.status == "succeeded"
    assert ended.attempt == 1


def test_a_job_whose_process_is_always_killed_fails_with_a_reason(project: Project) -> None:
    job = submit(project, steps=1000, step_s=0.05)
    with worker(project):
        killed: set[int] = set()

        def kill_what_runs() -> bool:
            with database.engine(project).connect() as connection:
                pid = connection.execute(select(table.c.pid).where(table.c.job_id == job.job_id)).scalar()
            if pid is not None and pid not in killed and psutil.pid_exists(pid):
                os.kill(pid, signal.SIGKILL)
                killed.add(pid)
            return jobs.get(project, job.job_id).is_terminal

        until(kill_what_runs)
    failed = jobs.get(project, job.job_id)
    assert failed.status == "failed"
    assert failed.error.startswith("Its process was ended 4 times (last: exit -9)")


def test_a_process_whose_worker_died_while_it_started_does_nothing(project: Project) -> None:
    job = submit(project)
    command = [sys.executable, "-m", "storage.jobs.runner", "--project", str(project.root)]
    ended = subprocess.run([*command, "--job", job.job_id, "--parent", "1"], check=False)
    assert ended.returncode == 4
    assert jobs.get(project, job.job_id).status == "waiting"


def test_a_job_cancelled_while_its_process_starts_never_begins(project: Project) -> None:
    job = submit(project)
    with worker(project) as process:
        parent = psutil.Process(process.pid)
        until(lambda: bool(parent.children()))
        jobs.cancel(project, job.job_id)
        until(lambda: not parent.children())
        until(lambda: entries(project) == 0)
    assert jobs.get(project, job.job_id).status == "cancelled"
    assert not (jobs.folder(project, job.job_id) / "steps.txt").exists()


def test_a_job_that_does_not_listen_is_ended_after_its_grace(project: Project) -> None:
    job = submit(project, deaf_s=60)
    with worker(project):
        until(lambda: jobs.get(project, job.job_id).status == "running")
        jobs.cancel(project, job.job_id)
        assert jobs.get(project, job.job_id).message == "stopping"
        assert jobs.wait(project, job.job_id, 20).status == "cancelled"
        until(lambda: "did not stop within" in jobs.log_tail(project, job.job_id))


def test_a_cancelled_job_resumes_with_what_it_had_stored(project: Project) -> None:
    job = submit(project, steps=30, step_s=0.1)
    with worker(project):
        until(lambda: jobs.get(project, job.job_id).done >= 2)
        jobs.cancel(project, job.job_id)
        jobs.wait(project, job.job_id, LIMIT_S)
        stored = len(steps(project, job))
        jobs.resume(project, job.job_id)
        ended = jobs.wait(project, job.job_id, LIMIT_S)
    assert 2 <= stored < 30
    assert (ended.status, ended.done) == ("succeeded", 30)
    assert steps(project, job) == [str(step) for step in range(30)]


def test_only_what_has_stopped_short_resumes(project: Project) -> None:
    job = submit(project)
    jobs.run_inline(project, job.job_id)
    with pytest.raises(Conflict, match="succeeded"):
        jobs.resume(project, job.job_id)


def test_functions_of_other_packages_are_refused(project: Project) -> None:
    with pytest.raises(ValueError, match="not a job function"):
        jobs.submit(project, kind="x", function="os:getcwd", args={}, title="x")


def test_a_job_that_does_not_exist_is_said_to_be_missing(project: Project) -> None:
    with pytest.raises(NotFound, match="job_none"):
        jobs.get(project, "job_none")
