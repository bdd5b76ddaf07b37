"""A person at the queue card, without the browser: decides in order, resends until acknowledged."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from curation.sample.product_categories import LABELS
from tests.faults.house import LIMIT_S, House

REQUEST_LIMIT_S = 15.0
RETRY_FIRST_S, RETRY_MOST_S = 0.1, 1.0


@dataclass
class Person:
    """The owner, signed in. `acknowledged` holds the answers by client id, `failures` what was resent."""

    house: House
    queue: str
    client: httpx.Client
    cards: list[dict[str, Any]] = field(default_factory=list)
    sent: list[dict[str, Any]] = field(default_factory=list)
    acknowledged: dict[str, dict[str, Any]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)

    @contextmanager
    def deciding(self, count: int) -> Iterator[threading.Event]:
        """Take the next `count` decisions beside the block, which may begin killing once the event is set.

        The block's end waits for every acknowledgement, and for at least one sending that failed.
        """
        before = len(self.failures)
        warm, faults = threading.Event(), []

        def work() -> None:
            try:
                for number in range(count):
                    self.send(self.decide())
                    if number == count // 4:
                        warm.set()
            except BaseException as fault:
                faults.append(fault)
            finally:
                warm.set()

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        yield warm
        thread.join(2 * LIMIT_S)
        if faults:
            raise faults[0]
        assert not thread.is_alive()
        assert len(self.failures) > before, "no sending failed: the kill fell beside the work"

    def decide(self) -> dict[str, Any]:
        """The next card's decision: of ten one discarded, three corrected, the rest approved where valid."""
        number, card = len(self.sent), self.cards[len(self.sent)]
        usual = "approved" if card["is_valid"] else "corrected"
        decision = {0: "discarded", 3: "corrected", 5: "corrected", 8: "corrected"}.get(number % 10, usual)
        other = next(label for label in LABELS[number % 7 :] if label != card["output"])
        body = {
            "queue": self.queue, "record": card["argilla_id"], "record_id": card["record_id"],
            "label_id": card["label_id"], "base_version": None, "decision": decision,
            "output": {"approved": card["output"], "corrected": other}.get(decision), "error_tags": [],
            "note": f"no. {number}", "seconds_spent": 0.5, "client_id": f"client-{number:04d}",
        }  # fmt: skip
        self.sent.append(body)
        return body

    def send(self, body: dict[str, Any]) -> None:
        """Post as the card's outbox does: the same body again until the app says that it is stored."""
        end, pause = time.monotonic() + LIMIT_S, RETRY_FIRST_S
        while True:
            try:
                answer = self.client.post("/api/reviews", json=body)
                if answer.status_code < 500 and answer.status_code != 429:
                    assert answer.status_code == 200, f"{answer.status_code} {answer.text}"
                    self.acknowledged[body["client_id"]] = answer.json()
                    return
                self.failures.append(f"{answer.status_code} {answer.text}")
            except httpx.TransportError as fault:
                self.failures.append(repr(fault))
            assert time.monotonic() < end, self.failures[-3:]
            time.sleep(pause)
            pause = min(2 * pause, RETRY_MOST_S)


@contextmanager
def signed_in(house: House, queue: str) -> Iterator[Person]:
    """The owner with the first password, through the form, and a hundred cards in hand."""
    with httpx.Client(base_url=house.url, headers={"Origin": house.url}, timeout=REQUEST_LIMIT_S) as client:
        entrance = client.post("/sign-in", data={"username": "owner", "password": house.password})
        assert entrance.status_code == 303, entrance.text
        cards = client.get("/api/cards", params={"queue": queue, "limit": "100"}).json()["cards"]
        yield Person(house, queue, client, cards)
