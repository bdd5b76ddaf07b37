"""What every test may ask for: a project folder, and a real PostgreSQL under it."""

from __future__ import annotations

import gc
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from xdist.scheduler import LoadFileScheduling

from storage import database, project
from storage.project import Project
from storage.services import postgres
from tests import external_postgres
from tests.argilla_stand import argilla_stand as argilla_stand  # a fixture: one server for all folders
from tests.argilla_stand import other_stand as other_stand  # and one that is somebody else's
from tests.external_postgres import on_server


@pytest.fixture(scope="session")
def open_folder() -> Iterator[Path]:
    """A folder that PostgreSQL's own user may enter; pytest's own are closed to it."""
    folder = Path(tempfile.mkdtemp(prefix="understudy-tests-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_project(open_folder: Path) -> Iterator[Project]:
    """A project with its PostgreSQL running, migrated; the template of every test's database."""
    made = project.create(open_folder / "template", "template")
    kind = external_postgres.wanted()
    with ExitStack() as stack:
        if kind:
            elsewhere = open_folder / "external"
            elsewhere.mkdir(mode=0o755)
            url = stack.enter_context(external_postgres.running(elsewhere, kind))
            made = on_server(made, url, "understudy", "argilla")
        else:
            stack.enter_context(postgres.running(made))
        database.migrate(made)
        database.engine(made).dispose()
        yield made


@pytest.fixture
def project_with_database(postgres_project: Project, open_folder: Path) -> Iterator[Project]:
    """A fresh project whose database is a copy of the migrated template, on the shared server."""
    with fresh_project(postgres_project, open_folder) as made:
        yield made


@contextmanager
def fresh_project(postgres_project: Project, open_folder: Path) -> Iterator[Project]:
    """Such a project, for tests that need several."""
    folder = Path(tempfile.mkdtemp(prefix="project-", dir=open_folder))
    folder.chmod(0o711)
    name = folder.name.replace("-", "_").lower()
    server = postgres.connection_string(postgres_project, "postgres")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE understudy')
    made = on_server(project.create(folder / "p", "demo"), server, name, "argilla")
    yield made
    database.engine(made).dispose()
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(name="project")
def _project(project_with_database: Project) -> Project:
    return project_with_database


def pytest_collection() -> None:
    """What is imported for the tests is no garbage: not looked through now, nor during the tests."""
    gc.disable()


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()


def pytest_unconfigure() -> None:
    gc.unfreeze()  # libraries that count what is left at the end would report it


JOURNEY = Path(__file__).with_name("journey")


class _ByHouse(LoadFileScheduling):
    """Tests of one file stay together, and so do those of the journey, which share a running project."""

    def _split_scope(self, nodeid: str) -> str:
        file: str = super()._split_scope(nodeid)
        return "the journey" if f"/{JOURNEY.name}/" in file else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadFileScheduling | None:
    """Ours, where tests are to be spread by file."""
    return _ByHouse(config, log) if config.getvalue("dist") == "loadfile" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The journey first, beginning with the empty project; then the files of slow tests, then the rest."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}

    def place(item: pytest.Item) -> int:
        if item.path.parent == JOURNEY:
            return 0 if item.path.name == "test_journey.py" else 1
        return 2 if item.path in slow else 3

    items.sort(key=place)
