"""The page on which an admin finds, confirms and erases, over a real Argilla that somebody else runs."""

from __future__ import annotations

import pytest

from curation import erasing
from storage import artifacts, audit, jobs
from storage.project import Project
from tests.curation import sample_task
from tests.ui.views.conftest import Opened, said

pytestmark = pytest.mark.argilla
NAME = "Ines Quillfeather"


@pytest.fixture
def shelf(house: Project) -> Project:
    """Five records, two of which have her name."""
    sample_task.made(house)
    rows = [sample_task.record(number) for number in range(3)]
    for number in (7, 8):
        inputs = {"title": f"Tea no. {number} for {NAME}", "Brand name": "Lodge"}
        rows.append(sample_task.record(number, inputs=inputs))
    sample_task.publish_records(house, rows)
    return house


def test_nothing_goes_before_its_number_is_typed_and_then_all_of_it_does(
    shelf: Project, opened: Opened
) -> None:
    page = opened("erase")
    assert "Nothing was erased yet" in said(page)
    page.text_input(key="erase.text").input("ines quillfeather")
    page.button(key="erase.find").click().run()
    told = said(page)
    assert f"Tea no. 7 for {NAME}" in told
    assert "Tea no. 1" not in told
    page.text_input(key="erase.reason").input("request 17")
    page.text_input(key="erase.count").input("3")
    page.button(key="erase.start").click().run()
    assert "2 are found and 3 was typed; nothing was erased" in page.error[0].value
    assert jobs.listing(shelf) == []
    page.text_input(key="erase.count").input("2")
    page.button(key="erase.start").click().run()
    (job,) = jobs.listing(shelf)
    assert NAME not in str(job)
    assert jobs.run_inline(shelf, job.job_id).status == "succeeded"
    page = opened("erase")
    assert "2 records and lines: request 17" in said(page)
    assert "the app's memory" in said(page)
    (records,) = artifacts.listing(shelf, "records", sample_task.NAME)
    assert records.rows("records") == 3
    (made,) = erasing.listing(shelf)
    assert made.clean
    lines = audit.listing(shelf, audit.Filters(kind="erase"))
    assert {line.action for line in lines} == {"erase.find", "erase.start"}
    assert "quillfeather" not in str(lines).lower()


def test_what_was_found_may_be_left(shelf: Project, opened: Opened) -> None:
    page = opened("erase")
    page.text_area(key="erase.ids").input("rec_0001")
    page.button(key="erase.find").click().run()
    assert "Bakeware no. 1" in said(page)
    page.button(key="erase.leave").click().run()
    assert page.button(key="erase.find")
    assert jobs.listing(shelf) == []


def test_a_text_and_ids_at_once_are_refused_and_neither_is_lost(shelf: Project, opened: Opened) -> None:
    page = opened("erase")
    page.text_input(key="erase.text").input(NAME)
    page.text_area(key="erase.ids").input("rec_0001")
    page.button(key="erase.find").click().run()
    assert f"Both the text '{NAME}' and ids of records are given" in page.error[0].value
    assert (page.text_input(key="erase.text").value, page.text_area(key="erase.ids").value) == (
        NAME, "rec_0001",
    )  # fmt: skip


def test_what_is_nowhere_is_said_to_be(shelf: Project, opened: Opened) -> None:
    page = opened("erase")
    page.text_input(key="erase.text").input("nobody of that name")
    page.button(key="erase.find").click().run()
    assert "Nothing in this project has" in page.error[0].value


def test_an_annotator_neither_finds_nor_erases(shelf: Project, opened: Opened) -> None:
    page = opened("erase", role="annotator")
    assert "for owners and admins" in said(page)
    assert not page.text_input
