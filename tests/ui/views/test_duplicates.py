from __future__ import annotations

import pytest

from curation import duplicates
from storage import jobs
from storage.project import Project
from tests.curation import sample_task
from tests.ui.views.conftest import Opened, said

pytestmark = pytest.mark.argilla


@pytest.fixture
def copies(house: Project) -> Project:
    """Five records, of which two say the same."""
    sample_task.made(house)
    rows = [sample_task.record(number) for number in range(4)]
    rows.append(sample_task.record(9, inputs={"title": "COOKWARE no. 0", "Brand name": "Lodge"}))
    sample_task.publish_records(house, rows)
    return house


def test_without_records_the_page_leads_to_the_import(house: Project, opened: Opened) -> None:
    sample_task.made(house)
    assert "Nothing to compare yet" in said(opened("duplicates"))


def test_a_search_shows_its_clusters_and_what_is_kept(copies: Project, opened: Opened) -> None:
    page = opened("duplicates")
    assert "Not searched yet" in said(page)
    page.button(key="duplicates.start").click().run()
    (job,) = jobs.listing(copies)
    assert jobs.run_inline(copies, job.job_id).status == "succeeded"
    page = opened("duplicates")
    assert page.button(key="duplicates.start").label == "Search again"
    told = said(page)
    assert ":orange-background[COOKWARE] no. 0" in told
    assert "Kept" in told
    assert "exact 100%" in told
    assert "shelf.csv" in told


def test_an_annotator_sees_no_clusters_and_cannot_search(copies: Project, opened: Opened) -> None:
    page = opened("duplicates", role="annotator")
    assert "may not import, label, freeze" in said(page)
    assert "COOKWARE no. 0" not in said(page)
    assert "duplicates.start" not in {button.key for button in page.button}


@pytest.fixture
def searched(copies: Project) -> Project:
    duplicates.search(copies, sample_task.NAME)
    return copies


def kept(project: Project) -> list[list[str]]:
    return [
        [each.record_id for each in found.members] for found in duplicates.clusters(project, sample_task.NAME)
    ]


def test_what_is_ticked_may_be_kept_instead_and_that_can_be_taken_back(
    searched: Project, opened: Opened
) -> None:
    page = opened("duplicates")
    assert all(page.button(key=f"duplicates.{name}").disabled for name in ("keep", "apart", "together"))
    page.checkbox(key="duplicates.tick.rec_0009").check().run()
    assert page.button(key="duplicates.together").disabled
    page.button(key="duplicates.keep").click().run()
    assert kept(searched) == [["rec_0009", "rec_0000", "rec_0003"]]
    assert not page.checkbox(key="duplicates.tick.rec_0009").value
    [stated] = duplicates.standing(searched, sample_task.NAME)
    assert "kept another copy" in said(page)
    page.button(key=f"duplicates.undo_{stated.seq}").click().run()
    assert kept(searched) == [["rec_0000", "rec_0009", "rec_0003"]]


def test_what_is_no_copy_leaves_and_the_page_says_what_differs(searched: Project, opened: Opened) -> None:
    sample_task.publish_records(
        searched,
        [sample_task.record(12, inputs={"title": "Cookware no. 00", "Brand name": "Lodge"})],
        "rec_b",
    )
    duplicates.search(searched, sample_task.NAME)
    page = opened("duplicates")
    assert "Cookware no. :orange-background[00]" in said(page)
    page.checkbox(key="duplicates.tick.rec_0012").check().run()
    page.button(key="duplicates.apart").click().run()
    assert kept(searched) == [["rec_0000", "rec_0009", "rec_0003"]]
    assert "said of 1 record that they are no copies" in said(page)


def test_what_a_refusal_says_stands_on_the_page(searched: Project, opened: Opened) -> None:
    page = opened("duplicates")
    page.checkbox(key="duplicates.tick.rec_0009").check().run()
    duplicates.apart(searched, sample_task.NAME, ["rec_0009"], "bob")
    page.button(key="duplicates.keep").click().run()
    assert "has no copies" in said(page)


def test_of_a_very_large_cluster_some_are_shown_and_the_rest_when_asked_for(
    copies: Project, opened: Opened
) -> None:
    sample_task.publish_records(
        copies,
        [
            sample_task.record(number, inputs={"title": "Cookware no. 0", "Brand name": "Lodge"})
            for number in range(20, 95)
        ],
        "rec_b",
    )
    duplicates.search(copies, sample_task.NAME)
    [cluster] = duplicates.clusters(copies, sample_task.NAME)
    assert cluster.size > 75
    page = opened("duplicates")

    def shown() -> int:
        return sum(str(each.key).startswith("duplicates.tick.") for each in page.checkbox)

    assert shown() == 10
    more = f"duplicates.show_more_{cluster.members[0].record_id}"
    assert page.button(key=more).label == f"Show 50 more copies of {cluster.size - 10}"
    page.button(key=more).click().run()
    assert shown() == 60
    page.button(key=more).click().run()
    assert shown() == cluster.size
    assert more not in {button.key for button in page.button}
