"""No version leaks a near copy, whether a search kept the pairs, is out of date, or never ran."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from curation import datasets, duplicates, labelling
from curation.datasets import DatasetVersion
from curation.datasets.leakage import report
from curation.datasets.planning import near_copies
from storage.errors import InvalidInput
from storage.project import Project
from tests.curation import sample_task
from tests.curation.conftest import label
from tests.curation.datasets.made_versions import TASK
from tests.curation.duplicates.test_linking import FIRST, LAST, MIDDLE

WORDS = "kettle teapot pan bowl iron clay copper beech camping four people dog bake sunday".split()


def publish(project: Project, said: list[tuple[str, bool]], name: str = "rec_a") -> None:
    """Records with these texts, each held out or not."""
    first = int(name[-1], 16) * 1000
    rows = [
        sample_task.record(
            first + number, inputs={"title": text, "Brand name": ""}, held_out=held_out,
            gold="Tea" if held_out else None,
        )
        for number, (text, held_out) in enumerate(said)
    ]  # fmt: skip
    sample_task.publish_records(project, rows, name)


def others(count: int) -> list[tuple[str, bool]]:
    dice = random.Random(8)
    return [(" ".join([*dice.choices(WORDS, k=8), str(dice.random())]), False) for _ in range(count)]


def frozen(project: Project, share: float = 0.3) -> DatasetVersion:
    """A version of all that was labelled, every label approved."""
    label(project, 1, "{title}")
    labels = labelling.latest(project, TASK, 1).values()
    reviews = [
        sample_task.review(one.record_id, "ann", output=one.output, label_id=one.label_id) for one in labels
    ]
    sample_task.publish_reviews(project, reviews)
    return datasets.freeze(project, TASK, created_by="owner", fresh=False, validation_share=share)


def searched(project: Project) -> None:
    duplicates.search(project, TASK)


def left_behind(project: Project) -> None:
    """A search that a later import leaves out of date."""
    duplicates.search(project, TASK)
    publish(project, [(LAST.replace("three", "threes"), False)], "rec_b")


def unsearched(project: Project) -> None:
    """Nobody looked."""


@pytest.mark.parametrize(
    ("search", "left_out"),
    [(searched, 0), (left_behind, 1), (unsearched, 2)],
)
def test_what_is_near_a_test_row_trains_in_no_version(
    project: Project, search: Callable[[Project], None], left_out: int
) -> None:
    """The middle of the chain tests; either end is near it, and none of them reaches the other splits."""
    sample_task.made(project)
    publish(project, [(FIRST, False), (MIDDLE, True), (LAST, False), *others(30)])
    search(project)
    made = frozen(project)
    assert report.report(project, TASK, made.version).found == 0
    assert (made.rows["test"], made.rows["train"] + made.rows["validation"]) == (1, 30)
    assert made.manifest.facts["left_out"]["beside_held_out"] == left_out


def test_too_many_records_for_a_look_of_its_own_have_to_be_searched_first(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample_task.made(project)
    publish(project, [(FIRST, False), (MIDDLE, True), *others(10)])
    monkeypatch.setattr(near_copies, "MOST_LOOKED_AT", 11)
    with pytest.raises(InvalidInput, match="Some of these 12 records were never searched") as refused:
        frozen(project)
    assert refused.value.next_step == "Find duplicates, then freeze."
    [warned] = datasets.preview(project, TASK, fresh=False).warnings
    assert warned in str(refused.value)
    duplicates.search(project, TASK)
    assert datasets.freeze(project, TASK, created_by="owner", fresh=False).total == 11


def test_near_copies_that_a_person_kept_apart_train_or_validate_together(project: Project) -> None:
    """Thirty pairs, each taken apart: both train, or both validate, and more than one pair each."""
    sample_task.made(project)
    texts = [text for text, _ in others(30)]
    publish(project, [(said, False) for text in texts for said in (text, f"{text} x")])
    duplicates.search(project, TASK)
    for cluster in duplicates.clusters(project, TASK, limit=100):
        duplicates.apart(project, TASK, [cluster.members[1].record_id], "ann")
    made = frozen(project)
    assert report.report(project, TASK, made.version).found == 0
    assert made.total == 60
    assert made.rows["validation"] >= 4
    assert made.rows["train"] >= 4


def test_a_version_of_nothing_but_near_copies_of_test_rows_is_refused_with_the_count(
    project: Project,
) -> None:
    sample_task.made(project)
    publish(project, [(MIDDLE, True), (FIRST, False), (LAST, False)])
    with pytest.raises(InvalidInput, match="2 stand beside a held-out one"):
        frozen(project)
