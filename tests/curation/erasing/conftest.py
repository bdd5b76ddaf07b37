"""A project whose Argilla is somebody else's and has no queue of it."""

from __future__ import annotations

import pytest

from storage import project as projects
from storage.project import Project
from tests.curation import sample_task


@pytest.fixture
def shelf(project: Project) -> Project:
    """With the sample's task, and nothing in it."""
    path = project.root / projects.SETTINGS_NAME
    path.write_text(path.read_text() + 'argilla_url = "http://argilla.example.org"\n')
    sample_task.made(project)
    return projects.open_project(project.root)
