"""Two people at one queue, each at a browser of their own: nobody does what the other does."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from storage import argilla_client, people
from tests.journey.card import Card
from tests.journey.conftest import PERSON, House
from tests.journey.kinds import KINDS, Kind
from tests.journey.person import Person

pytestmark = [pytest.mark.browser, pytest.mark.argilla, pytest.mark.slow, pytest.mark.timeout(300)]

ROWS = 80
EACH = 12


def test_two_people_at_one_queue_never_decide_the_same_record(house: House, browser: Browser) -> None:
    task = KINDS["free-text"].task.model_copy(update={"name": "together", "tags_required": False})
    queue = Kind(task, KINDS["free-text"].inputs, KINDS["free-text"].output, rows=ROWS).opened(house.project)
    password = people.invite(house.project, "second", "annotator", [house.project.name])
    cards = []
    for name, word in ((PERSON, house.password), ("second", password)):
        person = Person(browser, house.app_url)
        person.sign_in(name, word)
        person.go("review", f"?task={task.name}")
        person.page.locator(".input .title").wait_for()
        cards.append(Card(person, ()))
    for _ in range(EACH):
        shown = [card.title for card in cards]
        assert shown[0] != shown[1]
        for card, title in zip(cards, shown, strict=True):
            card.page.keyboard.press("a")
            expect(card.page.locator(".input .title")).not_to_have_text(title)
    for card in cards:
        card.saved()
        card.person.reported_nothing()
    stored = list(argilla_client.connect(house.project).responses(queue.argilla_id))
    assert len({each.external_id for each in stored}) == len(stored) == 2 * EACH
    assert sorted({each.username for each in stored}) == sorted([PERSON, "second"])
