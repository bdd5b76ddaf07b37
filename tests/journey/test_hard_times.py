"""Decisions while Argilla hangs, the app dies, or the session ends: nothing is lost, all comes by itself."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import psutil
import pytest
from playwright.sync_api import Browser, expect

from curation.queues import Queue
from storage import argilla_client
from tests.journey.card import Card
from tests.journey.conftest import PERSON, House
from tests.journey.kinds import KINDS, Kind
from tests.journey.person import Person
from tests.journey.test_queue_card import comes_back
from ui.session_keys import SESSION_COOKIE

pytestmark = [pytest.mark.browser, pytest.mark.argilla, pytest.mark.slow, pytest.mark.timeout(300)]

HANGS_S = 30
RECOVERS_WITHIN_MS = 10_000
STREAK = 4


@pytest.fixture(scope="module")
def queue(house: House) -> Queue:
    """Free texts, enough for every streak."""
    task = KINDS["free-text"].task.model_copy(update={"name": "hard-times", "tags_required": False})
    return Kind(task, KINDS["free-text"].inputs, KINDS["free-text"].output, rows=40).opened(house.project)


@pytest.fixture
def card(house: House, queue: Queue, browser: Browser) -> Card:
    person = Person(browser, house.app_url)
    person.sign_in(PERSON, house.password)
    person.go("review", f"?task={queue.task}")
    person.page.locator(".input .title").wait_for()
    return Card(person, ())


def streak(card: Card) -> list[str]:
    """Decide some records; the titles they had, each another."""
    titles = []
    for _ in range(STREAK):
        titles.append(card.title)
        card.page.keyboard.press("d")
        expect(card.page.locator(".input .title")).not_to_have_text(titles[-1])
    assert len(set(titles)) == STREAK
    return titles


def decided(house: House, queue: Queue) -> Counter[str]:
    """The records that have an answer, with how many."""
    return Counter(
        each.external_id for each in argilla_client.connect(house.project).responses(queue.argilla_id)
    )


def arrives_by_itself(card: Card) -> None:
    """Within ten seconds, and without anybody doing anything."""
    expect(card.saving).to_have_attribute("data-state", "saved", timeout=RECOVERS_WITHIN_MS)
    expect(card.saving).to_have_attribute("data-waiting", "0")


@contextmanager
def hanging(pid: int) -> Iterator[None]:
    """A process and its children that hold still: connections stay open and nothing answers."""
    held = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    for process in held:
        process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        for process in held:
            process.send_signal(signal.SIGCONT)


def test_argilla_hangs_for_half_a_minute_in_the_middle_of_a_streak(
    house: House, queue: Queue, card: Card
) -> None:
    before = decided(house, queue)
    began = time.monotonic()
    with hanging(house.pid("argilla")):
        streak(card)
        expect(card.saving).to_have_attribute("data-state", "offline", timeout=25_000)
        expect(card.saving).to_contain_text("kept here")
        streak(card)
        card.page.wait_for_timeout(1000 * max(0.0, HANGS_S - (time.monotonic() - began)))
    arrives_by_itself(card)
    after = decided(house, queue)
    assert set(after.values()) == {1}
    assert len(after) == len(before) + 2 * STREAK


def test_the_app_is_killed_under_an_open_tab(house: House, queue: Queue, card: Card) -> None:
    before = decided(house, queue)
    os.kill(house.pid("app"), signal.SIGKILL)
    streak(card)
    card.page.keyboard.press("e")
    card.page.keyboard.type(" begun")
    comes_back(house)
    arrives_by_itself(card)
    expect(card.page.locator(".label .editor")).to_have_value("A short title for the report begun")
    after = decided(house, queue)
    assert set(after.values()) == {1}
    assert len(after) == len(before) + STREAK


def test_the_session_ends_while_somebody_types(house: House, queue: Queue, card: Card) -> None:
    before = decided(house, queue)
    page = card.page
    page.keyboard.press("e")
    page.keyboard.type(" kept")
    (cookie,) = [each["value"] for each in page.context.cookies() if each["name"] == SESSION_COOKIE]
    kept, origin = {SESSION_COOKIE: cookie}, {"Origin": house.app_url}
    with httpx.Client(base_url=house.app_url, headers=origin, cookies=kept) as elsewhere:
        assert elsewhere.post("/sign-out").status_code == 303
    page.keyboard.press("Control+Enter")
    expect(card.saving).to_have_attribute("data-state", "signed-out")
    streak(card)
    with page.context.expect_page() as opened:
        card.saving.get_by_role("link", name="Sign in").click()
    entrance = opened.value
    entrance.fill("input[name=username]", PERSON)
    entrance.fill("input[name=password]", house.password)
    entrance.keyboard.press("Enter")
    entrance.wait_for_selector("h1")
    arrives_by_itself(card)
    after = decided(house, queue)
    assert set(after.values()) == {1}
    assert len(after) == len(before) + STREAK + 1
    outputs = [
        each.values.get("output")
        for each in argilla_client.connect(house.project).responses(queue.argilla_id)
    ]
    assert "A short title for the report kept" in outputs
