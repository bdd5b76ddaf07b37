import socket
from pathlib import Path

from tests.ui.cli.commands import answer, understudy


def by_name(found: dict[str, object]) -> dict[str, dict[str, str]]:
    return {each["name"]: each for each in found["findings"]}


def test_doctor_finds_this_machine_fit_for_the_tests_that_run_on_it(tmp_path: Path) -> None:
    understudy("init", tmp_path / "p")
    (tmp_path / "p" / "understudy.toml").write_text('name = "p"\n[app]\nport = 61234\n')
    found = answer("doctor", "--project", tmp_path / "p")
    assert found["ready"] is True
    names = by_name(found)
    assert set(names) == {
        "python", "disk", "memory", "postgresql", "redis", "argilla", "training", "chromium", "port",
    }  # fmt: skip
    assert names["argilla"]["what"].startswith("argilla-server 2.")
    assert "61234" in names["port"]["what"]


def test_doctor_works_where_there_is_no_project_yet(tmp_path: Path) -> None:
    assert "python" in understudy("doctor", cwd=tmp_path, status=_status_without_project()).stdout


def test_doctor_says_how_to_get_what_is_missing(tmp_path: Path) -> None:
    understudy("init", tmp_path / "p")
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        (tmp_path / "p" / "understudy.toml").write_text(f'name = "p"\n[app]\nport = {port}\n')
        environment = {"UNDERSTUDY_ARGILLA_PYTHON": "/nowhere/python"}
        finished = understudy("doctor", "--project", tmp_path / "p", status=2, environment=environment)
    assert "/nowhere/python" in finished.stdout
    assert f"Port {port} on 127.0.0.1 is in use" in finished.stdout
    assert "--port" in finished.stdout
    assert "2 of 9 need your hand" in finished.stderr


def test_an_argilla_environment_without_argilla_is_told_apart_from_none(tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\nexit 1\n")
    python.chmod(0o755)
    found = understudy(
        "doctor", cwd=tmp_path, status=2, environment={"UNDERSTUDY_ARGILLA_PYTHON": str(python)}
    )
    assert f"{python} has no argilla-server" in found.stdout
    assert "requirements.txt" in found.stdout


def _status_without_project() -> int:
    """8501, the port of a project that says nothing else, may be in use by the person at this machine."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", 8501))
        except OSError:
            return 2
    return 0
