"""Twenty people at one queue, sending as the card does, twice, late, from two tabs: each answer stands."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import numpy as np
import pytest

from curation.queues import Queue
from storage import argilla_client, people
from tests.benchmarks import _review_house
from tests.benchmarks._review_house import LABELS
from tests.faults.house import House, started

pytestmark = [pytest.mark.slow, pytest.mark.argilla]

PEOPLE = 20


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    with started() as running:
        yield running


@dataclass
class Reviewer:
    """One person; `standing` holds what each record's last acknowledged answer was."""

    house: House
    queue: str
    name: str
    password: str
    chance: random.Random
    standing: dict[str, tuple[str, str]] = field(default_factory=dict)
    waited_s: list[float] = field(default_factory=list)
    conflicts: int = 0

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
                reply = first.post("/api/cards", params={"queue": self.queue, "limit": "30"},
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
            "queue": self.queue, "record": card["argilla_id"], "record_id": card["record_id"],
            "label_id": card["label_id"], "base_version": None, "decision": decision,
            "output": {"approved": card["output"], "corrected": other}.get(decision), "error_tags": [],
            "note": "", "seconds_spent": 0.5, "client_id": f"{self.name}-{self.chance.getrandbits(60)}",
        }  # fmt: skip


@pytest.mark.parametrize("each", [15, pytest.param(300, marks=[pytest.mark.soak, pytest.mark.timeout(3000)])])
def test_twenty_people_decide_at_once_and_every_answer_stands_once(
    house: House, each: int, record_property: Callable[[str, object], None]
) -> None:
    queue, _ = _review_house.opened(house, f"many-{each}", _review_house.texts(2 * PEOPLE * each))
    reviewers = [reviewer(house, queue, number, each) for number in range(PEOPLE)]
    with ThreadPoolExecutor(PEOPLE) as pool:
        for done in [pool.submit(each_one.work, each) for each_one in reviewers]:
            done.result()
    stored = list(argilla_client.connect(house.project).responses(queue.argilla_id))
    once = Counter((response.username, response.external_id) for response in stored)
    assert set(once.values()) == {1}
    found = {
        (response.username, response.external_id): (
            response.values["decision"], response.values.get("output") or "",
        )
        for response in stored
    }  # fmt: skip
    expected = {(one.name, record): said for one in reviewers for record, said in one.standing.items()}
    assert found == expected
    assert len(found) == PEOPLE * each
    assert sum(one.conflicts for one in reviewers) > 0
    waited = [seconds for one in reviewers for seconds in one.waited_s]
    record_property("acknowledged_p95_s", round(float(np.percentile(waited, 95)), 2))


def reviewer(house: House, queue: Queue, number: int, each: int) -> Reviewer:
    name = f"reviewer-{each}-{number}"
    password = people.invite(house.project, name, "annotator", [house.project.name])
    return Reviewer(house, queue.name, name, password, random.Random(number))
