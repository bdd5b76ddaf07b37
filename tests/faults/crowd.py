"""The people of a crowd at one queue: most speak the card's protocol, some sit at a real browser."""

from __future__ import annotations

import random
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from playwright.sync_api import Page, Request, Response, expect, sync_playwright

from curation.queues import Queue
from tests import chromium
from tests.benchmarks import _review_house
from tests.benchmarks._review_house import LABELS
from tests.faults.house import House

SAVED_LIMIT_MS = 60_000


@dataclass
class Reviewer(ABC):
    """One person; `standing` holds what each record's last acknowledged answer was."""

    house: House
    queue: Queue
    name: str
    password: str
    chance: random.Random
    standing: dict[str, tuple[str, str]] = field(default_factory=dict)
    waited_s: list[float] = field(default_factory=list)
    conflicts: int = 0

    @abstractmethod
    def work(self, count: int) -> None:
        """Decide that many records."""


class ByProtocol(Reviewer):
    """A person whose tabs are HTTP clients that speak the card's protocol."""

    @contextmanager
    def tab(self) -> Iterator[httpx.Client]:
        """Signed in once more, as in another tab of another browser."""
        url = self.house.url
        with httpx.Client(base_url=url, headers={"Origin": url}, timeout=30) as client:
            entrance = client.post("/sign-in", data={"username": self.name, "password": self.password})
            assert entrance.status_code == 303, entrance.text
            yield client

    def work(self, count: int) -> None:
        with self.tab() as first, self.tab() as second:
            while len(self.standing) < count:
                reply = first.post("/api/cards", params={"queue": self.queue.name, "limit": "30"},
                                   json={"exclude": list(self.standing)})  # fmt: skip
                cards = reply.json()["cards"]
                assert cards, "the queue ran dry"
                for card in cards[: count - len(self.standing)]:
                    self.one(first, second, card)

    def one(self, first: httpx.Client, second: httpx.Client, card: dict[str, Any]) -> None:
        """A decision: plainly, twice at once, or again later; sometimes contradicted by the other tab."""
        body = self.decision(card)
        kind = self.chance.randrange(8)
        if kind == 0:
            with ThreadPoolExecutor(2) as pool:
                replies = list(pool.map(lambda tab: self.send(tab, body), (first, second)))
            assert [reply.status_code for reply in replies] == [200, 200], [r.text for r in replies]
        else:
            reply = self.send(first, body)
            assert reply.status_code == 200, reply.text
        self.standing[card["record_id"]] = (body["decision"], body["output"] or "")
        if kind == 1:
            assert self.send(second, body).status_code == 200  # a replay changes nothing
        if kind == 2:
            self.contradict(second, card)

    def contradict(self, tab: httpx.Client, card: dict[str, Any]) -> None:
        """The other tab shows the record as undecided: it is refused, and may be sent again knowingly."""
        stale = self.decision(card) | {"decision": "discarded", "output": None}
        if self.standing[card["record_id"]][0] == "discarded":
            return
        refused = self.send(tab, stale)
        assert refused.status_code == 409, refused.text
        self.conflicts += 1
        if self.chance.random() < 0.5:
            stands = refused.json()["stands"]
            assert stands["decision"] == self.standing[card["record_id"]][0]
            knowing = stale | {"client_id": f"{stale['client_id']}-again", "base_version": stands["version"]}
            assert self.send(tab, knowing).status_code == 200
            self.standing[card["record_id"]] = ("discarded", "")

    def send(self, tab: httpx.Client, body: dict[str, Any]) -> httpx.Response:
        began = time.monotonic()
        reply = tab.post("/api/reviews", json=body)
        self.waited_s.append(time.monotonic() - began)
        return reply

    def decision(self, card: dict[str, Any]) -> dict[str, Any]:
        decision = self.chance.choice(("approved", "approved", "corrected", "discarded"))
        other = self.chance.choice([label for label in LABELS if label != card["output"]])
        return {
            "queue": self.queue.name, "record": card["argilla_id"], "record_id": card["record_id"],
            "label_id": card["label_id"], "base_version": None, "decision": decision,
            "output": {"approved": card["output"], "corrected": other}.get(decision), "error_tags": [],
            "note": "", "seconds_spent": 0.5, "client_id": f"{self.name}-{self.chance.getrandbits(60)}",
        }  # fmt: skip


class AtABrowser(Reviewer):
    """A person at the keys of the real page, as fast as the next card stands."""

    def work(self, count: int) -> None:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=chromium.executable(), args=chromium.ARGUMENTS
            )
            page = browser.new_page()
            page.set_default_timeout(SAVED_LIMIT_MS)
            page.on("response", self._answered)
            page.on("requestfinished", self._timed)
            _review_house.open_page(page, self.house, self.queue, self.name, self.password)
            for _ in range(count):
                self._decide(page)
            saving = page.locator(".saving")
            expect(saving).to_have_attribute("data-state", "saved", timeout=SAVED_LIMIT_MS)
            expect(saving).to_have_attribute("data-waiting", "0", timeout=SAVED_LIMIT_MS)
            browser.close()
        assert len(self.standing) == count, "the page says saved, yet not every answer was acknowledged"

    def _decide(self, page: Page) -> None:
        page.locator(_review_house.TITLE).wait_for()
        with page.expect_request("**/api/reviews"):
            page.keyboard.press(self.chance.choice("aad"))

    def _answered(self, response: Response) -> None:
        if response.url.endswith("/api/reviews"):
            assert response.status == 200, response.status
            saved = response.json()
            self.standing[saved["record_id"]] = (saved["decision"], saved["output"] or "")

    def _timed(self, request: Request) -> None:
        if request.url.endswith("/api/reviews"):
            self.waited_s.append(request.timing["responseEnd"] / 1000)
