"""`understudy up` and `down` as a person uses them: in a terminal, by Ctrl-C, killed, twice."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil
import pytest

from storage import project as projects
from storage import services
from storage.project import Project
from storage.services import orphans, ports
from tests.folders import open_folder
from tests.ui.cli.commands import UNDERSTUDY, answer, environment_for, understudy

pytestmark = [pytest.mark.slow, pytest.mark.argilla]
ALL = ["postgres", "redis", "argilla", "worker-cpu", "worker-gpu", "argilla-worker", "app"]
START_LIMIT_S = 200
STOP_LIMIT_S = 60


@pytest.fixture
def project() -> Iterator[Project]:
    with open_folder() as folder:
        made = projects.create(folder / "project", "command-line")
        text = f'name = "command-line"\n[app]\nport = {ports.free_port()}\n'
        (made.root / "understudy.toml").write_text(text)
        made = projects.open_project(made.root)
        try:
            yield made
        finally:
            services.down(made)


@contextmanager
def foreground(project: Project, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`understudy up` as the only process of a terminal's foreground group, its output going to `log`."""
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [str(UNDERSTUDY), "up", "--project", str(project.root)],
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
            env=environment_for(),
            start_new_session=True,
        )
    try:
        until = time.monotonic() + START_LIMIT_S
        while "Stop with" not in log.read_text():
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < until, log.read_text()
            time.sleep(0.1)
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


@pytest.mark.parametrize(
    "number", [signal.SIGINT, signal.SIGTERM, pytest.param(signal.SIGHUP, marks=pytest.mark.soak)]
)
def test_a_signal_stops_everything_and_leaves_no_process(
    project: Project, tmp_path: Path, number: signal.Signals
) -> None:
    log = tmp_path / "up.log"
    with foreground(project, log) as process:
        assert [each.status for each in services.status(project)] == ["running"] * len(ALL)
        page = httpx.get(f"http://127.0.0.1:{project.settings.app.port}/", follow_redirects=True)
        assert page.status_code == 200
        assert len(orphans.find(project)) > len(ALL)
        children = psutil.Process(process.pid).children(recursive=True)
        os.killpg(process.pid, number)
        assert process.wait(STOP_LIMIT_S) == 0, log.read_text()
    told = log.read_text()
    stopped = re.findall(r" s  (\S+) stopped", told)
    assert stopped.index("app") < stopped.index("worker-cpu") < stopped.index("argilla")
    assert stopped.index("argilla") < stopped.index("postgres")
    assert re.search(r"Sign in as\s+owner", told)
    assert orphans.find(project) == []
    assert not [child for child in children if child.is_running()]


def test_up_in_the_background_is_adopted_by_a_second_and_stopped_by_down(project: Project) -> None:
    first = answer("up", "--detach", "--project", project.root)
    assert first["first_password"]
    assert first["app_url"] == f"http://127.0.0.1:{project.settings.app.port}"
    before = answer("status", "--project", project.root)["services"]
    assert [(each["name"], each["status"]) for each in before] == [(name, "running") for name in ALL]

    second = answer("up", "--detach", "--project", project.root)
    assert second == first | {"first_password": None}
    assert answer("status", "--project", project.root)["services"] == before

    other_port = ports.free_port()
    moved = answer("up", "--detach", "--port", str(other_port), "--project", project.root)
    assert httpx.get(f"{moved['app_url']}/api/health").status_code == 200
    after = answer("status", "--project", project.root)["services"]
    assert [each["pid"] for each in after[:-1]] == [each["pid"] for each in before[:-1]]
    assert after[-1]["pid"] != before[-1]["pid"]

    people_work(project)
    assert answer("down", "--project", project.root) == {"stopped": len(ALL)}
    assert orphans.find(project) == []
    assert understudy("down", "--project", project.root).stdout == "Nothing was running.\n"


def test_what_a_killed_up_left_running_is_taken_over_and_heals(project: Project, tmp_path: Path) -> None:
    with foreground(project, tmp_path / "first.log") as process:
        before = pids(project)
        process.kill()
        process.wait()
    assert pids(project) == before
    for name in ("worker-cpu", "worker-gpu", "argilla-worker", "app"):
        os.kill(before[name], signal.SIGKILL)
    with foreground(project, tmp_path / "second.log") as process:
        after = pids(project)
        assert {name for name in ALL if after[name] == before[name]} == {"postgres", "redis", "argilla"}
        assert {each.status for each in services.status(project)} == {"running"}
        process.send_signal(signal.SIGINT)
        assert process.wait(STOP_LIMIT_S) == 0
    assert orphans.find(project) == []


def pids(project: Project) -> dict[str, int]:
    return {each.name: each.pid or 0 for each in services.status(project)}


def people_work(project: Project) -> None:
    """Accounts on the services that run: made, listed, given a new password, each signing in."""
    home = ("--project", project.root)
    made = answer("people", "add", "ada", *home)
    listed = answer("people", "list", *home)["people"]
    assert {each["username"]: each["role"] for each in listed} == {"owner": "owner", "ada": "annotator"}
    renewed = answer("people", "reset-password", "ada", *home)
    assert token_status(project, "ada", made["password"]) == 401
    assert token_status(project, "ada", renewed["password"]) == 201
    assert "ada" in answer("people", "add", "ada", *home, status=2)["error"]
    assert "nobody" in answer("people", "reset-password", "nobody", *home, status=2)["error"]


def token_status(project: Project, username: str, password: str) -> int:
    form = {"username": username, "password": password}
    url = services.addresses(project).argilla_url
    return httpx.post(f"{url}/api/v1/token", data=form, timeout=20).status_code


def test_a_port_in_use_is_named_and_nothing_is_started(project: Project) -> None:
    port = project.settings.app.port
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", port))
        holder.listen()
        finished = understudy("up", "--detach", "--project", project.root, status=2)
    assert f"Port {port} on 127.0.0.1 is in use by" in finished.stderr
    assert "--port" in finished.stderr
    assert "understudy.toml" in finished.stderr
    assert orphans.find(project) == []
    assert not (project.services_dir / "postgres").exists()


def test_a_missing_argilla_is_named_and_nothing_is_started(project: Project) -> None:
    environment = {"UNDERSTUDY_ARGILLA_PYTHON": "/nowhere/python"}
    finished = understudy("up", "--project", project.root, status=2, environment=environment)
    assert "/nowhere/python" in finished.stderr
    assert orphans.find(project) == []


def test_a_service_that_refuses_takes_everything_down_and_its_log_is_shown(project: Project) -> None:
    python = project.root / "python"
    python.write_text("#!/bin/sh\necho 'the licence of this Argilla has run out'\nexit 2\n")
    python.chmod(0o755)
    environment = {"UNDERSTUDY_ARGILLA_PYTHON": str(python)}
    finished = understudy("up", "--project", project.root, status=2, environment=environment)
    assert "argilla did not start: exit status 2" in finished.stderr
    assert "the licence of this Argilla has run out" in finished.stderr
    assert orphans.find(project) == []


@pytest.mark.parametrize(
    "moment",
    [
        "argilla starting",
        *(pytest.param(each, marks=pytest.mark.soak) for each in ("postgres starting", "app running")),
    ],
)
def test_an_interrupted_start_leaves_no_process(project: Project, tmp_path: Path, moment: str) -> None:
    log = tmp_path / "up.log"
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [str(UNDERSTUDY), "up", "--project", str(project.root)],
            stdout=stream, stderr=stream, env=environment_for(), start_new_session=True,
        )  # fmt: skip
    try:
        until = time.monotonic() + START_LIMIT_S
        while moment not in log.read_text():
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < until, log.read_text()
            time.sleep(0.02)
        for _ in range(3):  # the impatient press it more than once
            os.killpg(process.pid, signal.SIGINT)
        assert process.wait(STOP_LIMIT_S) == 130, log.read_text()
        assert orphans.find(project) == [], log.read_text()
    finally:
        process.kill()
        process.wait()
