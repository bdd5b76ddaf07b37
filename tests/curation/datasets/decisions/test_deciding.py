"""The short way for records that one person decided gives what `resolve` gives, and filters are kept to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from curation import review_rows
from curation.datasets.decisions.deciding import decided
from curation.datasets.decisions.resolution import resolve
from curation.datasets.decisions.rulings import Ruling, judged, version_of
from curation.datasets.definition import Definition
from storage import artifacts
from storage.artifacts import Manifest
from storage.project import Project, create
from tests.curation import sample_task
from tests.curation.sample_task import LABELS, TASK

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Any) -> Project:
    """A project without a database: mirrors are files."""
    return create(tmp_path / "p", "plain")


def mirror(project: Project, rows: list[dict[str, Any]]) -> Manifest:
    sample_task.publish_reviews(project, rows)
    return artifacts.load(project, "reviews", sample_task.NAME, "g0001")


def rows_of(count: int) -> list[dict[str, Any]]:
    """Reviews by chance: one to three people a record, some of another mind, some withdrawn."""
    dice = Random(11)
    found = []
    for number in range(count):
        for reviewer in dice.sample(["ann", "ben", "cy"], dice.choice([1, 1, 1, 2, 3])):
            decision = dice.choice(["approved", "corrected", "discarded"])
            output = dice.choice([*LABELS, " Tea ", "Nothing", ""])
            row = sample_task.review(f"rec_{number:04d}", reviewer, prompt=dice.choice([1, 2]))
            row["decision"], row["deleted"] = decision, dice.random() < 0.1
            row["output"] = None if decision == "discarded" else output
            row["error_tags"] = dice.choice([[], ["sibling"], ["invented", "sibling"]])
            row["submitted_at"] = NOON + timedelta(minutes=dice.randrange(999))
            found.append(row)
    dice.shuffle(found)
    return found


def test_both_ways_give_the_same(folder: Project) -> None:
    manifest = mirror(folder, rows_of(600))
    slow = resolve(review_rows.of(manifest), TASK)
    fast = decided(manifest, TASK, Definition(), {}, ())
    assert fast.filtered == 0
    assert fast.resolution.rows == slow.rows
    assert sorted(fast.resolution.discarded) == list(slow.discarded)
    assert sorted(fast.resolution.in_conflict) == list(slow.in_conflict)
    assert sorted(fast.resolution.unusable) == list(slow.unusable)
    assert all(getattr(slow, name) for name in ("rows", "discarded", "in_conflict", "unusable"))


def kept(project: Project, rows: list[dict[str, Any]], **asked: Any) -> dict[str, str]:
    found = decided(mirror(project, rows), TASK, Definition(**asked), {}, ())
    return {row.record_id: row.completion for row in found.resolution.rows}


ROWS = [
    sample_task.review("rec_1", "ann", output="Tea"),
    sample_task.review("rec_2", "ben", output="Tea", decision="corrected", error_tags=["sibling"]),
    sample_task.review("rec_3", "ann", output="Tea"),
    sample_task.review("rec_3", "ben", output="Bakeware", decision="corrected"),
    sample_task.review("rec_4", "ann", output="Tea", prompt=2, error_tags=["invented"]),
]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, {"rec_1", "rec_2", "rec_4"}),
        ({"reviewed_by": ("ann",)}, {"rec_1", "rec_3", "rec_4"}),
        ({"prompts": (2,)}, {"rec_4"}),
        ({"decisions": ("corrected",)}, {"rec_2"}),
        ({"tags": ("sibling", "invented")}, {"rec_2", "rec_4"}),
        ({"without_tags": ("invented",)}, {"rec_1", "rec_2"}),
    ],
)
def test_only_what_is_asked_for_counts(folder: Project, asked: dict[str, Any], expected: set[str]) -> None:
    assert set(kept(folder, ROWS, **asked)) == expected


def test_what_is_not_asked_for_is_counted(folder: Project) -> None:
    found = decided(mirror(folder, ROWS), TASK, Definition(reviewed_by=("cy",)), {}, ())
    assert (found.filtered, found.resolution.rows) == (4, ())


def test_a_ruling_that_stands_holds_whoever_is_asked_for(folder: Project) -> None:
    own = sample_task.review("rec_3", "mo", output="Cookware", decision="corrected")
    manifest = mirror(folder, [*ROWS, own])
    given = [review for review in review_rows.of(manifest) if review.record_id == "rec_3"]
    last = next(review for review in given if review.reviewer == "mo")
    ruling = Ruling(
        "rec_3", "shelf.prompt-v1", "mo", "corrected", "Cookware", "", last.review_id, version_of(last),
        tuple(judged(review) for review in given if review is not last), NOON,
    )  # fmt: skip
    found = decided(manifest, TASK, Definition(reviewed_by=("ann",)), {"rec_3": ruling}, ())
    assert {row.record_id: row.completion for row in found.resolution.rows}["rec_3"] == "Cookware"
    under = decided(manifest, TASK, Definition(prompts=(2,)), {"rec_3": ruling}, ())
    assert "rec_3" not in {row.record_id for row in under.resolution.rows}


def test_what_is_answered_to_a_probe_decides_nothing(folder: Project) -> None:
    found = decided(mirror(folder, ROWS), TASK, Definition(), {}, {("shelf.prompt-v1", "rec_1")})
    assert {row.record_id for row in found.resolution.rows} == {"rec_2", "rec_4"}
