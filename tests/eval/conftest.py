"""Property tests run on shared cores: no deadline per example. And a project with a real Argilla."""

from __future__ import annotations

import pytest
from hypothesis import settings

from storage.project import Project
from tests.argilla_stand import ArgillaStand
from tests.settled import Person as Person
from tests.settled import annotators, settled

settings.register_profile("shared-cores", deadline=None)
settings.load_profile("shared-cores")


@pytest.fixture
def project_with_argilla(
    project: Project,
    argilla_stand: ArgillaStand,
    monkeypatch: pytest.MonkeyPatch,
) -> Project:
    """`project`, with a workspace of its own in the running Argilla."""
    return settled(project, argilla_stand, monkeypatch, "votes")


@pytest.fixture
def person(project_with_argilla: Project) -> Person:
    """Signs an annotator of that name in; made at the first call."""
    return annotators(project_with_argilla)
