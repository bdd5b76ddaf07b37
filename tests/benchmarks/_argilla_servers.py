"""The two servers that `argilla.py` compares, each for the length of a block."""

from __future__ import annotations

import os
import secrets as random
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from storage import project as projects
from storage.argilla_client import ArgillaClient
from storage.project import Project
from storage.services import argilla, ports, postgres, redis
from tests.argilla_stand import ArgillaStand, redis_running
from tests.folders import open_folder

STOCK = Path(__file__).with_name("_stock_argilla.py")
START_LIMIT_S = 90


@dataclass(frozen=True)
class Server:
    """A running Argilla and its owner's key; `project` is whose PostgreSQL is under ours."""

    url: str
    api_key: str
    project: Project

    @property
    def owner(self) -> ArgillaClient:
        """The owner's client."""
        return ArgillaClient(self.url, api_key=self.api_key)

    def people(self, count: int, workspace: str) -> list[ArgillaClient]:
        """Annotators of the workspace, each signed in."""
        found = []
        for number in range(count):
            name, password = f"person-{number}", random.token_urlsafe(12)
            self.owner.create_user(name, password, "annotator", [workspace])
            found.append(ArgillaClient(self.url, token=self.owner.sign_in(name, password)))
        return found


@contextmanager
def project() -> Iterator[Project]:
    """A project with PostgreSQL and Redis running."""
    with open_folder() as folder:
        folder.chmod(0o711)
        made = projects.create(folder / "project", "benchmark")
        with postgres.running(made):
            postgres.ensure_databases(made)
            with redis_running(made):
                yield made


@contextmanager
def ours(home: Project) -> Iterator[Server]:
    """Argilla as the product starts it."""
    stand = ArgillaStand(home, ports.choose(home, "argilla"), home.services_dir / "argilla.log")
    stand.start()
    try:
        yield Server(stand.url, stand.api_key, home)
    finally:
        stand.end()


@contextmanager
def stock(home: Project) -> Iterator[Server]:
    """Argilla's defaults on SQLite."""
    port, key = ports.free_port(), random.token_urlsafe(24)
    folder = home.root / "stock"
    folder.mkdir()
    told = {
        "ARGILLA_HOME_PATH": str(folder),
        "ARGILLA_REDIS_URL": redis.url(home),
        "HF_HUB_DISABLE_TELEMETRY": "1",
    }
    plain = {name: value for name, value in os.environ.items() if not name.startswith("ARGILLA_")}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [str(argilla.interpreter()), str(STOCK), str(port), key],
            env=plain | told, stdout=log, stderr=log, cwd=folder,
        )  # fmt: skip
    try:
        until = time.monotonic() + START_LIMIT_S
        while not argilla.answers("127.0.0.1", port, "/api/v1/version"):
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError((folder / "log").read_text()[-3000:])
            time.sleep(0.1)
        yield Server(f"http://127.0.0.1:{port}", key, home)
    finally:
        process.terminate()
        process.wait()
