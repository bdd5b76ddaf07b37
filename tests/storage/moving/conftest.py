"""A project whose queues stand in one real Argilla, and a second Argilla to move them to."""

from __future__ import annotations

import secrets as random
from collections.abc import Callable

import pytest

from storage import argilla_client
from storage import project as projects
from storage.argilla_client import ArgillaClient
from storage.project import Project
from tests.argilla_stand import ArgillaStand
from tests.curation.conftest import labelled as labelled
from tests.curation.conftest import person as person
from tests.curation.conftest import queue as queue
from tests.curation.conftest import reviewed as reviewed

OTHER_KEY = "KEY_OF_THE_OTHER_ARGILLA"
Elsewhere = Callable[[Project], Project]


@pytest.fixture
def elsewhere(other_stand: ArgillaStand, monkeypatch: pytest.MonkeyPatch) -> Elsewhere:
    """Points a project, in its settings file, at the other Argilla, with an owner's key."""
    monkeypatch.setenv(OTHER_KEY, other_stand.api_key)
    return lambda project: pointed_at(project, other_stand.url, OTHER_KEY)


def pointed_at(project: Project, url: str, key_variable: str) -> Project:
    path = project.root / projects.SETTINGS_NAME
    kept = [line for line in path.read_text().splitlines() if not line.startswith("argilla_")]
    places = [f'argilla_url = "{url}"', f'argilla_api_key_env = "{key_variable}"']
    databases = [line for line in path.read_text().splitlines() if line.startswith("argilla_database")]
    path.write_text("\n".join([*kept, *databases, *places]) + "\n")
    return projects.open_project(project.root)


def make_person(project: Project, name: str, role: str = "annotator") -> ArgillaClient:
    """A member of the project's workspace, signed in."""
    owner, password = argilla_client.connect(project), random.token_urlsafe(12)
    owner.create_user(name, password, role, [project.name])  # type: ignore[arg-type]
    return argilla_client.connect(project, token=owner.sign_in(name, password))
