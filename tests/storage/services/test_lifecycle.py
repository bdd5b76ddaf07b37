"""Start, death, adoption and stop of the real PostgreSQL, Redis and Argilla."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Callable

import httpx
import psutil
import psycopg
import pytest

from storage import services
from storage.project import Project
from storage.services import orphans, ports, postgres, secrets, supervision
from tests.storage.services.conftest import Started

pytestmark = [pytest.mark.slow, pytest.mark.argilla]
OURS = ("postgres", "redis", "argilla")


def pids(project: Project) -> dict[str, int | None]:
    return {each.name: each.pid for each in services.status(project) if each.name in OURS}


def running(project: Project) -> set[str]:
    return {each.name for each in services.status(project) if each.status == "running"}


def eventually(what: str, holds: Callable[[], bool], limit_s: float = 60) -> None:
    until = time.monotonic() + limit_s
    while not holds():
        assert time.monotonic() < until, f"after {limit_s} s still not: {what}"
        time.sleep(0.1)


def signs_in(started: Started, password: str) -> bool:
    answer = httpx.post(
        f"{started.addresses.argilla_url}/api/v1/token",
        data={"username": started.addresses.owner, "password": password},
        timeout=20,
    )
    return answer.status_code == 201


def test_every_service_answers_and_tells_where(started: Started) -> None:
    assert running(started.project) == set(OURS)
    with psycopg.connect(postgres.connection_string(started.project, "argilla")) as connection:
        assert connection.execute("SELECT count(*) FROM users").fetchone() == (1,)
    assert httpx.get(f"{started.addresses.argilla_url}/api/v1/version").status_code == 200


def test_the_first_password_signs_in_and_lies_on_no_disk_afterwards(started: Started) -> None:
    password = started.addresses.first_password
    assert password is not None
    assert signs_in(started, password)
    assert not signs_in(started, "1234")
    written = [path for path in started.project.services_dir.rglob("*") if path.is_file()]
    assert len(written) > 100
    assert not [path for path in written if password.encode() in path.read_bytes()]


def test_the_addresses_do_not_show_secrets_when_printed(started: Started) -> None:
    shown = repr(started.addresses)
    assert started.addresses.first_password not in shown
    assert secrets.load(started.project).redis_password not in shown


def test_a_second_up_adopts_what_runs_and_tells_no_password(started: Started) -> None:
    before = pids(started.project)
    again = services.up(started.project, app=False, workers=False)
    assert pids(started.project) == before
    assert again.first_password is None
    assert again.argilla_url == started.addresses.argilla_url


@pytest.mark.parametrize("name", OURS)
def test_a_service_killed_with_9_is_started_again_and_answers(started: Started, name: str) -> None:
    before = pids(started.project)[name]
    assert before is not None
    os.kill(before, signal.SIGKILL)
    eventually(f"{name} runs again", lambda: pids(started.project)[name] not in (None, before))
    eventually("everything answers", lambda: running(started.project) == set(OURS))
    key = {"X-Argilla-Api-Key": secrets.load(started.project).owner_api_key}
    # Argilla's pool may hold connections to the PostgreSQL that died; they must not fail requests for long
    eventually(
        "Argilla reads its database",
        lambda: httpx.get(f"{started.addresses.argilla_url}/api/v1/me", headers=key).status_code == 200,
    )


def test_after_supervisord_was_killed_up_clears_the_orphans_and_starts_afresh(started: Started) -> None:
    before = pids(started.project)
    supervisor = supervision.connect(started.project)
    assert supervisor is not None
    os.kill(supervisor.pid(), signal.SIGKILL)
    eventually("nobody answers the socket", lambda: supervision.connect(started.project) is None)
    left = {process.pid for process in orphans.find(started.project)}
    assert {pid for pid in before.values() if pid} <= left
    again = services.up(started.project, app=False, workers=False)
    assert running(started.project) == set(OURS)
    assert not [pid for pid in before.values() if pid and psutil.pid_exists(pid)]
    assert again.first_password is None
    assert again.argilla_url == started.addresses.argilla_url


def test_down_leaves_no_process_and_up_finds_the_same_data(started: Started) -> None:
    assert services.down(started.project) == len(OURS)
    assert orphans.find(started.project) == []
    assert {each.status for each in services.status(started.project)} == {"stopped"}
    assert services.down(started.project) == 0
    services.up(started.project, app=False, workers=False)
    password = started.addresses.first_password
    assert password is not None
    assert signs_in(started, password)


def test_a_port_taken_by_somebody_else_is_chosen_again(started: Started) -> None:
    services.down(started.project)
    old = {name: ports.remembered(started.project, name) for name in ("redis", "argilla")}
    with socket.socket() as first, socket.socket() as second:
        for holder, port in ((first, old["redis"]), (second, old["argilla"])):
            holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            assert port is not None
            holder.bind(("127.0.0.1", port))
            holder.listen()
        again = services.up(started.project, app=False, workers=False)
        new = {name: ports.remembered(started.project, name) for name in old}
        assert not {*new.values()} & {*old.values()}
        assert again.argilla_url == f"http://127.0.0.1:{new['argilla']}"
        assert running(started.project) == set(OURS)
