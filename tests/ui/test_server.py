"""The server as `understudy up` starts it: a process of its own, asked over HTTP."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from storage import project as projects
from storage.project import Project
from ui.server import bound_listener

HEAVY = ("torch", "transformers", "peft", "accelerate", "argilla", "argilla_server", "datasets")
START_LIMIT_S = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(project: Project, healthy: int = 200) -> Iterator[str]:
    port = free_port()
    command = [sys.executable, "-P", "-m", "ui.server", "--project", str(project.root), "--port", str(port)]
    log = project.root / "app.log"
    with log.open("wb") as stream:
        process = subprocess.Popen(command, stdout=stream, stderr=stream)
    address = f"http://127.0.0.1:{port}"
    try:
        until = time.monotonic() + START_LIMIT_S
        while True:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < until, log.read_text()
            try:
                if httpx.get(f"{address}/api/health").status_code == healthy:
                    break
            except httpx.TransportError:
                time.sleep(0.05)
        yield address
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture
def address(project: Project) -> Iterator[str]:
    with serving(project) as found:
        yield found


def test_it_serves_pages_its_own_fonts_and_its_health(address: str) -> None:
    page = httpx.get(address, headers={"Accept": "text/html"})
    assert page.status_code == 303
    assert page.headers["location"] == "/sign-in"
    assert "Sign in" in httpx.get(f"{address}/sign-in").text
    for path in ("fonts/inter-latin.woff2", "fonts/inter-latin-ext.woff2", "sign_in.css", "mark.svg"):
        assert httpx.get(f"{address}/app/static/{path}").status_code == 200, path
    assert httpx.get(f"{address}/_stcore/health").status_code == 200


def test_it_answers_to_no_other_host_name(address: str) -> None:
    assert httpx.get(f"{address}/api/health", headers={"Host": "evil.example"}).status_code == 400


def test_it_tells_nobody_outside_and_shows_no_traceback(project: Project, tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from storage.project import open_project;"
        "from ui import server;"
        "server.build(open_project(Path(sys.argv[1])), 1); from streamlit import config;"
        "print(*(config.get_option(name) for name in sys.argv[2:]), sep='|')"
    )
    names = (
        "browser.gatherUsageStats",
        "client.showErrorDetails",
        "server.fileWatcherType",
        "server.address",
    )
    command = [sys.executable, "-P", "-c", script, str(project.root), *names, "server.allowedHosts"]
    foreign = tmp_path / ".streamlit" / "config.toml"
    foreign.parent.mkdir()
    foreign.write_text('[browser]\ngatherUsageStats = true\n[server]\naddress = "0.0.0.0"\n')
    told = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=tmp_path)
    *settings, hosts = told.stdout.strip().split("|")
    assert settings == ["False", "none", "none", "127.0.0.1"], told.stderr  # whatever the folder says
    assert hosts == "['localhost', '127.0.0.1']"


def test_without_its_database_it_says_so_instead_of_pretending(open_folder: Path) -> None:
    made = projects.create(open_folder / f"dark-{free_port()}", "dark")
    with serving(made, 503) as address:
        assert httpx.get(f"{address}/api/health").json() == {"status": "database unreachable"}


def test_a_port_in_use_is_one_sentence_and_exit_2(project: Project) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-P", "-m", "ui.server", "--project", str(project.root), "--port", port]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 2
    assert port in ended.stderr
    assert "--port" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_folder_without_a_project_is_one_sentence_and_exit_2(tmp_path: Path) -> None:
    command = [sys.executable, "-P", "-m", "ui.server", "--project", str(tmp_path)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 2
    assert "understudy.toml" in ended.stderr


def test_the_app_process_imports_no_model_library_and_no_argilla_server() -> None:
    script = "import ui.app, ui.server, ui.views.catalogue, ui.routes, sys; print(*sys.modules)"
    ended = subprocess.run([sys.executable, "-P", "-c", script], capture_output=True, text=True, timeout=120)
    assert ended.returncode == 0, ended.stderr
    loaded = set(ended.stdout.split())
    assert "ui.views.train" in loaded
    assert not loaded & set(HEAVY)


def test_no_answer_waits_for_the_browsers_acknowledgement() -> None:
    """Nagle's algorithm is off on what the app's own listener accepts; on, it cost 40 ms an answer."""

    async def switched_off() -> bool:
        seen: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        def connected(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            accepted = writer.get_extra_info("socket")
            seen.set_result(accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()

        listener = bound_listener("127.0.0.1", free_port())
        async with await asyncio.start_server(connected, sock=listener):
            _, writer = await asyncio.open_connection(*listener.getsockname())
            found = await seen
            writer.close()
            await writer.wait_closed()
        return bool(found)

    assert asyncio.run(switched_off())
