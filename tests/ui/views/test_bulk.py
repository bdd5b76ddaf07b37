"""The Bulk page before there is a queue, and what its grid is mounted with."""

from __future__ import annotations

import pytest

from storage.project import Project
from tests.curation import sample_task
from tests.ui.views.conftest import Opened, said
from ui.components.bulk import grid_data

pytestmark = pytest.mark.argilla


def test_without_a_queue_the_page_says_what_to_do_first(labelled: Project, opened: Opened) -> None:
    assert "No queue is open yet" in said(opened("bulk", role="annotator", task=sample_task.NAME))


def test_labels_are_offered_only_where_an_output_is_one_of_few() -> None:
    few = sample_task.TASK
    assert grid_data(queue="q", person="ann", task=few)["labels"] == ["Cookware", "Bakeware", "Tea"]
    several = few.model_copy(update={"multi_label": True})
    assert grid_data(queue="q", person="ann", task=several)["labels"] == []
    many = few.model_copy(update={"labels": tuple(f"label {number}" for number in range(501))})
    assert grid_data(queue="q", person="ann", task=many)["labels"] == []
