"""The queue card under fast fingers and a dying app: nothing is lost, nothing is stored twice."""

from __future__ import annotations

import os
import signal
import time

import httpx
import pytest
from playwright.sync_api import Browser

from curation import tasks
from curation.queues import Queue
from curation.sample import product_categories as sample
from storage import argilla_client
from tests.journey.card import Card
from tests.journey.conftest import PERSON, House
from tests.journey.person import Person

pytestmark = [pytest.mark.browser, pytest.mark.argilla, pytest.mark.slow]

RESTART_LIMIT_S = 90


@pytest.fixture
def card(house: House, queue: Queue, browser: Browser) -> Card:
    """The review page, open on its first record."""
    person = Person(browser, house.app_url)
    person.sign_in(PERSON, house.password)
    person.go("review", f"?task={sample.NAME}")
    opened = Card(person, tasks.get(house.project, sample.NAME).labels)
    opened.page.locator(".input .title").wait_for()
    return opened


def answers(house: House, queue: Queue) -> list[str]:
    """The records this person answered, once for each stored answer."""
    client = argilla_client.connect(house.project)
    return sorted(each.external_id for each in client.responses(queue.argilla_id) if each.username == PERSON)


def test_two_keys_pressed_before_the_page_could_answer_are_both_stored(
    house: House, queue: Queue, card: Card
) -> None:
    before = answers(house, queue)
    card.page.evaluate(
        """() => {
            for (let press = 0; press < 2; press++)
                document.dispatchEvent(new KeyboardEvent("keydown", { key: "d", bubbles: true }));
        }"""
    )
    card.saved()
    after = answers(house, queue)
    assert len(after) == len(set(after)) == len(before) + 2


def test_work_unsent_at_a_reload_while_the_app_is_dead_is_delivered_once(
    house: House, queue: Queue, card: Card
) -> None:
    before = answers(house, queue)
    os.kill(house.pid("app"), signal.SIGKILL)
    titles = []
    for _ in range(3):
        titles.append(card.title)
        card.page.keyboard.press("d")
    assert len(set(titles)) == 3
    assert card.page.evaluate("Object.keys(localStorage).filter(k => k.includes('outbox')).length") == 3
    card.page.goto("about:blank")  # the tab is left with all of it unsent
    comes_back(house)
    card.person.go("review", f"?task={sample.NAME}")
    card.page.locator(".input .title").wait_for()
    card.saved()
    assert card.title not in titles
    after = answers(house, queue)
    assert len(after) == len(set(after)) == len(before) + 3


def comes_back(house: House) -> None:
    """Wait until the supervisor has started the app again."""
    until = time.monotonic() + RESTART_LIMIT_S
    while True:
        try:
            httpx.get(f"{house.app_url}/api/health", timeout=5).raise_for_status()
            return
        except httpx.HTTPError:
            assert time.monotonic() < until
            time.sleep(0.1)
