"""Saved sources and remembered mappings: named once, changed on their newest revision, by anybody last."""

from __future__ import annotations

from pathlib import Path

import pytest

from curation import sources, tasks
from curation.imports import ColumnMapping
from storage.errors import Conflict, InvalidInput, NotFound
from storage.project import Project
from tests.curation.sources.conftest import MAPPING

SHOP = sources.Location("path", "/data/shop.csv")


def test_a_source_is_found_by_its_name_in_its_task_only(home: Project) -> None:
    saved = sources.save(home, "shelf", "  Shop   export ", SHOP, MAPPING, by="ann")
    assert saved.name == "Shop export"
    assert sources.find(home, "shelf", "Shop export") == saved
    assert sources.listing(home, "other") == []
    with pytest.raises(NotFound, match="has no source 'Shop'"):
        sources.find(home, "shelf", "Shop")
    with pytest.raises(NotFound, match="other"):
        sources.save(home, "other", "Shop", SHOP, MAPPING, by="ann")
    with pytest.raises(NotFound, match="no source 'src_none'"):
        sources.get(home, "src_none")


@pytest.mark.parametrize("name", ["", "   ", "x" * 121, "bell\a"])
def test_a_name_of_no_use_is_refused(home: Project, name: str) -> None:
    with pytest.raises(InvalidInput, match="cannot be called"):
        sources.save(home, "shelf", name, SHOP, MAPPING, by="ann")


def test_a_name_is_changed_once_and_never_to_one_that_is_taken(home: Project) -> None:
    saved = sources.save(home, "shelf", "Shop", SHOP, MAPPING, by="ann")
    sources.save(home, "shelf", "Web", SHOP, MAPPING, by="ann")
    renamed = sources.rename(home, saved.source_id, "Store", based_on=1)
    assert (renamed.name, renamed.revision) == ("Store", 2)
    with pytest.raises(Conflict, match="based on 1"):
        sources.rename(home, saved.source_id, "Later", based_on=1)
    with pytest.raises(Conflict, match="Another source is called 'Web'"):
        sources.rename(home, saved.source_id, "Web", based_on=2)
    assert [one.name for one in sources.listing(home, "shelf")] == ["Store", "Web"]


def test_the_mapping_used_last_is_proposed_for_the_same_columns_in_any_order(home: Project) -> None:
    task = tasks.get(home, "shelf")
    columns = ["Title", "Brand", "label", "seller"]
    guessed = sources.proposed(home, task, columns)
    other = ColumnMapping(inputs={"seller": "title", "Brand": "Brand name"}, extras=("Title",))
    sources.remember(home, "shelf", columns, MAPPING, "ann")
    sources.remember(home, "shelf", columns, other, "bob")
    assert sources.proposed(home, task, columns[::-1]) == other != guessed
    assert sources.proposed(home, task, [*columns, "price"]).inputs == guessed.inputs


def test_a_mapping_that_no_longer_fits_the_task_is_not_proposed(home: Project) -> None:
    columns = ["Title", "Brand", "label", "seller"]
    sources.remember(home, "shelf", columns, MAPPING, "ann")
    task = tasks.get(home, "shelf")
    changed = tasks.Task(**{**task.model_dump(), "input_columns": ("title",)})
    assert sources.proposed(home, changed, columns).inputs == {"Title": "title"}


@pytest.mark.parametrize(
    ("given", "kind", "shown"),
    [
        (" /data/a.csv ", "path", "/data/a.csv"),
        ("~/a.csv", "path", str(Path("~/a.csv").expanduser())),
        ("https://host/a.csv?token=1#x", "address", "https://host/a.csv"),
        ("S3://bucket/a.csv", "address", "S3://bucket/a.csv"),
        ("hf://datasets/ann/shelf", "address", "hf://datasets/ann/shelf"),
        ("ssh://ann@host/a.csv", "address", "ssh://host/a.csv"),
    ],
)
def test_a_path_is_told_from_an_address(given: str, kind: str, shown: str) -> None:
    found = sources.located(given)
    assert (found.kind, found.shown) == (kind, shown)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("  ", "No file is named"),
        ("file:///etc/passwd", "of a protocol that nothing is fetched by"),
        ("memory://a/b.csv", "of a protocol that nothing is fetched by"),
        ("simplecache::https://host/a.csv", "of a protocol that nothing is fetched by"),
        ("data://text/plain,a", "of a protocol that nothing is fetched by"),
        ("https://ann:hunter2@host/a.csv", "was given with a password"),
        ("https://[bad/a.csv", "is no address"),
    ],
)
def test_an_address_that_is_not_used_says_why(given: str, message: str) -> None:
    with pytest.raises(InvalidInput, match=message) as caught:
        sources.located(given)
    assert "hunter2" not in str(caught.value)
