"""What differs between two versions, counted over their files and shown a page at a time."""

from __future__ import annotations

import shutil

import pyarrow.parquet as pq
import pytest

from curation import prompts, tasks
from curation.datasets.differences import diffing
from curation.datasets.differences.diff_rows import changes
from curation.datasets.differences.diffing import Move, Shift, compare, total_variation
from storage import artifacts
from storage.errors import InvalidInput, NotFound
from storage.project import Project
from tests.curation import sample_task
from tests.curation.datasets.made_versions import TASK, publish, row


@pytest.fixture
def versions(project: Project) -> Project:
    """Two versions: v0002 lost row 0, gained 20 and 21, corrected 3, moved 4, and asks 5 otherwise."""
    sample_task.made(project)
    before = [row(number, "test" if number > 8 else "train") for number in range(10)]
    after = [dict(each) for each in before[1:]] + [row(20), row(21, "validation", completion="Tea")]
    after[2] |= {"completion": "Tea", "decision": "corrected"}
    after[3] |= {"split": "validation"}
    after[4] |= {"system": "Be exact."}
    publish(project, "v0001", before)
    publish(project, "v0002", after, seed=7)
    return project


def test_rows_are_counted_by_each_way_in_which_they_differ(versions: Project) -> None:
    found = compare(versions, TASK, "v0001", "v0002")
    assert found.counts == {"added": 2, "removed": 1, "changed": 1, "moved": 1, "asked": 1}
    assert (found.rows_before, found.rows_after, found.same) == (10, 11, 6)
    assert found.moves == (Move("train", "validation", 1),)
    assert not found.none


def test_the_shift_of_labels_is_counted_and_measured(versions: Project) -> None:
    """Labels: 4 Cookware, 3 Bakeware, 3 Tea of 10 before; 2, 3 and 6 of 11 after."""
    found = compare(versions, TASK, "v0001", "v0002")
    assert found.shifts == (Shift("Tea", 3, 6), Shift("Cookware", 4, 2), Shift("Bakeware", 3, 3))
    assert found.distances["all"] == pytest.approx(6 / 11 - 3 / 10)
    assert found.distances["test"] == 0
    assert "validation" not in found.distances  # there were none before
    assert found.decisions[0] in (Shift("corrected", 0, 1), Shift("approved", 10, 10))


def test_total_variation_is_none_for_the_same_shares_and_whole_for_nothing_in_common() -> None:
    assert total_variation({"a": 1, "b": 1}, {"a": 50, "b": 50}) == 0
    assert total_variation({"a": 3}, {"b": 9}) == 1
    assert total_variation({"a": 1, "b": 3}, {"a": 3, "b": 1}) == 0.5


def test_a_page_shows_both_sides_of_each_row(versions: Project) -> None:
    [changed] = changes(versions, TASK, "v0001", "v0002", "changed")
    assert changed.record_id == "rec_0003"
    assert changed.before is not None
    assert changed.after is not None
    assert (changed.before.completion, changed.after.completion) == ("Cookware", "Tea")
    [removed] = changes(versions, TASK, "v0001", "v0002", "removed")
    assert (removed.record_id, removed.after, removed.shown.completion) == ("rec_0000", None, "Cookware")
    added = changes(versions, TASK, "v0001", "v0002", "added", limit=1, offset=1)
    assert [(each.record_id, each.before) for each in added] == [("rec_0021", None)]
    assert changes(versions, TASK, "v0001", "v0002", "added", offset=2) == []
    with pytest.raises(InvalidInput, match="do not differ by 'same'"):
        changes(versions, TASK, "v0001", "v0002", "same")  # type: ignore[arg-type]


def test_a_version_differs_in_nothing_from_itself(versions: Project) -> None:
    found = compare(versions, TASK, "v0001", "v0001")
    assert found.none
    assert (found.same, found.settings, found.distances["all"]) == (10, (), 0)


def test_what_the_versions_were_made_with_is_compared_prompt_first(versions: Project) -> None:
    prompts.create(versions, TASK, system="", template="{title}", reason="first", created_by="owner")
    prompts.create(versions, TASK, system="", template="Label {title}", reason="more", created_by="owner")
    definition = {"name": "default", "splits": {"seed": 3}, "student_prompt": None, "caps": {"source": 5}}
    publish(versions, "v0003", [row(1)], prompt_number=2, definition=definition)
    found = compare(versions, TASK, "v0001", "v0003").settings
    assert [(each.what, each.before, each.after) for each in found] == [
        ("prompt", "{title}", "Label {title}"),
        ("teacher's prompt", "1", "2"),
        ("seed", "0", ""),
        ("name", "", "default"),
        ("splits, seed", "", "3"),
        ("caps, source", "", "5"),
    ]


def test_variations_of_a_record_are_rows_of_their_own_and_older_versions_have_only_the_plain_one(
    versions: Project,
) -> None:
    """Read as any release wrote them: with the column or without it."""
    older = artifacts.load(versions, "datasets", TASK, "v0001")
    for split in ("train", "validation", "test"):
        path = older.path(f"{split}.parquet")
        pq.write_table(pq.read_table(path).drop_columns(["variation", "source"]), path)
    publish(versions, "v0003", [row(0), row(1), row(2, variation="short")])
    found = compare(versions, TASK, "v0001", "v0003")
    assert (found.counts["added"], found.counts["removed"], found.same) == (1, 8, 2)
    [added] = changes(versions, TASK, "v0001", "v0003", "added")
    assert (added.record_id, added.variation) == ("rec_0002", "short")


def test_a_difference_is_found_once_and_again_where_the_cache_is_gone(
    versions: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = compare(versions, TASK, "v0001", "v0002")
    with monkeypatch.context() as patch:
        patch.setattr(diffing, "_found", None)
        assert compare(versions, TASK, "v0001", "v0002") == first
    shutil.rmtree(versions.cache_dir)
    assert compare(versions, TASK, "v0001", "v0002") == first
    assert [
        path.name.startswith("v0001-v0002-") for path in (versions.cache_dir / "diffs" / TASK).iterdir()
    ] == [True]


def test_labels_of_a_set_are_counted_one_by_one_and_texts_not_at_all(project: Project) -> None:
    many = sample_task.TASK.model_copy(update={"multi_label": True})
    tasks.create(project, many)
    publish(project, "v0001", [row(1, completion='["Tea", "Bakeware"]'), row(2, completion="[]")])
    publish(project, "v0002", [row(1, completion='["Tea"]'), row(2, completion="[]")])
    found = compare(project, TASK, "v0001", "v0002")
    assert {(each.value, each.before, each.after) for each in found.shifts} == {
        ("Tea", 1, 1),
        ("Bakeware", 1, 0),
    }
    assert found.distances["all"] == 0.5


def test_an_unknown_version_is_not_found(versions: Project) -> None:
    with pytest.raises(NotFound, match="v0009"):
        compare(versions, TASK, "v0001", "v0009")
