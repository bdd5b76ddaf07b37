"""Argilla's own web UI searches, filters, sorts and labels in bulk, over the SQL engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from storage.argilla_client import (
    LabelQuestion,
    MetadataProperty,
    QueueRecord,
    QueueSpec,
    Suggestion,
    TextField,
)
from tests.argilla_stand import ArgillaStand
from tests.storage.argilla.conftest import save, sign_in

pytestmark = [pytest.mark.argilla, pytest.mark.browser]

THINGS = ("Cookware", "Lighting", "Audio")


@pytest.fixture
def things(argilla_stand: ArgillaStand) -> Iterator[str]:
    """Twelve red and blue things, four suggested for each label, numbered in their metadata."""
    spec = QueueSpec(
        name="Red and blue things",
        workspace=argilla_stand.workspace,
        fields=(TextField("title"),),
        questions=(LabelQuestion("category", THINGS, required=True),),
        metadata=(MetadataProperty("words", "integer"),),
    )
    with argilla_stand.queue(spec) as queue_id:
        argilla_stand.owner.add_records(
            queue_id,
            [
                QueueRecord(
                    f"thing-{number}",
                    {"title": f"a {'red' if number % 2 else 'blue'} thing {number}"},
                    metadata={"words": number},
                    suggestions={"category": Suggestion(THINGS[number % 3], agent="m", score=number / 12)},
                )
                for number in range(12)
            ],
        )
        yield queue_id


def test_it_searches_sorts_filters_and_labels_in_bulk(
    argilla_stand: ArgillaStand, things: str, page: Page, tmp_path: Path
) -> None:
    sign_in(page, argilla_stand)
    page.goto(f"{argilla_stand.url}/dataset/{things}/annotation-mode")
    expect(page.get_by_text("1 of 12")).to_be_visible()
    searched(page)
    save(page, "argilla-search-1280.png", tmp_path)
    page.goto(f"{argilla_stand.url}/dataset/{things}/annotation-mode")
    ordered(page)
    filtered(page)
    labelled_in_bulk(page)
    save(page, "argilla-bulk-1280.png", tmp_path)
    stored = {response.external_id: response.values for response in argilla_stand.owner.responses(things)}
    assert stored == {f"thing-{number}": {"category": "Lighting"} for number in (2, 5, 8, 11)}
    assert argilla_stand.owner.progress(things).completed == 4


def searched(page: Page) -> None:
    """Words are found, and shown where they stand."""
    page.get_by_role("button", name="Search").click()
    page.get_by_placeholder("Introduce a query").fill("blue")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 of 6")).to_be_visible()


def ordered(page: Page) -> None:
    """By metadata, both ways."""
    page.get_by_role("button", name="Sort").first.click()
    page.get_by_role("listitem").get_by_role("button", name="words").click()
    expect(page.get_by_text("a blue thing 0", exact=True)).to_be_visible()
    page.get_by_title("sort direction").click()
    expect(page.get_by_text("a red thing 11", exact=True)).to_be_visible()


def filtered(page: Page) -> None:
    """By what was suggested."""
    page.get_by_role("button", name="Filters").click()
    page.get_by_role("button", name="Suggestions").first.click()
    page.get_by_role("listitem").get_by_role("button", name="category").click()
    page.get_by_role("button", name="Suggestion values", exact=True).click()
    page.locator(".dropdown").filter(has_text="Suggestion values").get_by_text("Audio").last.click()
    expect(page.get_by_text("1 of 4")).to_be_visible()


def labelled_in_bulk(page: Page) -> None:
    """All that the filter left get one label at once."""
    page.get_by_role("button", name="Switch to Bulk Mode").click()
    expect(page.get_by_text("1 - 4 of 4")).to_be_visible()
    page.locator('[data-title="Select all"] .checkbox__container').click()
    page.locator("form").get_by_text("Lighting").click()
    with page.expect_response(lambda reply: reply.url.endswith("/responses/bulk") and reply.ok):
        page.get_by_role("button", name="Submit").click()
