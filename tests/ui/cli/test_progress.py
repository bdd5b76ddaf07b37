"""`understudy progress`, through the console script over real reviews."""

from __future__ import annotations

import pytest

from storage.project import Project
from tests.curation import sample_task
from tests.ui.cli.commands import answer, understudy
from tests.ui.views.overlap import overlapping

pytestmark = pytest.mark.argilla


def test_progress_is_a_table_or_one_object(labelled: Project) -> None:
    overlap = overlapping(labelled)
    found = answer("progress", sample_task.NAME, "-p", labelled.root)
    assert found["whole"]["decided"] == 12
    assert [(each["total"], each["completed"]) for each in found["queues"]] == [(6, 6), (6, 0)]
    assert {each["person"]: each["pace"]["decided"] for each in found["by_person"]} == {
        overlap.ann.me().username: 6,
        overlap.ben.me().username: 6,
    }
    assert [(tag["code"], tag["times"], tag["decided"]) for tag in found["tags"]] == [("sibling", 1, 12)]
    shown = understudy("progress", sample_task.NAME, "-p", labelled.root).stdout
    assert overlap.queue.name in shown
    assert "PER HOUR" in shown
