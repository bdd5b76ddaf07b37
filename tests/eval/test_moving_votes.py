"""Votes go with their comparison to another Argilla."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval import comparisons
from eval.comparisons import Comparison
from storage import argilla_client, moving
from storage.project import Project
from tests.curation.sample_task import NAME
from tests.eval.conftest import Person
from tests.eval.test_comparisons import comparison as comparison
from tests.eval.test_comparisons import evaluation_id as evaluation_id
from tests.storage.moving.conftest import Elsewhere
from tests.storage.moving.conftest import elsewhere as elsewhere

pytestmark = pytest.mark.argilla


def test_the_count_stands_as_it_was_and_voting_goes_on_there(
    project_with_argilla: Project,
    comparison: Comparison,
    person: Person,
    elsewhere: Elsewhere,
    tmp_path: Path,
) -> None:
    home = project_with_argilla
    pairs = comparisons.pairs(home, comparison)
    for number, name in enumerate(("ann", "ben", "ann", "ben", "ann")):
        winner = ("left", "right", "tie")[number % 3]
        comparisons.vote(person(name), home, comparison, pairs[number].record_id, winner, f"v{number}")
    counted = comparisons.tally(home, comparison)
    assert counted.votes == 5
    mirrored = comparisons.mirror(home, NAME)
    assert mirrored is not None

    moving.export(home, tmp_path / "export")
    there = elsewhere(home)
    imported = moving.import_folder(there, tmp_path / "export")
    assert [(each.name, each.linked) for each in imported.queues] == [
        (f"compare.{comparison.comparison_id}", True)
    ]
    moved = comparisons.get(there, comparison.comparison_id)
    assert moved.argilla_id != comparison.argilla_id
    assert comparisons.tally(there, moved) == counted
    assert comparisons.mirror(there, NAME) is None

    passwords = {each.username: each.password for each in imported.accounts.new}
    ann = f"ann-{there.name}"
    token = argilla_client.connect(there).sign_in(ann, passwords[ann])
    signed_in = argilla_client.connect(there, token=token)
    comparisons.vote(signed_in, there, moved, pairs[5].record_id, "tie", "v5")
    assert comparisons.tally(there, moved).votes == 6
