"""The real Argilla server on a real PostgreSQL and a real Redis, one per test session.

def test_something(argilla_stand: ArgillaStand) -> None:
    with argilla_stand.queue(spec) as queue_id: …
"""

from __future__ import annotations

import os
import secrets as random
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import httpx
import pytest

from storage import argilla_client
from storage import project as projects
from storage.argilla_client import ArgillaClient, QueueSpec
from storage.project import Project
from storage.services import argilla, ports, postgres, redis, secrets
from tests.external_postgres import on_server

OWNER_PASSWORD = "the owner's own words"
START_LIMIT_S = 60


@dataclass
class ArgillaStand:
    """A running server, as `understudy up` would start it, that a test may kill and start again."""

    project: Project
    port: int
    log: Path
    process: subprocess.Popen[bytes] | None = None
    _accounts: dict[str, ArgillaClient] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def api_key(self) -> str:
        return secrets.load(self.project).owner_api_key

    @property
    def owner(self) -> ArgillaClient:
        return argilla_client.connect(self.project)

    @property
    def workspace(self) -> str:
        return self.project.name

    def variables(self) -> dict[str, str]:
        """What the server is told."""
        told = argilla.environment(self.project, self.port)
        return os.environ | told | {"UNDERSTUDY_OWNER_PASSWORD": OWNER_PASSWORD}

    def command(self) -> list[str]:
        """What runs the server: with cheap passwords, which are the stand's only difference."""
        interpreter, serve = argilla.command()
        return [interpreter, str(Path(__file__).with_name("argilla_stand_serve.py")), serve]

    def start(self) -> None:
        """Start it and wait until it answers; its log is shown when it does not."""
        with self.log.open("ab") as stream:
            self.process = subprocess.Popen(
                self.command(), env=self.variables(), stdout=stream, stderr=stream, start_new_session=True
            )
        until = time.monotonic() + START_LIMIT_S
        while not argilla.answers("127.0.0.1", self.port, "/api/v1/version"):
            if self.process.poll() is not None or time.monotonic() > until:
                pytest.fail(f"Argilla did not start:\n{self.log.read_text()[-4000:]}")
            time.sleep(0.05)

    def key_of(self, username: str) -> str:
        """An account's API key, as an owner can look it up."""
        reply = httpx.get(f"{self.url}/api/v1/users", headers={"X-Argilla-Api-Key": self.api_key})
        (key,) = [each["api_key"] for each in reply.json()["items"] if each["username"] == username]
        return str(key)

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal and wait for its end; the exit code."""
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(START_LIMIT_S)

    def person(self, username: str) -> ArgillaClient:
        """An annotator of that name, signed in; made at the first call."""
        if username not in self._accounts:
            password = random.token_urlsafe(12)
            self.owner.create_user(username, password, "annotator", [self.workspace])
            token = self.owner.sign_in(username, password)
            self._accounts[username] = argilla_client.connect(self.project, token=token)
        return self._accounts[username]

    @contextmanager
    def queue(self, spec: QueueSpec) -> Iterator[str]:
        """A queue for the length of a block."""
        queue_id = self.owner.create_queue(spec)
        try:
            yield queue_id
        finally:
            self.owner.delete_queue(queue_id)


@contextmanager
def redis_running(project: Project) -> Iterator[None]:
    """Redis for the length of a block."""
    port = ports.choose(project, "redis")
    log: IO[bytes]
    with (project.services_dir / "redis.log").open("ab") as log:
        process = subprocess.Popen(redis.command(project, port), stdout=log, stderr=log)
    try:
        until = time.monotonic() + START_LIMIT_S
        while not redis.ready(project):
            assert process.poll() is None, log.name
            assert time.monotonic() < until, log.name
            time.sleep(0.02)
        yield
    finally:
        process.terminate()
        process.wait()


@contextmanager
def stand_running(project: Project) -> Iterator[ArgillaStand]:
    """A server of the project's own for the length of a block; its PostgreSQL runs already."""
    postgres.ensure_databases(project)
    with redis_running(project):
        port = ports.choose(project, "argilla")
        stand = ArgillaStand(project, port, project.services_dir / "argilla.log")
        stand.start()
        try:
            yield stand
        finally:
            if stand.process is not None and stand.process.poll() is None:
                stand.end()


@pytest.fixture(scope="session")
def argilla_stand(postgres_project: Project) -> Iterator[ArgillaStand]:
    """The session's server."""
    with stand_running(postgres_project) as stand:
        yield stand


@pytest.fixture(scope="session")
def other_stand(postgres_project: Project) -> Iterator[ArgillaStand]:
    """A second server with a database, accounts and keys of its own: somebody else's Argilla."""
    made = projects.create(postgres_project.root.parent / "other", "other")
    server = postgres.connection_string(postgres_project, "postgres")
    made = on_server(made, server, "other", "other_argilla")
    made.services_dir.mkdir(exist_ok=True)
    with stand_running(made) as stand:
        yield stand
