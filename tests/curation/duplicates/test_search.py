"""The search over a task's records: what it publishes, and what a held-out record draws out."""

from __future__ import annotations

import pytest

from curation import corpus, duplicates
from storage import artifacts, jobs
from storage.errors import InvalidInput, NotFound
from storage.project import Project
from tests.curation import sample_task

TITLES = (
    "A red wok with a glass lid, 28 cm",
    "Green tea from the hills, 100 g",
    "a RED wok with a glass lid 28 cm!",
    "A red wok with a glas lid, 28 cm",
    "Muffin tray for twelve, loose base",
    "Muffin tray for twelve, loose bases",
)


def publish(
    project: Project, titles: tuple[str, ...], name: str = "rec_a", held_out: int | None = None
) -> None:
    rows = [
        sample_task.record(
            int(name[-1], 16) * 100 + number,
            inputs={"title": title, "Brand name": "Lodge"},
            held_out=number == held_out,
        )
        for number, title in enumerate(titles)
    ]
    sample_task.publish_records(project, rows, name)


@pytest.fixture
def searched(project_with_database: Project) -> Project:
    sample_task.made(project_with_database)
    publish(project_with_database, TITLES, held_out=5)
    return project_with_database


def test_a_search_clusters_copies_and_keeps_the_first(searched: Project) -> None:
    duplicates.search(searched, sample_task.NAME)
    [woks, trays] = duplicates.clusters(searched, sample_task.NAME)
    assert [(member.record_id[-4:], member.match) for member in woks.members] == [
        ("1000", "keeper"),
        ("1002", "exact"),
        ("1003", "near"),
    ]
    assert woks.members[2].similarity == pytest.approx(0.985, abs=0.01)
    assert woks.members[0].inputs["title"] == TITLES[0]
    assert not woks.held_out
    assert (trays.held_out, [member.held_out for member in trays.members]) == (True, [False, True])


def test_the_summary_counts_what_was_found(searched: Project) -> None:
    assert duplicates.summary(searched, sample_task.NAME) is None
    duplicates.search(searched, sample_task.NAME)
    found = duplicates.summary(searched, sample_task.NAME)
    assert found is not None
    assert (found.records, found.clusters, found.exact, found.near) == (6, 2, 1, 2)
    assert (found.copies, found.kept, found.drawn_out, found.new_records) == (3, 3, 1, 0)


def test_only_keepers_away_from_held_out_records_may_train(searched: Project) -> None:
    assert len(corpus.read(searched, sample_task.NAME).trainable) == 5
    duplicates.search(searched, sample_task.NAME)
    left = corpus.read(searched, sample_task.NAME).trainable
    assert [record.inputs["title"] for record in left] == [TITLES[0], TITLES[1]]


def test_searching_again_publishes_only_when_something_changed(searched: Project) -> None:
    first = duplicates.search(searched, sample_task.NAME)
    assert duplicates.search(searched, sample_task.NAME).artifact_id == first.artifact_id
    publish(searched, ("Green tea from the hills 100 g",), name="rec_b")
    before = duplicates.summary(searched, sample_task.NAME)
    assert before is not None
    assert before.new_records == 1
    second = duplicates.search(searched, sample_task.NAME)
    assert second.artifact_id != first.artifact_id
    assert second.inputs == ("records/rec_a", "records/rec_b")
    after = duplicates.summary(searched, sample_task.NAME)
    assert after is not None
    assert (after.records, after.clusters, after.new_records) == (7, 3, 0)
    stricter = duplicates.search(searched, sample_task.NAME, threshold=1)
    assert (stricter.facts["near"], stricter.facts["exact"]) == (0, 2)


def test_clusters_come_a_page_at_a_time(searched: Project) -> None:
    duplicates.search(searched, sample_task.NAME)
    whole = duplicates.clusters(searched, sample_task.NAME)
    pages = [duplicates.clusters(searched, sample_task.NAME, limit=1, offset=number) for number in range(3)]
    assert [cluster for page in pages for cluster in page] == whole
    assert pages[2] == []


def test_the_search_runs_as_a_job(searched: Project) -> None:
    job = duplicates.start(searched, sample_task.NAME, "owner")
    jobs.run_inline(searched, job.job_id)
    done = jobs.get(searched, job.job_id)
    assert (done.status, done.summary["clusters"]) == ("succeeded", 2)
    [manifest] = artifacts.listing(searched, "duplicates", sample_task.NAME)
    assert done.artifact == manifest.reference
    assert manifest.rows("duplicates") == 6


def test_a_task_without_records_is_told_to_import_first(project_with_database: Project) -> None:
    with pytest.raises(NotFound, match="no task 'shelf'"):
        duplicates.start(project_with_database, sample_task.NAME, "owner")
    sample_task.made(project_with_database)
    for search in (
        lambda: duplicates.start(project_with_database, sample_task.NAME, "owner"),
        lambda: duplicates.search(project_with_database, sample_task.NAME),
    ):
        with pytest.raises(InvalidInput, match=r"has no records yet\. Import a file first"):
            search()


def test_a_search_covers_every_import_and_says_which_a_member_came_from(searched: Project) -> None:
    rows = [
        sample_task.record(
            700, inputs={"title": "A red wok with a glass lid (28 cm)", "Brand name": "Lodge"},
            source="second.csv",
        )
    ]  # fmt: skip
    sample_task.publish_records(searched, rows, "rec_b")
    duplicates.search(searched, sample_task.NAME)
    [woks, _] = duplicates.clusters(searched, sample_task.NAME)
    assert {member.record_id: member.source for member in woks.members}["rec_0700"] == "second.csv"
    assert {member.source for member in woks.members} == {"shelf.csv", "second.csv"}
