import subprocess
import sys
from pathlib import Path

import pytest

from storage import project as projects
from storage.errors import Conflict
from tests.ui.cli.commands import answer, understudy
from ui.cli import main as command_line


def test_help_lists_the_commands() -> None:
    shown = understudy("--help").stdout
    for command in ("init", "up", "down", "status", "doctor", "sql", "verify", "people"):
        assert command in shown


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; from ui.cli.main import run; status = run(['--help']); "
        "heavy = {'pydantic', 'duckdb', 'pyarrow', 'sqlalchemy', 'psycopg', 'httpx', 'streamlit', 'torch', "
        "'argilla', 'pandas', 'numpy', 'psutil', 'supervisor'} & {*sys.modules}; "
        "sys.exit(f'{status} {heavy}' if status or heavy else 0)"
    )
    finished = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True)
    assert finished.returncode == 0, finished.stderr


def test_the_version_is_told() -> None:
    assert understudy("--version").stdout.startswith("understudy ")


def test_what_a_person_can_fix_is_a_sentence_a_next_step_and_exit_2(tmp_path: Path) -> None:
    finished = understudy("status", "--project", tmp_path, status=2)
    assert finished.stdout == ""
    what, next_step = finished.stderr.splitlines()
    assert what == f"{tmp_path.resolve()} holds no understudy.toml."
    assert "understudy init" in next_step


def test_an_error_with_json_is_one_object_on_stdout(tmp_path: Path) -> None:
    found = answer("status", "--project", tmp_path, status=2)
    assert "holds no understudy.toml" in found["error"]
    assert "understudy init" in found["next_step"]


def test_a_mistyped_option_is_exit_2() -> None:
    assert "No such option" in understudy("status", "--projekt", "x", status=2).stderr


def test_a_bug_is_exit_1_and_its_traceback_is_logged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(home: object) -> None:
        raise ZeroDivisionError("nobody expected this")

    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr("storage.services.standing.status", broken)
    project = projects.create(tmp_path / "p", "p")
    assert command_line.run(["status", "--project", str(project.root)]) == 1
    shown = capsys.readouterr()
    assert "This is a bug in Understudy: ZeroDivisionError: nobody expected this" in shown.err
    log = tmp_path / "state" / "understudy" / "bugs.log"
    assert str(log) in shown.err
    assert "Traceback" in log.read_text()
    assert "understudy status --project" in log.read_text()


def test_an_error_of_ours_is_never_called_a_bug(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused(home: object) -> None:
        raise Conflict("Somebody was first.", next_step="Look again.")

    monkeypatch.setattr("storage.services.standing.status", refused)
    project = projects.create(tmp_path / "p", "p")
    assert command_line.run(["status", "--project", str(project.root)]) == 2
    assert capsys.readouterr().err == "Somebody was first.\nLook again.\n"


def test_a_project_is_made_once_and_named_after_its_folder(tmp_path: Path) -> None:
    made = answer("init", tmp_path / "My Labels")
    assert made == {"project": str(tmp_path.resolve() / "My Labels"), "name": "my-labels"}
    assert "already holds a project" in answer("init", tmp_path / "My Labels", status=2)["error"]
    assert (tmp_path / "My Labels" / "understudy.toml").read_text().startswith('name = "my-labels"')


def test_a_project_is_found_in_the_folder_or_by_the_variable(tmp_path: Path) -> None:
    understudy("init", tmp_path / "p")
    assert "postgres" in understudy("status", cwd=tmp_path / "p").stdout
    variable = {"UNDERSTUDY_PROJECT": str(tmp_path / "p")}
    assert "postgres" in understudy("status", cwd=tmp_path, environment=variable).stdout
