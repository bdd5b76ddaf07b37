"""A project whose PostgreSQL, Redis and Argilla run, shared by the tests of one module."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from storage import project as projects
from storage import services
from storage.project import Project
from storage.services import Addresses
from tests.folders import open_folder


@dataclass
class Started:
    project: Project
    addresses: Addresses


@pytest.fixture(scope="module")
def started() -> Iterator[Started]:
    with open_folder() as folder:
        project = projects.create(folder / "project", "services-test")
        try:
            yield Started(project, services.up(project, app=False, workers=False))
        finally:
            services.down(project)


@pytest.fixture
def project() -> Iterator[Project]:
    """A project of which nothing runs; whatever the test starts is stopped."""
    with open_folder() as folder:
        made = projects.create(folder / "project", "services-test")
        try:
            yield made
        finally:
            services.down(made)
