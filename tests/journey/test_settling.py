"""Adjudication by a person at the browser: who differs, conflicts settled by keys, and how it goes."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from curation import adjudication, queues
from curation.queues import Queue
from curation.sample import product_categories as sample
from storage import argilla_client
from storage.argilla_client import read_answer
from tests.journey.conftest import PERSON, House
from tests.journey.person import Person, screenshots

pytestmark = [pytest.mark.browser, pytest.mark.argilla, pytest.mark.slow, pytest.mark.timeout(900)]

OF_THE_SAMPLE = f"?task={sample.NAME}"


def test_conflicts_are_settled_by_keys_and_stand_in_argilla(
    house: House, queue: Queue, browser: Browser
) -> None:
    person = Person(browser, house.app_url)
    person.sign_in(PERSON, house.password)
    photographed(person, "agreement")
    photographed(person, "conflicts")
    before = adjudication.conflicts(house.project, sample.NAME)
    settled(person, "1", len(before) - 1)
    settled(person, "2", len(before) - 2)
    settled(person, "3", len(before) - 3)
    settled(person, "d", len(before) - 4)
    rulings = adjudication.history(house.project, sample.NAME)
    assert [each.record_id for each in rulings] == [each.record_id for each in before[:4]]
    assert rulings[0].output == before[0].versions[0].output
    assert rulings[1].output == before[1].versions[1].output
    assert rulings[3].decision == "discarded"
    assert stored(house, before[0].queue) == {
        each.record_id: (each.decision, each.output) for each in rulings
    }
    person.go("agreement", OF_THE_SAMPLE)
    expect(person.widget("numbers_upheld")).to_be_visible()
    photographed(person, "progress")
    person.reported_nothing()


def photographed(person: Person, name: str) -> None:
    """Save the page as it is, on a phone, and in the dark."""
    person.go(name, OF_THE_SAMPLE)
    person.photograph(name)
    person.page.emulate_media(color_scheme="dark")
    person.go(name, OF_THE_SAMPLE)
    person.page.screenshot(path=screenshots() / f"{name}-dark-1280.png", full_page=True)
    person.page.emulate_media(color_scheme="light")
    person.go(name, OF_THE_SAMPLE)


def settled(person: Person, key: str, left: int) -> None:
    """Press a key, and see that one conflict fewer is there."""
    person.page.keyboard.press(key)
    expect(person.widget("main_number")).to_contain_text(str(left))
    person.settled()


def stored(house: House, queue: str) -> dict[str, tuple[str, str | None]]:
    """The owner's answers in the overlap queue, as Argilla's API gives them."""
    place = queues.get(house.project, queue).argilla_id
    found = {}
    for response in argilla_client.connect(house.project).responses(place):
        if response.username == PERSON:
            answer = read_answer(response.values)
            found[response.external_id] = (answer.decision, answer.output)
    return found
