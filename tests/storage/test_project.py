"""Projects and their settings file: found, refused, and read with the key and the value seen."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage import project as projects
from storage.errors import Conflict, InvalidInput, NotFound


def test_a_new_project_opens_with_the_defaults(tmp_path: Path) -> None:
    made = projects.create(tmp_path / "deep" / "pans", "pans")
    opened = projects.open_project(tmp_path / "deep" / "pans")
    assert opened == made
    assert (opened.name, opened.settings.app.port, opened.settings.training.threads) == ("pans", 8501, 1)
    assert opened.settings.app.host == "127.0.0.1"


def test_the_commented_lines_of_a_new_file_are_valid_settings(tmp_path: Path) -> None:
    projects.create(tmp_path / "pans", "pans")
    path = tmp_path / "pans" / projects.SETTINGS_NAME
    lines = path.read_text().splitlines()
    path.write_text("\n".join(line.removeprefix("# ") if " = " in line else line for line in lines))
    assert projects.open_project(path.parent).settings.services.argilla_url == "https://argilla.example.org"


def test_a_project_is_never_made_over_another(tmp_path: Path) -> None:
    projects.create(tmp_path / "pans", "pans")
    with pytest.raises(Conflict, match="already holds a project"):
        projects.create(tmp_path / "pans", "lids")


@pytest.mark.parametrize("name", ["", "Pans", "../pans", "pans and lids", "-pans", "p" * 64])
def test_a_name_that_cannot_be_a_folder_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidInput, match="not a usable name"):
        projects.create(tmp_path / "x", name)
    assert not (tmp_path / "x").exists()


def test_a_folder_without_a_project_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="--project"):
        projects.open_project(tmp_path)


def test_the_project_is_the_one_named_then_the_variable_then_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("named", "variable", "folder"):
        projects.create(tmp_path / name, name)
    monkeypatch.chdir(tmp_path / "folder")
    monkeypatch.delenv(projects.PROJECT_VARIABLE, raising=False)
    assert projects.find_project().name == "folder"
    monkeypatch.setenv(projects.PROJECT_VARIABLE, str(tmp_path / "variable"))
    assert projects.find_project().name == "variable"
    assert projects.find_project(tmp_path / "named").name == "named"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('name = "p"\n[app]\nport = 99999\n', r"app\.port has 99999"),
        ('name = "p"\n[app]\nprot = 1\n', r"app\.prot has 1"),
        ('name = "p"\n[training]\ndevice = "tpu"\n', r"training\.device has 'tpu'"),
        ("name = \n", "not valid TOML"),
    ],
)
def test_a_wrong_setting_is_named_with_its_value(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / projects.SETTINGS_NAME).write_text(text)
    with pytest.raises(InvalidInput, match=said):
        projects.open_project(tmp_path)
