"""Jobs while everything under them is killed: workers, job processes, PostgreSQL itself."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator

import psutil
import psycopg
import pytest
from sqlalchemy import select

from storage import database, jobs
from storage import project as projects
from storage.database.tables import jobs as table
from storage.errors import ServiceUnavailable
from storage.jobs import Job
from storage.project import Project
from storage.services import postgres
from tests.folders import open_folder
from tests.storage.jobs.test_jobs import LIMIT_S, pid_of, steps, submit, until, worker


@pytest.mark.slow
@pytest.mark.parametrize(
    ("seed", "kills"), [(0, 4), *(pytest.param(seed, 10, marks=pytest.mark.soak) for seed in range(20))]
)
def test_kills_at_random_moments_neither_lose_a_step_nor_take_one_twice(
    project: Project, seed: int, kills: int
) -> None:
    chance = random.Random(seed)
    job = submit(project, steps=120, step_s=0.05)
    pause = threading.Event()
    for kill in range(kills):
        with worker(project) as serving:
            if kill == 0:  # one falls into its work, however slow the machine is
                until(lambda: running_process(project, job) is not None)
                pause.wait(chance.uniform(0, 2))
            else:
                pause.wait(chance.uniform(1.5, 4.5))
            process = running_process(project, job)
            if process is not None and chance.random() < 0.3:
                process.kill()
                pause.wait(chance.uniform(0, 1))
            serving.kill()
    with worker(project):
        ended = jobs.wait(project, job.job_id, 2 * LIMIT_S)
    assert ended.status == "succeeded"
    assert ended.attempt > 1, "no kill fell into its work: the test shows nothing"
    taken = [int(step) for step in steps(project, job)]
    assert taken == list(range(120))


def running_process(project: Project, job: Job) -> psutil.Process | None:
    with database.engine(project).connect() as connection:
        pid = connection.execute(select(table.c.pid).where(table.c.job_id == job.job_id)).scalar()
    try:
        return psutil.Process(pid) if pid else None
    except psutil.NoSuchProcess:
        return None


@pytest.fixture
def own_server() -> Iterator[Project]:
    """A project with a PostgreSQL of its own, which the test may kill."""
    with open_folder() as folder:
        yield projects.create(folder / "pans", "pans")


def test_a_job_goes_on_after_postgresql_was_killed_and_started_again(own_server: Project) -> None:
    project = own_server
    with postgres.running(project):
        database.migrate(project)
        job = submit(project, steps=40, step_s=0.1)
        process = start_runner(project, job)
        until(lambda: jobs.get(project, job.job_id).done >= 2)
        os.kill(int((postgres.data_dir(project) / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
        until(lambda: not postgres.ready(project))
    with pytest.raises(ServiceUnavailable, match="PostgreSQL does not answer"):
        jobs.get(project, job.job_id)
    with postgres.running(project):
        assert jobs.wait(project, job.job_id, LIMIT_S).status == "succeeded"
        assert process.wait(LIMIT_S) == 0
        assert steps(project, job) == [str(step) for step in range(40)]
        assert jobs.get(project, job.job_id).attempt == 1
        database.engine(project).dispose()


def start_runner(project: Project, job: Job) -> subprocess.Popen[bytes]:
    command = [
        sys.executable,
        "-m",
        "storage.jobs.runner",
        "--project",
        str(project.root),
        "--job",
        job.job_id,
    ]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def test_a_process_whose_lease_another_took_stops_at_its_next_step(own_server: Project) -> None:
    """Two machines on one PostgreSQL: the connection is cut, and the job is begun elsewhere meanwhile."""
    project = own_server
    with postgres.running(project):
        database.migrate(project)
        job = submit(project, steps=200, step_s=0.1)
        process = start_runner(project, job)
        until(lambda: jobs.get(project, job.job_id).done >= 2)
        with psycopg.connect(postgres.connection_string(project, "understudy"), autocommit=True) as other:
            cut_and_take_the_lease(other, job)
            assert process.wait(LIMIT_S) == 0
            taken = len(steps(project, job))
            assert taken < 200
            assert jobs.get(project, job.job_id).status == "running"  # for the other, who holds the lease
        until(lambda: jobs.get(project, job.job_id).status == "interrupted")
        assert not psutil.pid_exists(pid_of(project, job))
        database.engine(project).dispose()


def cut_and_take_the_lease(other: psycopg.Connection[tuple[object, ...]], job: Job) -> None:
    lease = (jobs.model.LEASES, job.job_id)

    def taken() -> bool:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_locks "
            "WHERE locktype = 'advisory' AND pid <> pg_backend_pid()"
        )
        row = other.execute("SELECT pg_try_advisory_lock(%s, hashtext(%s))", lease).fetchone()
        return row is not None and bool(row[0])

    until(taken)
