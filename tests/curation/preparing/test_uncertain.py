"""Doubtful values: grouped and counted over imports, ruled on once, and found again in the records."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from curation import imports
from curation.imports import ColumnMapping
from curation.preparing import uncertain
from curation.preparing.uncertain import CONTEXT_CHARACTERS
from curation.preparing.uncertain_rulings import rule, rulings, standing, take_back
from storage import artifacts, views
from storage.errors import Conflict, InvalidInput, NotFound
from storage.keeping import removed_files
from storage.project import Project
from tests.curation import sample_task
from tests.curation.preparing.made_imports import doubt, publish

TASK = sample_task.NAME
LONG = "word " * 20


@pytest.fixture
def doubted(project: Project) -> Project:
    """Two imports: one value four times, one of another kind twice, one once."""
    sample_task.made(project)
    first = [doubt(2, "555 0123"), doubt(3, "555 0123"), doubt(4, "555 0199", before=LONG)]
    first.append(doubt(5, "host.example", kind="url", score=0.5))
    publish(project, "a", first, records=[2, 3, 4, 5])
    again = [doubt(2, "555 0123", after="."), doubt(9, "555 0123"), doubt(3, "host.example", kind="url")]
    publish(project, "b", again, records=[2])
    return project


def values(found: uncertain.Waiting) -> list[tuple[str, int]]:
    return [(value.value_mac, value.spans) for value in found.values]


def test_values_are_grouped_and_the_most_frequent_come_first(doubted: Project) -> None:
    found = uncertain.waiting(doubted, TASK)
    assert values(found) == [
        ("mac-phone-555 0123", 4), ("mac-url-host.example", 2), ("mac-phone-555 0199", 1),
    ]  # fmt: skip
    assert (dict(found.by_kind), found.total) == ({"phone": 2, "url": 1}, 3)
    assert found.values[1].score == 0.5
    assert values(uncertain.waiting(doubted, TASK, kind="phone", limit=1, offset=1)) == [
        ("mac-phone-555 0199", 1)
    ]


def test_every_context_shows_where_the_value_stands_in_it(doubted: Project) -> None:
    found = uncertain.waiting(doubted, TASK)
    for value in found.values:
        for context in value.contexts:
            shown = value.value_mac.rpartition("-")[2]
            assert context.text[context.start : context.end] == shown
    phone = found.values[0].contexts
    assert [(one.text, one.file, one.row_number) for one in phone] == [
        ("Call 555 0123 today", "a.csv", 2), ("Call 555 0123.", "b.csv", 2),
    ]  # fmt: skip
    [cut] = found.values[2].contexts
    assert (cut.text[0], cut.start) == ("…", CONTEXT_CHARACTERS + 1)


def test_a_project_without_imports_doubts_nothing(project: Project) -> None:
    sample_task.made(project)
    assert uncertain.waiting(project, TASK).total == 0
    assert uncertain.still_held(project, TASK) == uncertain.NOTHING_HELD
    assert uncertain.contexts_of(project, TASK, ["mac"]) == {}


def test_what_was_ruled_on_waits_no_more_until_it_is_taken_back(doubted: Project) -> None:
    seq = rule(doubted, TASK, "mac-phone-555 0123", "phone", "mask", "ann")
    rule(doubted, TASK, "mac-url-host.example", "url", "keep", "bob")
    assert rulings(doubted, TASK) == {"mac-phone-555 0123": "mask", "mac-url-host.example": "keep"}
    assert values(uncertain.waiting(doubted, TASK)) == [("mac-phone-555 0199", 1)]
    assert [(each.by, each.ruling) for each in standing(doubted, TASK)] == [("bob", "keep"), ("ann", "mask")]
    take_back(doubted, TASK, seq, "bob")
    assert values(uncertain.waiting(doubted, TASK))[0] == ("mac-phone-555 0123", 4)
    with pytest.raises(NotFound, match=f"No ruling {seq}"):
        take_back(doubted, TASK, seq, "bob")


def test_the_same_said_twice_is_said_once_and_the_contrary_is_refused(doubted: Project) -> None:
    said = ("mac-phone-555 0123", "phone")
    with ThreadPoolExecutor(8) as people:
        numbers = list(people.map(lambda who: rule(doubted, TASK, *said, "mask", f"p{who}"), range(8)))
    assert len(set(numbers)) == 1
    [stands] = standing(doubted, TASK)
    with pytest.raises(Conflict, match=f"{stands.by} ruled on this value meanwhile: mask"):
        rule(doubted, TASK, *said, "keep", "ann")
    with pytest.raises(InvalidInput, match="'shred' is no ruling"):
        rule(doubted, TASK, *said, "shred", "ann")  # type: ignore[arg-type]


def test_a_ruling_holds_for_its_task_alone(doubted: Project) -> None:
    rule(doubted, TASK, "mac-phone-555 0123", "phone", "mask", "ann")
    assert rulings(doubted, "another") == {}


def test_records_that_stand_with_a_value_ruled_to_be_masked_are_counted(doubted: Project) -> None:
    assert uncertain.still_held(doubted, TASK).records == 0
    rule(doubted, TASK, "mac-url-host.example", "url", "keep", "ann")
    assert uncertain.still_held(doubted, TASK) == uncertain.NOTHING_HELD
    rule(doubted, TASK, "mac-phone-555 0123", "phone", "mask", "ann")
    held = uncertain.still_held(doubted, TASK)
    assert (held.records, held.values, held.files) == (3, 1, ("a.csv", "b.csv"))  # row 9 of b became none


def test_what_was_masked_at_once_is_not_held_still(project: Project) -> None:
    sample_task.made(project)
    publish(project, "a", [doubt(2, "555 0123", masked=True), doubt(3, "555 0123")], records=[2, 3])
    rule(project, TASK, "mac-phone-555 0123", "phone", "mask", "ann")
    assert uncertain.still_held(project, TASK).records == 1


def test_where_the_texts_were_deleted_nothing_waits_and_rulings_stand(doubted: Project) -> None:
    rule(doubted, TASK, "mac-phone-555 0123", "phone", "mask", "ann")
    for manifest in artifacts.listing(doubted, "imports", TASK):
        removed_files.remove_files(manifest, by="the project", why="raw rows are kept for 30 days")
    assert uncertain.waiting(doubted, TASK).total == 0
    assert uncertain.contexts_of(doubted, TASK, ["mac-phone-555 0123"]) == {}
    assert uncertain.still_held(doubted, TASK) == uncertain.NOTHING_HELD
    assert rulings(doubted, TASK) == {"mac-phone-555 0123": "mask"}


def test_a_ruling_masks_the_value_in_the_next_import_and_undone_asks_again(
    project: Project, tmp_path: Path
) -> None:
    sample_task.made(project)
    path = tmp_path / "boxes.csv"
    path.write_text("title,brand\nIt went into box number 5550123456 today,Lodge\nA pan of cast iron,Lodge\n")
    mapping = ColumnMapping(inputs={"title": "title", "brand": "Brand name"})
    first = imports.import_file(project, TASK, path, mapping)
    [value] = uncertain.waiting(project, TASK).values
    [context] = value.contexts
    assert context.text[context.start : context.end] == "5550123456"
    seq = rule(project, TASK, value.value_mac, value.kind, "mask", "ann")
    again = imports.import_file(project, TASK, path, mapping)
    assert (first.new, again.new, again.known, again.again) == (2, 1, 1, False)
    titles = [
        json.loads(row["inputs"])["title"]
        for row in views.rows(project, "SELECT inputs FROM records ORDER BY inputs", task=TASK)
    ]
    assert "It went into box number [phone] today" in titles
    assert uncertain.still_held(project, TASK) == uncertain.StillHeld(1, 1, ("boxes.csv",))
    assert imports.import_file(project, TASK, path, mapping).again
    take_back(project, TASK, seq, "ann")
    assert [each.value_mac for each in uncertain.waiting(project, TASK).values] == [value.value_mac]
