import subprocess
import sys
from pathlib import Path

import pytest

from storage import project as projects
from storage.errors import InvalidInput
from storage.project import Project
from storage.services import secrets


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return projects.create(tmp_path / "project", "secrets-test")


LOAD = """
import sys
from pathlib import Path
from storage.project import open_project
from storage.services import secrets
print(end="ready", flush=True)
sys.stdin.readline()
print(secrets.load(open_project(Path(sys.argv[1]))).model_dump_json())
"""


def loading(root: Path) -> subprocess.Popen[str]:
    """A process of its own that loads the secrets once it is sent a line."""
    command = [sys.executable, "-P", "-c", LOAD, str(root)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_secrets_are_made_once_and_only_their_owner_can_read_them(project: Project) -> None:
    first = secrets.load(project)
    assert secrets.load(project) == first
    assert (project.services_dir / "secrets.json").stat().st_mode & 0o777 == 0o600
    assert len({*first.model_dump().values()}) == len(first.model_dump())


def test_two_projects_share_no_secret(project: Project, tmp_path: Path) -> None:
    other = secrets.load(projects.create(tmp_path / "other", "other"))
    assert not {*other.model_dump().values()} & {*secrets.load(project).model_dump().values()}


def test_printing_secrets_shows_none(project: Project) -> None:
    loaded = secrets.load(project)
    assert not [value for value in loaded.model_dump().values() if value in repr(loaded)]


def test_processes_that_start_together_agree_on_the_secrets(project: Project) -> None:
    processes = [loading(project.root) for _ in range(6)]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.read(5) == "ready"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    answers = {process.communicate(timeout=60)[0] for process in processes}
    assert len(answers) == 1
    assert "cookie_key" in answers.pop()
    assert [path.name for path in project.services_dir.iterdir()] == ["secrets.json"]


def test_a_damaged_file_is_named_and_not_replaced(project: Project) -> None:
    path = project.services_dir / "secrets.json"
    secrets.load(project)
    path.write_text('{"cookie_key": "short"}')
    with pytest.raises(InvalidInput, match=str(path)):
        secrets.load(project)
    assert path.read_text() == '{"cookie_key": "short"}'


def test_the_first_password_waits_until_it_was_shown(project: Project) -> None:
    assert secrets.peek_first_password(project) is None
    path = secrets.make_first_password(project)
    password = secrets.peek_first_password(project)
    assert password is not None
    assert len(password) >= 20
    assert path.stat().st_mode & 0o777 == 0o600
    secrets.make_first_password(project)
    assert secrets.peek_first_password(project) == password
    secrets.forget_first_password(project)
    assert secrets.peek_first_password(project) is None
