"""The whole running product in a folder of its own, and what may be killed in it."""

from __future__ import annotations

import csv
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil
from sqlalchemy import select

from curation import imports, prompts, tasks
from curation.prompts import Prompt
from curation.sample import product_categories as sample
from storage import database
from storage import project as projects
from storage.database.tables import jobs as table
from storage.project import Project
from storage.services import orphans, ports, supervision
from tests.folders import open_folder
from tests.ui.cli.commands import answer

LISTINGS = 150
LIMIT_S = 90.0


@dataclass(frozen=True)
class House:
    """A project whose services all run; `folder` is around it."""

    folder: Path
    project: Project
    port: int
    password: str

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def pid(self, service: str) -> int:
        """The service's process, as `understudy status` tells it once the service answers."""
        end = time.monotonic() + LIMIT_S
        while True:
            found = answer("status", "--project", self.project.root)["services"]
            (state,) = [each for each in found if each["name"] == service]
            if state["status"] == "running":
                return int(state["pid"])
            assert time.monotonic() < end, state

    def kill_worker_and_job(self, worker: int, job_id: str) -> None:
        """kill -9 of a worker and of the process that runs its job, and see both gone."""
        doomed = [psutil.Process(worker), psutil.Process(self.job_pid(job_id))]
        for process in doomed:
            process.kill()
        _, alive = psutil.wait_procs(doomed, timeout=10)
        assert not alive

    def job_pid(self, job_id: str) -> int:
        with database.engine(self.project).connect() as connection:
            return int(connection.execute(select(table.c.pid).where(table.c.job_id == job_id)).scalar_one())

    def kill_everything(self) -> int:
        """kill -9 of supervisord first, so that it restarts nothing, then of all that it had started."""
        supervisor = supervision.connect(self.project)
        assert supervisor is not None
        os.kill(supervisor.pid(), signal.SIGKILL)
        killed = 1
        until = time.monotonic() + 10
        while found := orphans.find(self.project):
            assert time.monotonic() < until, found
            for process in found:
                with suppress(psutil.NoSuchProcess):
                    process.kill()
                    killed += 1
            psutil.wait_procs(found, timeout=5)
        return killed

    def up(self) -> dict[str, object]:
        return answer("up", "--detach", "--port", str(self.port), "--project", self.project.root)


@contextmanager
def started() -> Iterator[House]:
    """`understudy up`, and `understudy down` in the end; not a process may be left."""
    with open_folder() as folder, started_in(folder) as house:
        yield house


@contextmanager
def started_in(folder: Path) -> Iterator[House]:
    """The same in a folder that every user may enter."""
    project = projects.create(folder / "project", "faults")
    house = House(folder, project, ports.free_port(), "")
    try:
        password = house.up()["first_password"]
        assert isinstance(password, str)
        yield House(folder, project, house.port, password)
    finally:
        database.engine(project).dispose()
        answer("down", "--project", project.root)
        left = orphans.find(project)
        orphans.stop(project)
        assert left == []


def with_listings(house: House) -> Prompt:
    """The sample's first listings imported, and a prompt."""
    project = house.project
    path = house.folder / "listings.csv"
    rows = [asdict(listing) for listing in sample.generate().listings[:LISTINGS]]
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    tasks.create(project, sample.task())
    imports.import_file(project, sample.NAME, path, sample.mapping(), imported_by="owner")
    return prompts.create(
        project, sample.NAME, system=sample.PROMPT_SYSTEM, template=sample.PROMPT_TEMPLATE, reason="first",
        created_by="owner",
    )  # fmt: skip


def until(holds: Callable[[], bool], limit_s: float = LIMIT_S) -> None:
    """Wait for what must come; a failure after `limit_s`."""
    end = time.monotonic() + limit_s
    while not holds():
        assert time.monotonic() < end, f"still not so after {limit_s:.0f} s"
        time.sleep(0.02)
