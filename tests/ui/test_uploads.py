from __future__ import annotations

import io
import os
import time
from pathlib import Path

import pytest

from storage import project as projects
from storage.project import Project
from ui import uploads


@pytest.fixture
def folder(tmp_path: Path) -> Project:
    return projects.create(tmp_path / "p", "demo")


def test_the_same_file_uploaded_twice_is_stored_once(folder: Project) -> None:
    first = uploads.keep(folder, "a.csv", io.BytesIO(b"title\nWok\n"))
    second = uploads.keep(folder, "a.csv", io.BytesIO(b"title\nWok\n"))
    assert first == second
    assert first.read_bytes() == b"title\nWok\n"


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "..", ".hidden.csv", "a\nb.csv", "…"])
def test_an_upload_never_leaves_its_folder(folder: Project, name: str) -> None:
    path = uploads.keep(folder, name, io.BytesIO(b"x"))
    assert path.resolve().is_relative_to(folder.cache_dir / "uploads")
    assert not path.name.startswith(".")


def test_what_is_older_than_a_week_is_gone_at_the_next_upload(folder: Project) -> None:
    old = uploads.keep(folder, "old.csv", io.BytesIO(b"old"))
    a_week_ago = time.time() - 8 * 24 * 3600
    os.utime(old.parent, (a_week_ago, a_week_ago))
    uploads.keep(folder, "new.csv", io.BytesIO(b"new"))
    assert not old.exists()
