"""A dataset version after rows were erased: every file without them, and what it says of itself is true."""

from __future__ import annotations

from collections import Counter

import pyarrow.parquet as pq
import pytest

from curation import datasets, erasing, labelling, prompts
from curation.datasets import DatasetVersion, Definition
from curation.datasets.definition import Splits, Variations
from curation.datasets.files import content_hash
from curation.student_prompts import StudentPrompt, Variation
from storage import artifacts
from storage.project import Project
from tests.curation import sample_task
from tests.curation.conftest import label

TASK = sample_task.NAME
TESTED, TRAINED = "rec_0050", "rec_0007"
WORDED = Definition(
    splits=Splits(validation_share=0.2),
    student_prompt=StudentPrompt(system="Name the shelf.", template="{title}"),
    variations=Variations(
        texts=(
            Variation(name="short", system="Shelf?"),
            Variation(name="blunt", system="Which shelf is it?"),
        ),
        share=0.5,
        kept_for_robustness=("blunt",),
    ),
)


@pytest.fixture
def filled(shelf: Project) -> Project:
    """Forty records labelled and approved by two people in turn, ten held out with gold."""
    rows = [sample_task.record(number) for number in range(40)]
    rows += [
        sample_task.record(number, held_out=True, gold=sample_task.LABELS[number % 3])
        for number in range(50, 60)
    ]
    sample_task.publish_records(shelf, rows)
    sample_task.publish_duplicates(shelf, [[str(row["record_id"])] for row in rows])
    label(shelf, 1, "Title: {title}")
    sample_task.publish_reviews(
        shelf,
        [
            sample_task.review(
                each.record_id, ("ann", "ben")[place % 2], output=each.output, label_id=each.label_id
            )
            for place, each in enumerate(labelling.latest(shelf, TASK, 1).values())
        ],
    )
    return shelf


def frozen(project: Project, definition: Definition) -> DatasetVersion:
    return datasets.freeze(project, TASK, definition=definition, created_by="owner", fresh=False)


def erase(project: Project, *record_ids: str) -> None:
    made = erasing.erase(project, record_ids, by="owner", reason="request 17")
    assert made.clean, made.left


def test_rows_of_the_robustness_file_go_too_and_every_count_is_of_what_is_left(filled: Project) -> None:
    before = frozen(filled, WORDED)
    reworded = before.manifest.path("robustness.parquet")
    assert TESTED in pq.read_table(reworded)["record_id"].to_pylist()
    erase(filled, TESTED, TRAINED)
    after = datasets.get(filled, TASK, before.version)
    rows = datasets.rows(filled, TASK, before.version)
    left = pq.read_table(after.manifest.path("robustness.parquet"))["record_id"].to_pylist()
    assert not {TESTED, TRAINED} & {*left, *(row.record_id for row in rows)}
    assert (len(rows), len(left)) == (before.total - 2, before.rows["test"] - 1)
    splits = Counter(row.split for row in rows)
    assert after.rows == {name: splits[name] for name in ("train", "validation", "test")}
    assert after.decisions == Counter(row.decision for row in rows)
    assert after.manifest.facts["reviewers"] == Counter(name for row in rows for name in row.reviewers)
    assert after.manifest.facts["variations"] == Counter(row.variation for row in rows if row.variation)
    assert after.content_hash == content_hash.of_folder(after.manifest.folder) != before.content_hash
    card = (after.manifest.folder / "README.md").read_text()
    assert "): 2 rows, 1 of the robustness file. The counts above" in card
    assert f"it has {len(rows)} rows now" in card
    assert [each for each in artifacts.verify(filled)] == []


def test_a_version_in_which_only_a_text_was_masked_has_the_hash_of_what_stands_there(filled: Project) -> None:
    quoting = "Like this: Bakeware no. 7\n\n{title}"
    prompts.create(filled, TASK, system="", template=quoting, reason="an example", created_by="owner")
    asking = StudentPrompt(system="", template=quoting)
    before = frozen(filled, Definition(student_prompt=asking, prompts=(1,)))
    erase(filled, TRAINED)
    after = datasets.get(filled, TASK, before.version)
    rows = datasets.rows(filled, TASK, before.version)
    assert {row.prompt.partition("\n\n")[0] for row in rows} == {"Like this: [erased]"}
    assert after.content_hash == content_hash.of_folder(after.manifest.folder) != before.content_hash
    assert "Bakeware no. 7" not in str(after.manifest.facts)
    card = (after.manifest.folder / "README.md").read_text()
    assert f"): 1 row, a text in {len(rows)} others. The counts above" in card
