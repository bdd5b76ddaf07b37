"""Distributions and slices against counting by hand, whole and sampled."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import pytest

from curation import exploring
from curation.exploring import sampling
from storage import artifacts, project, schemas
from storage.project import Project
from tests.curation import sample_task

NAME = sample_task.NAME


@pytest.fixture
def house(tmp_path: Path) -> Project:
    return project.create(tmp_path / "p", "demo")


def some(count: int) -> list[dict[str, Any]]:
    dice = Random(4)
    return [
        sample_task.record(
            number,
            inputs={"title": "x" * dice.randrange(1, 300), "Brand name": "Löwe" * (number % 2)},
            extras={"seller": dice.choice("aab"), **({"odd ~1/\"name'": "yes"} if number % 10 == 0 else {})},
            source="one.csv" if number % 4 else "two.csv",
            held_out=number % 5 == 0,
            gold="Tea" if number % 5 == 0 else None,
        )
        for number in range(count)
    ]


def size(row: dict[str, Any]) -> int:
    return sum(len(text) for text in row["inputs"].values())


def test_lengths_are_those_of_all_inputs_together(house: Project) -> None:
    rows = some(997)
    sample_task.publish_records(house, rows)
    found = exploring.lengths(house, NAME)
    sizes = sorted(map(size, rows))
    assert (found.rows, found.of, found.longest) == (997, 997, sizes[-1])
    assert found.percentiles[3] == sizes[498]
    assert list(found.percentiles) == sorted(found.percentiles)
    assert sum(bar.rows for bar in found.bars) == 997
    for bar in found.bars:
        assert bar.rows == sum(bar.least <= each <= bar.most for each in sizes)
    for before, after in zip(found.bars, found.bars[1:], strict=False):
        assert after.least == before.most + 1


def test_one_long_text_does_not_flatten_the_picture(house: Project) -> None:
    rows = [sample_task.record(number, inputs={"title": "x" * 50}) for number in range(500)]
    rows.append(sample_task.record(500, inputs={"title": "x" * 100_000}))
    sample_task.publish_records(house, rows)
    found = exploring.lengths(house, NAME)
    assert found.longest == 100_000
    assert found.bars[-1].rows == 1
    assert max(bar.least for bar in found.bars) < 60


def test_sources_and_labels_are_counted_whole(house: Project) -> None:
    rows = some(200)
    sample_task.publish_records(house, rows)
    found = exploring.sources(house, NAME)
    assert [(each.value, each.rows, each.share) for each in found.values] == [
        ("one.csv", 150, 0.75), ("two.csv", 50, 0.25),
    ]  # fmt: skip
    assert (found.distinct, found.rows, found.sampled) == (2, 200, False)
    gold = exploring.labels(house, NAME, "gold")
    assert [(each.value, each.rows) for each in gold.values] == [("Tea", 40)]


def publish_labels(house: Project, rows: list[dict[str, Any]]) -> None:
    with artifacts.draft(house, "labels", NAME, "lab_a") as draft:
        draft.write_table("labels.parquet", schemas.from_rows(rows, "labels"), "labels")
        draft.publish()


def test_labels_are_the_teachers_newest_or_what_people_kept(house: Project) -> None:
    sample_task.publish_records(house, some(20))
    publish_labels(
        house,
        [
            {"label_id": f"l{prompt}{number}", "record_id": f"rec_{number:04d}", "prompt_version": prompt,
             "teacher": "t", "output": None if number == 0 else ("Tea" if prompt == 2 else "Bakeware")}
            for prompt in (1, 2) for number in range(10)
        ],
    )  # fmt: skip
    decided = ["approved", "corrected", "discarded"]
    sample_task.publish_reviews(
        house,
        [
            sample_task.review(f"rec_{number:04d}", "ann", decision=decided[number % 3], output="Cookware",
                               deleted=number == 0)
            for number in range(9)
        ],
    )  # fmt: skip
    teacher = exploring.labels(house, NAME)
    assert [(each.value, each.rows) for each in teacher.values] == [("Tea", 9), (None, 1)]
    assert teacher.distinct == 1
    assert [(each.value, each.rows) for each in exploring.labels(house, NAME, "people").values] == [
        ("Cookware", 5)
    ]
    found = exploring.slices(house, NAME, "source")
    by_value = {each.value: each for each in found.slices}
    assert by_value["two.csv"].reviewed == 2
    assert by_value["one.csv"].reviewed == 6


@pytest.mark.parametrize("column", ["seller", "odd ~1/\"name'", "absent", "source"])
def test_slices_are_by_any_column(house: Project, column: str) -> None:
    rows = some(200)
    sample_task.publish_records(house, rows)
    expected = Counter(row["source"] if column == "source" else row["extras"].get(column) for row in rows)
    found = exploring.slices(house, NAME, column)
    assert {each.value: each.rows for each in found.slices} == expected
    assert (found.distinct, found.rows) == (len(set(expected) - {None}), 200)
    for each in found.slices:
        mine = [
            row
            for row in rows
            if (row["source"] if column == "source" else row["extras"].get(column)) == each.value
        ]
        assert each.held_out == sum(row["held_out"] for row in mine)
        assert each.share == pytest.approx(len(mine) / 200)
    assert exploring.extra_columns(house, NAME) == sorted({"seller", "odd ~1/\"name'"})


def test_languages_are_told(house: Project) -> None:
    texts = [
        "The parcel arrived two days late and the box was open",
        "Das Paket kam zwei Tage zu spät an",
        "28 cm",
    ]
    sample_task.publish_records(
        house, [sample_task.record(number, inputs={"title": texts[number % 3]}) for number in range(30)]
    )
    found = exploring.languages(house, NAME)
    assert {each.value: each.rows for each in found.values} == {"en": 10, "de": 10, None: 10}
    assert (found.distinct, found.rows, found.of) == (2, 30, 30)


def test_a_task_without_records_has_nothing_to_show(house: Project) -> None:
    assert exploring.lengths(house, NAME).bars == ()
    assert exploring.sources(house, NAME).values == ()
    assert exploring.languages(house, NAME).values == ()
    assert exploring.slices(house, NAME, "seller").slices == ()
    assert exploring.extra_columns(house, NAME) == []


@pytest.mark.parametrize(("rows_a_group", "groups"), [(50, 200), (5_000, 2), (1, 3_000)])
def test_a_sample_is_even_the_same_each_time_and_of_about_the_size(
    house: Project, rows_a_group: int, groups: int
) -> None:
    import pyarrow.parquet as pq

    every = rows_a_group * groups
    rows = [{**sample_task.record(number), "inputs": "{}", "extras": "{}"} for number in range(every)]
    with artifacts.draft(house, "records", NAME, "rec_a") as draft:
        table = schemas.from_rows(list(rows), "records")
        pq.write_table(table, draft.folder / "records.parquet", row_group_size=rows_a_group)
        draft.declare_table("records.parquet", "records", every)
        draft.publish(inputs=["imports/imp_a"])
    sample = sampling.read(house, "records", "records", NAME, ["row_number"], most=1_000)
    places = sample.table.column("row_number").to_pylist()
    assert sample.of == every
    assert sample.sampled
    assert 0.85 * 1_000 <= len(places) == len(set(places)) <= 1.15 * 1_000
    tenths = Counter((place - 1) * 10 // every for place in places)
    assert all(0.7 * len(places) / 10 <= tenths[tenth] <= 1.3 * len(places) / 10 for tenth in range(10))
    again = sampling.read(house, "records", "records", NAME, ["row_number"], most=1_000)
    assert again.table.equals(sample.table)
    whole = sampling.read(house, "records", "records", NAME, ["row_number"], most=every)
    assert whole.table.column("row_number").to_pylist() == list(range(1, every + 1))
