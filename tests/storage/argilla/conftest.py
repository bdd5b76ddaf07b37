"""Every test in this folder speaks to the real server."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from storage.argilla_client import QueueRecord, QueueSpec, Suggestion, review_queue
from tests.argilla_stand import OWNER_PASSWORD, ArgillaStand
from tests.chromium import ARGUMENTS, executable

LABELS = ("Home & Garden > Cookware", "Home & Garden > Lighting", "Electronics > Audio")


@pytest.fixture
def spec(request: pytest.FixtureRequest) -> QueueSpec:
    """A review queue named after the test."""
    name = request.node.name[:180].replace("[", "-").replace("]", "")
    return review_queue(name, "template", input_columns=("title", "description"), labels=LABELS)


@pytest.fixture
def records() -> list[QueueRecord]:
    """Thirty listings, each with a suggestion."""
    return [
        QueueRecord(
            external_id=f"rec-{number:03}",
            fields={
                "title": f"Listing {number}",
                "description": "steel pan",
                "teacher_output": LABELS[number % 3],
            },
            metadata={"seller": "north" if number % 2 else "south", "words": number},
            suggestions={"output": Suggestion(LABELS[number % 3], agent="teacher")},
        )
        for number in range(30)
    ]


@pytest.fixture
def page() -> Iterator[Page]:
    """A tab of headless Chromium."""
    program = executable()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.set_default_timeout(30_000)
        yield page
        browser.close()


def sign_in(page: Page, stand: ArgillaStand) -> None:
    """The owner, through Argilla's own form."""
    page.goto(f"{stand.url}/sign-in")
    page.locator("input[type=password]").fill(OWNER_PASSWORD)
    page.locator("input").first.fill("owner")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{stand.url}/")


def save(page: Page, name: str, otherwise: Path) -> None:
    """A screenshot for the docs where their folder is named, else for nobody."""
    docs = os.environ.get("UNDERSTUDY_DOCS_DIR")
    folder = Path(docs) / "screenshots" if docs else otherwise
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=folder / name)
