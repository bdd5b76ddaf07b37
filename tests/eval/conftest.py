"""Property tests run on shared cores: no deadline per example. And a project with a real Argilla."""

from __future__ import annotations

import secrets as random
from collections.abc import Callable

import pytest
from hypothesis import settings

from storage import argilla_client
from storage import project as projects
from storage.argilla_client import ArgillaClient
from storage.project import Project
from tests.argilla_stand import ArgillaStand

settings.register_profile("shared-cores", deadline=None)
settings.load_profile("shared-cores")

Person = Callable[[str], ArgillaClient]


@pytest.fixture
def project_with_argilla(
    project: Project,
    argilla_stand: ArgillaStand,
    monkeypatch: pytest.MonkeyPatch,
) -> Project:
    """`project`, with a workspace of its own in the running Argilla."""
    path = project.root / projects.SETTINGS_NAME
    name = f"votes-{random.token_hex(4)}"
    lines = path.read_text().replace('name = "demo"', f'name = "{name}"')
    path.write_text(lines + f'argilla_url = "{argilla_stand.url}"\n')
    monkeypatch.setenv("ARGILLA_API_KEY", argilla_stand.api_key)
    opened = projects.open_project(project.root)
    argilla_client.connect(opened).ensure_workspace(name)
    return opened


@pytest.fixture
def person(project_with_argilla: Project) -> Person:
    """Signs an annotator of that name in; made at the first call."""
    owner = argilla_client.connect(project_with_argilla)
    signed_in: dict[str, ArgillaClient] = {}

    def sign_in(name: str) -> ArgillaClient:
        if name not in signed_in:
            username, password = f"{name}-{project_with_argilla.name}", random.token_urlsafe(12)
            owner.create_user(username, password, "annotator", [project_with_argilla.name])
            token = owner.sign_in(username, password)
            signed_in[name] = argilla_client.connect(project_with_argilla, token=token)
        return signed_in[name]

    return sign_in
