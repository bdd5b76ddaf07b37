"""The nearest records of a record."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from rapidfuzz import fuzz

from curation.exploring import nearest, nearest_to_text, neighbours
from storage import artifacts, project
from storage.errors import NotFound
from storage.project import Project
from tests.curation import sample_task
from tests.curation.exploring.made_texts import drawn

NAME = sample_task.NAME


@pytest.fixture
def house(tmp_path: Path) -> Project:
    return project.create(tmp_path / "p", "demo")


def publish(house: Project, texts: list[str], name: str = "rec_a", start: int = 0) -> None:
    rows = [sample_task.record(start + place, inputs={"title": text}) for place, text in enumerate(texts)]
    sample_task.publish_records(house, rows, name)


def test_a_record_with_a_slip_of_the_pen_is_the_nearest(house: Project) -> None:
    texts, _ = drawn(300, seed=1)
    copies = [f"{text[:5]}x{text[6:]}" for text in texts[:50]]
    publish(house, [*texts, *copies])
    for place in range(50):
        found = nearest(house, NAME, f"rec_{place:04d}", limit=3)
        assert found.records[0].record_id == f"rec_{300 + place:04d}"
        assert found.records[0].inputs["title"] == copies[place]
        assert fuzz.ratio(texts[place], copies[place]) > 90
        similarities = [each.similarity for each in found.records]
        assert similarities == sorted(similarities, reverse=True)
        assert (found.looked_through, found.of, len(similarities)) == (350, 350, 3)


def test_records_that_come_later_are_found_too(house: Project) -> None:
    publish(house, ["red wok with lid", "green tea"])
    assert nearest(house, NAME, "rec_0000").records == ()
    publish(house, ["red wok with a lid"], "rec_b", start=2)
    assert [each.record_id for each in nearest(house, NAME, "rec_0000").records] == ["rec_0002"]


def test_of_very_many_a_sample_is_looked_through_and_any_record_may_be_asked_for(
    house: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(neighbours, "MOST_RECORDS", 100)
    publish(house, [f"red wok number {number}" for number in range(1_000)])
    for number in (0, 1, 2):
        found = nearest(house, NAME, f"rec_{number:04d}")
        assert 80 <= found.looked_through <= 120
        assert found.of == 1_000
        assert f"rec_{number:04d}" not in {each.record_id for each in found.records}
        assert len(found.records) == 10


def test_a_record_that_is_not_there_and_texts_without_letters(house: Project) -> None:
    with pytest.raises(NotFound, match="rec_9999"):
        nearest(house, NAME, "rec_9999")
    publish(house, ["!", "?"])
    assert nearest(house, NAME, "rec_0000").records == ()


def test_what_is_erased_from_an_import_is_looked_through_no_more(house: Project) -> None:
    texts = [f"A red wok number {number}" for number in range(9)]
    publish(house, texts)
    assert len(nearest_to_text(house, NAME, "red wok number 3").records) == 9
    shutil.rmtree(artifacts.load(house, "records", NAME, "rec_a").folder)
    publish(house, texts[:3])  # under the same name, as an erasure leaves it
    found = nearest_to_text(house, NAME, "red wok number 3")
    assert {each.record_id for each in found.records} == {"rec_0000", "rec_0001", "rec_0002"}
