"""Argilla's own UI, as a person opens it to look at what was decided elsewhere."""

from __future__ import annotations

from playwright.sync_api import Browser, Page, expect

from tests.journey.person import WIDE


class ArgillaSite:
    """One tab on Argilla's own web UI."""

    def __init__(self, browser: Browser, url: str) -> None:
        self.url = url
        self.page: Page = browser.new_page(viewport=WIDE)
        self.page.set_default_timeout(30_000)

    def sign_in(self, username: str, password: str) -> None:
        """Through its own form."""
        self.page.goto(self.url)
        self.page.get_by_placeholder("Username").or_(self.page.locator("input[type=text]")).first.fill(
            username
        )
        self.page.locator("input[type=password]").fill(password)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(f"{self.url}/")

    def sees_in_the_list(self, queue_name: str) -> None:
        """The queue stands on Argilla's home page."""
        expect(self.page.get_by_text(queue_name, exact=True).first).to_be_visible()

    def open_submitted(self, queue_id: str, place: int) -> None:
        """The signed-in person's own submitted answers of a queue, at the given place from 1."""
        self.page.goto(f"{self.url}/dataset/{queue_id}/annotation-mode?page={place}&status=submitted")
        self.page.get_by_text("The teacher's answer").first.wait_for()

    def shows(self, text: str) -> bool:
        """Whether the record on the page has exactly this text in a field."""
        return self.page.get_by_text(text, exact=True).count() > 0

    def checked(self) -> list[str]:
        """The options that are chosen in the form."""
        chosen = self.page.locator("input[type=radio]:checked, input[type=checkbox]:checked")
        return [str(option.get_attribute("name")) for option in chosen.all()]
