"""People's rulings on clusters: at once, over every later search, and without a trace once taken back."""

from __future__ import annotations

import pytest

from curation import corpus, duplicates
from storage import artifacts
from storage.errors import DiskFull, InvalidInput, NotFound
from storage.project import Project
from tests.curation import sample_task
from tests.curation.duplicates.test_search import TITLES, publish

TASK = sample_task.NAME


@pytest.fixture
def searched(project_with_database: Project) -> Project:
    """Two clusters, three woks and two trays of which one is held out, and a tea."""
    sample_task.made(project_with_database)
    publish(project_with_database, TITLES, held_out=5)
    duplicates.search(project_with_database, TASK)
    return project_with_database


def shown(project: Project) -> list[list[str]]:
    """The clusters of two and more, each as the ends of its records' ids, the keeper first."""
    return [
        [member.record_id[-4:] for member in cluster.members]
        for cluster in duplicates.clusters(project, TASK)
    ]


def record(number: int) -> str:
    return sample_task.record(1000 + number)["record_id"]  # type: ignore[return-value]


def test_another_copy_is_kept_and_trains_instead(searched: Project) -> None:
    assert shown(searched) == [["1000", "1002", "1003"], ["1004", "1005"]]
    duplicates.keep(searched, TASK, record(3), "ann")
    [woks, _] = duplicates.clusters(searched, TASK)
    assert [(each.record_id[-4:], each.match) for each in woks.members] == [
        ("1003", "keeper"), ("1000", "near"), ("1002", "near"),
    ]  # fmt: skip
    assert woks.members[1].similarity == pytest.approx(0.985, abs=0.01)
    left = [each.record_id for each in corpus.read(searched, TASK).trainable]
    assert left == [record(1), record(3)]


def test_what_is_said_to_be_no_copy_leaves_and_stays_away_in_the_next_search(searched: Project) -> None:
    duplicates.apart(searched, TASK, [record(3)], "ann")
    assert shown(searched) == [["1000", "1002"], ["1004", "1005"]]
    publish(searched, ("A red wok with a glas lid 28 cm",), name="rec_b")
    duplicates.search(searched, TASK)
    assert ["1000", "1002"] in [each[:2] for each in shown(searched)]
    assert not any({"1000", "1003"} <= set(each) for each in shown(searched))
    found = duplicates.summary(searched, TASK)
    assert found is not None
    assert found.records == 7


def test_two_clusters_become_one_and_what_is_held_out_draws_all_of_it_out(searched: Project) -> None:
    before = duplicates.summary(searched, TASK)
    assert before is not None
    assert (before.clusters, before.near, before.drawn_out) == (2, 2, 1)
    duplicates.together(searched, TASK, [record(0), record(4)], "ann")
    assert [sorted(each) for each in shown(searched)] == [["1000", "1002", "1003", "1004", "1005"]]
    after = duplicates.summary(searched, TASK)
    assert after is not None
    assert (after.records, after.clusters, after.copies, after.drawn_out) == (6, 1, 4, 4)
    assert [each.record_id for each in corpus.read(searched, TASK).trainable] == [record(1)]


def test_a_ruling_taken_back_leaves_no_trace(searched: Project) -> None:
    whole = duplicates.clusters(searched, TASK)
    duplicates.apart(searched, TASK, [record(0), record(2)], "ann")
    assert shown(searched)[-1] == ["1000", "1002"] or ["1000", "1002"] in shown(searched)
    [stated] = duplicates.standing(searched, TASK)
    assert (stated.by, stated.ruling.kind, stated.ruling.others) == ("ann", "apart", (record(3),))
    duplicates.undo(searched, TASK, stated.seq, "bob")
    assert duplicates.clusters(searched, TASK) == whole
    assert duplicates.standing(searched, TASK) == []
    with pytest.raises(NotFound, match=f"No ruling {stated.seq}"):
        duplicates.undo(searched, TASK, stated.seq, "bob")


def test_a_ruling_whose_publication_was_cut_short_is_laid_over_by_the_next_search(
    searched: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(artifacts.Draft, "publish", full)
        with pytest.raises(DiskFull, match="is full; nothing was published"):
            duplicates.keep(searched, TASK, record(2), "ann")
    assert shown(searched)[0][0] == "1000"
    duplicates.search(searched, TASK)
    assert shown(searched)[0][0] == "1002"


def test_what_cannot_be_said_is_refused_with_what_to_do(searched: Project) -> None:
    for said, reason in (
        (lambda: duplicates.keep(searched, TASK, record(0), "ann"), "is the one that is kept"),
        (lambda: duplicates.keep(searched, TASK, record(1), "ann"), "has no copies"),
        (lambda: duplicates.apart(searched, TASK, [record(4), record(5)], "ann"), "Leave at least one"),
        (lambda: duplicates.apart(searched, TASK, [record(4), record(0)], "ann"), "not all in one cluster"),
        (
            lambda: duplicates.together(searched, TASK, [record(4), record(5)], "ann"),
            "in one cluster already",
        ),
    ):
        with pytest.raises(InvalidInput, match=reason):
            said()
    with pytest.raises(NotFound, match="no record 'rec_none'"):
        duplicates.keep(searched, TASK, "rec_none", "ann")
    assert duplicates.standing(searched, TASK) == []


def test_rulings_wait_for_a_first_search(project_with_database: Project) -> None:
    sample_task.made(project_with_database)
    publish(project_with_database, TITLES)
    with pytest.raises(NotFound, match="no record"):
        duplicates.keep(project_with_database, TASK, record(0), "ann")
