"""Two people at one queue in two browsers: cards in hand, an order of one's own, a target, a blind card."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, expect

from curation import ordering
from curation.ordering import holders
from curation.ordering.holders import Holder
from curation.queues import Queue
from storage import argilla_client, people
from tests.journey.conftest import PERSON, House
from tests.journey.kinds import KINDS
from tests.journey.person import Person

pytestmark = [pytest.mark.browser, pytest.mark.argilla, pytest.mark.slow, pytest.mark.timeout(600)]

NAME = "handed-out"


@pytest.fixture(scope="module")
def queue(house: House) -> Queue:
    kind = KINDS["several-labels"]
    kind = replace(kind, task=kind.task.model_copy(update={"name": NAME}))
    return kind.opened(house.project)


@pytest.fixture(scope="module")
def password(house: House) -> str:
    """Of an annotator who is new here."""
    return people.invite(house.project, "newcomer", "annotator", [house.project.name])


@pytest.fixture
def both(house: House, browser: Browser, password: str) -> tuple[Person, Person]:
    """The owner and the annotator, each at a tab."""
    found = []
    for name, word in ((PERSON, house.password), ("newcomer", password)):
        person = Person(browser, house.app_url)
        person.sign_in(name, word)
        found.append(person)
    return found[0], found[1]


def test_a_second_person_waits_for_no_card_and_is_told_of_those_in_other_hands(
    house: House, queue: Queue, both: tuple[Person, Person]
) -> None:
    first, second = both
    stands = ordering.of(house.project, queue.name)
    wanted = ordering.changed(stands.handing, targets={"": {"count": 300, "per": "day"}})
    ordering.change(house.project, queue.name, wanted, based_on=stands.revision)
    total = argilla_client.connect(house.project).progress(queue.argilla_id).total
    first.go("review", f"?task={NAME}")
    first.page.locator(".input .title").wait_for()
    expect(first.page.locator(".progress")).to_contain_text("0 of 300 today")
    first.page.keyboard.press("d")
    expect(first.page.locator(".progress")).to_contain_text("1 of 300 today")
    expect(first.page.locator('.saving[data-state="saved"]')).to_be_visible()
    assert total > 1
    second.go("review", f"?task={NAME}")
    expect(second.page.locator(".label .caption").first).to_contain_text("also open at someone else's")
    first.page.goto("about:blank")  # the tab is left: its cards are free
    until = time.monotonic() + 10
    while holders.has_any(house.project, Holder(queue.name, PERSON, needed=1, lease_minutes=15)):
        assert time.monotonic() < until
        time.sleep(0.05)
    second.go("review", f"?task={NAME}")
    second.page.locator(".input .title").wait_for()
    expect(second.page.locator(".label .caption").first).not_to_contain_text("also open")
    for person in both:
        person.reported_nothing()


def test_an_order_of_ones_own_stands_in_the_address_and_is_taken_at_once(
    queue: Queue, both: tuple[Person, Person]
) -> None:
    person, _ = both
    person.go("review", f"?task={NAME}&order=newest")
    person.page.locator(".input .title").wait_for()
    with person.page.expect_request("**/api/cards*order=uncertain*"):
        person.widget("review.order").locator("input").click()
        person.page.get_by_role("option", name="Least certain first").click()
    person.page.locator(".input .title").wait_for()
    person.page.wait_for_url("**order=uncertain*")
    person.photograph("review-order")
    person.go("settings", f"?task={NAME}&section=Queues")
    person.widget("settings.queues.order").wait_for()
    person.photograph("settings-queues")
    person.reported_nothing()
