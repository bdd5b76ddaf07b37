"""A test's project in the session's real Argilla: a workspace of its own, and annotators who sign in."""

from __future__ import annotations

import secrets as random
from collections.abc import Callable

import pytest

from storage import argilla_client
from storage import project as projects
from storage.argilla_client import ArgillaClient
from storage.project import Project
from tests.argilla_stand import ArgillaStand

Person = Callable[[str], ArgillaClient]


def settled(project: Project, stand: ArgillaStand, monkeypatch: pytest.MonkeyPatch, prefix: str) -> Project:
    """`project`, renamed to begin with `prefix`, with a workspace of its own in the running Argilla."""
    path = project.root / projects.SETTINGS_NAME
    name = f"{prefix}-{random.token_hex(4)}"
    lines = path.read_text().replace('name = "demo"', f'name = "{name}"')
    path.write_text(lines + f'argilla_url = "{stand.url}"\n')
    monkeypatch.setenv("ARGILLA_API_KEY", stand.api_key)
    opened = projects.open_project(project.root)
    argilla_client.connect(opened).ensure_workspace(name)
    return opened


def annotators(project: Project) -> Person:
    """Signs an annotator of the project in by a short name; made at the first call."""
    owner = argilla_client.connect(project)
    signed_in: dict[str, ArgillaClient] = {}

    def sign_in(name: str) -> ArgillaClient:
        if name not in signed_in:
            username, password = f"{name}-{project.name}", random.token_urlsafe(12)
            owner.create_user(username, password, "annotator", [project.name])
            signed_in[name] = argilla_client.connect(project, token=owner.sign_in(username, password))
        return signed_in[name]

    return sign_in
