"""The page Cleaning and redaction in a browser, over a real import: its keys, its marks, both its widths."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from curation import imports
from curation.imports import ColumnMapping
from curation.preparing.uncertain_rulings import rulings
from storage import argilla_client
from storage.project import Project
from tests import chromium
from tests.curation import sample_task
from tests.journey.person import Person
from tests.ui.test_server import serving

pytestmark = [pytest.mark.argilla, pytest.mark.browser, pytest.mark.slow]

PASSWORD = "cast-iron-and-tea-4711"
MESSAGES = (
    "Please  call me back on +44 20 7946 0018, the lid\tdoes not fit.",
    "<p>My order <b>AB-20417</b> came broken &amp; late.</p>",
    "It was sent to box number 5550123456 and nobody wrote.",
    "The cafÃ© set is missing two cups, write to ann.lee@example.org.",
    "See shop.example for the colour I mean.\u200b",
    "It was sent to box number 5550123456, again.",
)


@pytest.fixture
def imported(house: Project, tmp_path: Path) -> Project:
    """Two hundred messages as they came, imported by the default."""
    sample_task.made(house)
    path = tmp_path / "messages.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["title", "brand"])
        writer.writerows((f"{MESSAGES[n % 6]} ({n})", "Lodge") for n in range(200))
    mapping = ColumnMapping(inputs={"title": "title", "brand": "Brand name"})
    imports.import_file(house, sample_task.NAME, path, mapping, imported_by="owner")
    argilla_client.connect(house).create_user("ines-prepares", PASSWORD, "owner", [house.name])
    return house


@pytest.fixture(scope="module")
def chromium_process() -> Iterator[Browser]:
    path = chromium.executable()
    assert path is not None, "no Chromium: run `python tests/chromium.py`"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=chromium.ARGUMENTS)
        yield started
        started.close()


def test_a_recipe_is_previewed_a_text_tried_and_doubtful_values_ruled_on_by_key(
    imported: Project, chromium_process: Browser
) -> None:
    with serving(imported) as address:
        ines = Person(chromium_process, address)
        ines.sign_in("ines-prepares", PASSWORD)
        ines.go("preparing")
        ines.press("preparing.add.html")
        ines.settled()
        seen = ines.widget("preparing.seen.html")
        expect(seen).to_contain_text("Changes 34 of 200 rows")
        seen.locator("summary").click()
        expect(seen.locator("del").first).to_have_text("<p>")
        ines.photograph("preparing")

        ines.go("preparing", "?section=Redaction")
        ines.widget("preparing.try").locator("textarea").fill(
            "Write to ann@example.org, box number 5550123456"
        )
        ines.page.keyboard.press("Control+Enter")
        ines.settled()
        expect(ines.widget("preparing.tried").locator("mark")).to_have_count(2)
        expect(ines.widget("preparing.tried")).to_contain_text("Write to [email], box number")
        ines.photograph("preparing-redaction")

        ines.go("preparing", "?section=Doubtful+values")
        expect(ines.widget("preparing.doubtful").locator("mark").first).to_have_text("5550123456")
        ines.photograph("preparing-doubtful")
        ines.page.keyboard.press("y")
        expect(ines.widget("preparing.rulings")).to_contain_text("1")
        assert list(rulings(imported, sample_task.NAME).values()) == ["mask"]
        expect(ines.page.get_by_text("stand with a value that was ruled to be masked")).to_be_visible()
        ines.page.keyboard.press("u")
        expect(ines.widget("preparing.rulings")).to_have_count(0)
        assert rulings(imported, sample_task.NAME) == {}

        ines.go("preparing", "?section=Safe+Harbor")
        ines.photograph("preparing-safe-harbor")
        ines.reported_nothing()
