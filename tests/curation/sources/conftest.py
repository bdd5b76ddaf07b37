from __future__ import annotations

import pytest

from curation.imports import ColumnMapping
from storage.project import Project
from tests.curation import sample_task

MAPPING = ColumnMapping(inputs={"Title": "title", "Brand": "Brand name"}, gold="label", extras=("seller",))
HEADER = "Title,Brand,label,seller\n"


def rows(*numbers: int) -> bytes:
    """A CSV file that `MAPPING` fits, with a row for each number."""
    return (HEADER + "".join(f"Wok {number},Lodge,Cookware,shop\n" for number in numbers)).encode()


@pytest.fixture
def home(project: Project) -> Project:
    """A project with the task `shelf`."""
    sample_task.made(project)
    return project
