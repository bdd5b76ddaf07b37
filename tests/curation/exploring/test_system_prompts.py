"""The warning of one system prompt in nearly all rows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from curation.exploring import of_conversations, of_dataset
from curation.exploring.system_prompts import counted
from storage import artifacts, project, schemas
from storage.project import Project
from tests.curation import sample_task


@pytest.fixture
def house(tmp_path: Path) -> Project:
    return project.create(tmp_path / "p", "demo")


@pytest.mark.parametrize(
    ("prompts", "rows", "warned"),
    [
        ({"Be kind.": 91, "Be brief.": 9}, 100, True),
        ({"Be kind.": 90, "Be brief.": 10}, 100, False),
        ({"Be kind.": 91}, 102, False),
        ({"Be kind.": 19}, 19, False),
        ({}, 100, False),
    ],
)
def test_more_than_nine_in_ten_are_warned_of(prompts: dict[str, int], rows: int, warned: bool) -> None:
    assert bool(counted(prompts, rows).warning) == warned


def test_the_training_rows_of_a_version_are_counted(house: Project) -> None:
    rows = [
        {"record_id": f"rec_{number}", "split": "test" if number > 95 else "train",
         "system": "Be brief." if number > 90 else "Be kind."}
        for number in range(100)
    ]  # fmt: skip
    with artifacts.draft(house, "datasets", sample_task.NAME, "v0001") as draft:
        draft.write_table("train.parquet", schemas.from_rows(list(rows), "dataset_rows"), "dataset_rows")
        draft.publish()
    found = of_dataset(house, sample_task.NAME, "v0001")
    assert (found.rows, found.distinct, found.most_frequent) == (96, 2, "Be kind.")
    assert found.share == pytest.approx(91 / 96)
    assert found.warning.startswith("95% of 96 rows")
    assert of_dataset(house, sample_task.NAME, "v0002").rows == 0


def test_conversations_are_read_and_what_is_none_has_no_system_prompt(house: Project) -> None:
    said = [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Hello"}]
    odd = [
        "[not json",
        "Doctor: hello",
        "[]",
        "[1, null]",
        '[{"role": "system"}]',
        '[{"role": "user", "content": "a"}]',
    ]
    texts = [json.dumps(said)] * 94 + odd
    rows = [sample_task.record(number, inputs={"chat": text}) for number, text in enumerate(texts)]
    sample_task.publish_records(house, rows)
    found = of_conversations(house, sample_task.NAME, "chat")
    assert (found.rows, found.of, found.distinct, found.share) == (100, 100, 1, 0.94)
    assert found.warning
    assert of_conversations(house, sample_task.NAME, "absent").warning == ""
