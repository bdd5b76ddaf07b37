from __future__ import annotations

import pytest

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
    assert "COOKWARE no. 0" in told
    assert "Kept" in told
    assert "exact 100%" in told


def test_an_annotator_sees_no_clusters_and_cannot_search(copies: Project, opened: Opened) -> None:
    page = opened("duplicates", role="annotator")
    assert "may not import, label, freeze" in said(page)
    assert "COOKWARE no. 0" not in said(page)
    assert "duplicates.start" not in {button.key for button in page.button}
