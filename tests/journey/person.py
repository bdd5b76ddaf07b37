"""A person at the browser: signs in, goes to a page, presses keys, looks at every page twice."""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, expect

WIDE, NARROW = {"width": 1280, "height": 860}, {"width": 390, "height": 844}
PAGES = (
    "home", "import", "preparing", "duplicates", "explore", "labels", "review", "bulk", "agreement",
    "conflicts", "progress", "datasets", "exports", "train", "evaluate", "side-by-side", "jobs", "people",
    "audit", "erase", "settings", "account",
)  # fmt: skip
REPOSITORY = Path(__file__).resolve().parents[2]
_PATH_SEARCH = re.compile(r"/[a-z-]+/_stcore/(health|host-config)$")
_IDLE = '[data-testid="stApp"][data-test-script-state="notRunning"]'


def screenshots() -> Path:
    """Where screenshots go: `docs/screenshots` of UNDERSTUDY_DOCS_DIR, else of this repository."""
    docs = os.environ.get("UNDERSTUDY_DOCS_DIR")
    folder = (Path(docs) if docs else REPOSITORY / "docs") / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


class Person:
    """One browser tab. `faults` gathers every error its pages reported."""

    def __init__(self, browser: Browser, app_url: str) -> None:
        self.app_url = app_url
        self.page: Page = browser.new_page(viewport=WIDE, accept_downloads=True)
        self.page.set_default_timeout(30_000)
        self.faults: list[str] = []
        self.page.on("pageerror", lambda fault: self.faults.append(f"{self.page.url}: {fault}"))
        self.page.on("console", self._heard)

    def _heard(self, message: ConsoleMessage) -> None:
        # Streamlit looks for its own server below the page's path first: two 404s are its normal way.
        searched = _PATH_SEARCH.search(urlsplit(message.location.get("url", "")).path)
        if message.type == "error" and not (searched and "404" in message.text):
            self.faults.append(f"{self.page.url}: {message.text} {message.location}")

    def sign_in(self, username: str, password: str) -> None:
        """Sign in through the form and arrive at the home page."""
        self.page.goto(self.app_url)
        self.page.fill("input[name=username]", username)
        self.page.fill("input[name=password]", password)
        self.page.keyboard.press("Enter")
        self.ready()

    def go(self, name: str, query: str = "") -> None:
        """Open a page by its address; the home page's is the root."""
        self.page.goto(f"{self.app_url}/{'' if name == 'home' else name}{query}")
        self.ready()

    def ready(self) -> None:
        """Wait until the page is drawn, and see that it shows no error."""
        self.page.wait_for_selector("h1")
        self.settled()
        self.sees_no_error()

    def settled(self) -> None:
        """Wait until no script runs and no skeleton stands."""
        self.page.wait_for_selector(_IDLE)
        expect(self.page.get_by_test_id("stSkeleton")).to_have_count(0)

    def sees_no_error(self) -> None:
        """Fail with the page's own words where it shows an exception or an error."""
        shown = self.page.locator('[data-testid="stException"], [data-testid="stAlertContentError"]')
        assert shown.count() == 0, f"{self.page.url}: {shown.all_inner_texts()}"

    def widget(self, key: str) -> Locator:
        """What has that Streamlit key; `*` at its end matches the rest."""
        name = "st-key-" + re.sub(r"[^a-zA-Z0-9_-]", "-", key.rstrip("*"))
        return self.page.locator(f'[class*="{name}"]' if key.endswith("*") else f".{name}")

    def press(self, key: str) -> None:
        """Click the button with that Streamlit key."""
        self.widget(key).locator("button").click()

    def photograph(self, name: str) -> None:
        """Save the page at both widths; on a phone nothing may stick out to the right."""
        self.page.mouse.move(0, 0)  # what shows under the pointer only is no part of the page
        self._painted()
        self.page.screenshot(path=screenshots() / f"{name}-1280.png", full_page=True)
        self.page.set_viewport_size(NARROW)
        self.page.wait_for_function("document.documentElement.clientWidth === 390")
        self.page.wait_for_function("document.documentElement.scrollWidth <= 390", timeout=5_000)
        expect(self.page.locator('[data-testid="stSidebar"][aria-expanded="true"]')).to_have_count(0)
        self._painted()
        width = self.page.evaluate("document.documentElement.scrollWidth")
        assert width <= NARROW["width"], f"{name} is {width} pixels wide on a phone"
        self.page.screenshot(path=screenshots() / f"{name}-390.png", full_page=True)
        self.page.set_viewport_size(WIDE)
        self.page.wait_for_function("document.documentElement.clientWidth > 390")

    def _painted(self) -> None:
        """Wait until every running transition (the sidebar's) ended and two frames were painted."""
        self.page.wait_for_function(
            "document.getAnimations().every(a => a.playState !== 'running' "
            "|| a.effect.getComputedTiming().iterations === Infinity)"
        )
        self.page.evaluate("new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)))")

    def reported_nothing(self) -> None:
        """Fail where any page reported an error of a script or a request."""
        assert not self.faults, "\n".join(self.faults)
