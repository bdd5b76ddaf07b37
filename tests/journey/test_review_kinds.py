"""Every form of output, reviewed by keyboard on the real page and found again in Argilla.

The tests share one project: the last two go on with the queue of several labels.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Dialog, Page, Request, expect

from curation.queues import Queue
from storage import argilla_client
from storage.argilla_client.review_shape import ReviewAnswer, read_answer
from tests.journey import axe
from tests.journey.card import Card
from tests.journey.conftest import PERSON, House
from tests.journey.kinds import DAMAGES, KINDS, SHELVES, Kind, kind
from tests.journey.person import NARROW, WIDE, Person

pytestmark = [pytest.mark.browser, pytest.mark.argilla, pytest.mark.slow, pytest.mark.timeout(600)]

LONGEST_CHARACTERS = 10_000_000
HOSTILE = (
    '<script>alert("script")</script><img src="http://127.0.0.1:9/remote.png" onerror="alert(1)"> '
    "[press](javascript:alert(2)) ![seen](http://127.0.0.1:9/seen.png) \u202eturned\u202c zero\u200bwidth"
)
ZOOMED = {"width": 640, "height": 430}  # a window of 1280 by 860 at 200 %


@pytest.fixture
def person(house: House, browser: Browser) -> Person:
    """The owner, signed in."""
    entered = Person(browser, house.app_url)
    entered.sign_in(PERSON, house.password)
    return entered


def reviewing(house: House, person: Person, chosen: Kind) -> tuple[Card, Queue]:
    """The review page on the first record of a kind's queue."""
    queue = chosen.opened(house.project)
    person.go("review", f"?task={chosen.task.name}")
    card = Card(person, ())
    card.page.locator(".input .title").wait_for()
    return card, queue


def twin(name: str) -> Kind:
    """The same kind as a task of its own, with a queue nobody has touched."""
    return replace(KINDS[name], task=KINDS[name].task.model_copy(update={"name": f"{name}-twin"}))


def delete_record(house: House, queue: Queue, argilla_id: str) -> None:
    """As somebody may delete it through Argilla's own API."""
    client = argilla_client.connect(house.project)
    client._http.request("DELETE", f"/datasets/{queue.argilla_id}/records", parameters={"ids": argilla_id})


def answers(house: House, queue: Queue) -> list[ReviewAnswer]:
    """What the person answered in a queue, as Argilla has it."""
    client = argilla_client.connect(house.project)
    return [
        read_answer(each.values) for each in client.responses(queue.argilla_id) if each.username == PERSON
    ]


def adds_a_label(page: Page) -> None:
    page.keyboard.press("e")
    page.keyboard.type("topic 55")
    page.keyboard.press("Enter")
    expect(page.locator(".chip")).to_have_count(3)


def shortens_the_text(page: Page) -> None:
    page.keyboard.press("e")
    page.keyboard.type(" of many many many many many many many words")
    expect(page.locator(".field-foot").first).to_contain_text("at most 12 are allowed")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".notice")).to_contain_text("at most 12 are allowed")
    page.keyboard.press("r")
    page.keyboard.press("e")
    page.keyboard.type(" today")
    expect(page.locator(".difference ins")).to_contain_text("today")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".notice")).to_contain_text("error tag")  # this task asks for one


def mends_the_amount(page: Page) -> None:
    amount = page.get_by_label("amount", exact=True)
    amount.fill("much")
    expect(page.locator(".json-editor > .field-foot")).to_contain_text("amount")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".notice")).to_contain_text("amount")
    amount.fill("1300.50")
    expect(page.locator(".json-editor > .field-foot")).to_have_text("fits its schema")
    page.get_by_label("cause", exact=True).select_option("water")
    page.keyboard.press("Escape")


def mends_the_first_turn(page: Page) -> None:
    page.keyboard.press("e")
    page.keyboard.type(" Be exact.")
    page.keyboard.press("Escape")


def finds_among_thousands(page: Page) -> None:
    page.keyboard.press("e")
    first = page.locator(".choice").first
    expect(first.locator(".leaf")).to_have_text("Goods 3-7-20")  # what the teacher said stands first
    page.keyboard.type("9-19-27 aisle")  # words in any order
    expect(first.locator(".leaf")).to_have_text("Goods 9-19-27")
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.locator(".choice.group", has_text="Aisle 8").click()
    page.locator(".choice.group", has_text="Shelf 8-2").first.click()
    expect(page.locator(".trail")).to_contain_text("Aisle 8")
    page.locator(".choice", has_text="Goods 8-2-5").first.click()
    expect(page.locator(".difference .changes")).to_contain_text("8-2-5")


CORRECTED: dict[str, tuple[Callable[[Page], None], str]] = {
    "several-labels": (adds_a_label, '["topic 3", "topic 41", "topic 55"]'),
    "free-text": (shortens_the_text, "A short title for the report today"),
    "json-form": (
        mends_the_amount,
        json.dumps({"claimant": "Jo Blake", "amount": 1300.5, "cause": "water", "damages": DAMAGES}),
    ),
    "conversation": (
        mends_the_first_turn, KINDS["conversation"].output.replace("it hurt?", "it hurt? Be exact."),
    ),
    "5600-labels": (finds_among_thousands, "Aisle 8 > Shelf 8-2 > Goods 8-2-5"),
}  # fmt: skip


@pytest.mark.parametrize("name", KINDS)
def test_a_correction_by_keyboard_stands_in_argilla(house: House, person: Person, name: str) -> None:
    card, queue = reviewing(house, person, KINDS[name])
    page = card.page
    is_usable_by_everybody(person, name)
    change, expected = CORRECTED[name]
    change(page)
    page.keyboard.press("Escape")
    card.tag(1)
    page.keyboard.press("g")
    page.keyboard.press("4")
    page.keyboard.press("5")
    page.get_by_label("Reason for Jargon, optional").fill("an insider's word")
    person.photograph(f"review-{name}")
    first = card.title
    page.keyboard.press("Control+Enter")
    expect(page.locator(".input .title")).not_to_have_text(first)
    card.saved()
    (stored,) = answers(house, queue)
    assert stored.decision == "corrected"
    assert json_or_text(stored.output or "") == json_or_text(expected)
    assert stored.error_tags == ("jargon",)
    person.reported_nothing()


@pytest.mark.parametrize("labels", [("Tea", "Shelf > Coffee"), SHELVES], ids=["few", "thousands"])
def test_a_label_that_the_task_has_not_is_shown_and_is_no_choice(
    house: House, person: Person, labels: tuple[str, ...]
) -> None:
    name = f"invented-of-{len(labels)}"
    card, queue = reviewing(house, person, kind(name, "Coffee", {"title": "A thing"}, labels=labels))
    page = card.page
    expect(page.locator(".given.invalid")).to_have_text("Coffee")
    page.locator(".choice").first.wait_for()
    expect(page.locator('.choice[aria-selected="true"]')).to_have_count(0)
    page.keyboard.press("a")
    expect(page.locator(".pane.label")).to_contain_text("correct or discard it")
    assert not answers(house, queue)
    person.reported_nothing()


def json_or_text(text: str) -> object:
    return json.loads(text) if text[:1] in ("{", "[") else text


def is_usable_by_everybody(person: Person, name: str) -> None:
    """No grave finding of axe's at both widths and in the dark, and nothing sticks out at 200 %."""
    page = person.page
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for size in (WIDE, NARROW):
            page.set_viewport_size(size)
            found = axe.violations(page, axe.CARD)
            assert not found, f"{name}, {scheme}, {size['width']}: {found}"
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(ZOOMED)
    page.wait_for_function("document.documentElement.scrollWidth <= innerWidth")
    page.set_viewport_size(WIDE)


def test_hostile_text_is_shown_and_nothing_runs_or_is_fetched(house: House, person: Person) -> None:
    hostile = replace(kind(
        "hostile", HOSTILE,
        {"title": HOSTILE, "words": HOSTILE, "page": HOSTILE, "long": "a word " * (LONGEST_CHARACTERS // 7)},
        kind="generation", shown_as={"words": "text", "page": "markdown"},
    ), rows=1)  # fmt: skip
    page = person.page
    dialogs: list[Dialog] = []
    asked: list[Request] = []
    page.on("dialog", lambda dialog: dialogs.append(dialog))
    page.on("request", lambda request: asked.append(request))
    card, queue = reviewing(house, person, hostile)
    for place in (".title", ".field .text"):
        shown = page.locator(f".input {place}").first
        expect(shown).to_contain_text('<script>alert("script")</script>')
        expect(shown).to_contain_text("U+202Eturned")
        expect(shown).to_contain_text("zeroU+200Bwidth")
    expect(page.locator(".input .markdown")).to_contain_text("press (javascript:alert(2))")
    assert page.locator(".input a, .input img, .input script").count() == 0
    expect(page.get_by_role("button", name="Show all 9,999,997 characters")).to_be_visible()
    expect(page.locator(".label .editor")).to_have_value(HOSTILE)
    expect(page.locator(".label")).to_contain_text("3 hidden characters in it: U+202E, U+202C, U+200B")
    page.get_by_role("button", name="Take out").click()
    page.keyboard.press("Control+Enter")
    card.saved()
    (stored,) = answers(house, queue)
    assert stored.output == HOSTILE.replace("\u202e", "").replace("\u202c", "").replace("\u200b", "")
    assert not dialogs
    own = (house.app_url, "blob:", "data:")
    assert asked
    assert not [sent.url for sent in asked if not sent.url.startswith(own)]
    person.reported_nothing()


def test_what_is_begun_survives_a_reload_and_undo_goes_back_past_a_discard(person: Person) -> None:
    page = person.page
    person.go("review", "?task=several-labels")
    card = Card(person, ())
    page.locator(".input .title").wait_for()
    adds_a_label(page)
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.keyboard.type("a thought, d and a in it")
    begun = [card.title]
    page.reload()
    expect(page.locator(".input .title")).to_have_text(begun[0])
    expect(page.locator(".note")).to_have_value("a thought, d and a in it")
    expect(page.locator(".chip")).to_have_count(3)
    for key in ("d", "a", "k", "d"):
        page.keyboard.press(key)
        expect(page.locator(".input .title")).not_to_have_text(begun[-1])
        begun.append(card.title)
    for title in reversed(begun[:-1]):
        page.keyboard.press("u")
        expect(page.locator(".input .title")).to_have_text(title)
    expect(page.locator(".note")).to_have_value("a thought, d and a in it")
    card.saved()


def test_a_key_is_changed_and_a_collision_refused(person: Person) -> None:
    page = person.page
    person.go("review", "?task=several-labels")
    title = page.locator(".input .title")
    title.wait_for()
    page.keyboard.press("?")
    page.locator('.key[data-action="review.skip"]').click()
    page.keyboard.press("d")
    expect(page.locator(".keys-foot")).to_contain_text("“D” already stands for “discard the record”")
    page.locator('.key[data-action="review.skip"]').click()
    page.keyboard.press("j")
    person.photograph("review-keys")
    page.reload()
    title.wait_for()
    before = title.inner_text()
    page.keyboard.press("j")
    expect(title).not_to_have_text(before)
    expect(page.locator(".act.skip kbd")).to_have_text("J")
    page.keyboard.press("?")
    page.get_by_role("button", name="Standard keys").click()
    expect(page.locator(".act.skip kbd")).to_have_text("K")


def test_two_tabs_that_decide_differently_meet_in_a_conflict(
    house: House, person: Person, browser: Browser
) -> None:
    page = person.page
    card, queue = reviewing(house, person, twin("conversation"))
    other = Person(browser, house.app_url)
    other.sign_in(PERSON, house.password)
    other.go("review", f"?task={queue.task}")
    expect(other.page.locator(".input .title")).to_have_text(card.title)
    page.keyboard.press("a")
    card.saved()
    other.page.keyboard.press("n")
    other.page.keyboard.type("it is not true")
    other.page.keyboard.press("Escape")
    other.page.keyboard.press("d")
    conflict = other.page.locator(".conflict")
    expect(conflict).to_contain_text("approved")
    expect(conflict).to_contain_text("it is not true")
    expect(conflict).to_contain_text("user: My knee hurts.")  # a conversation reads as one, not as its JSON
    other.photograph("review-conflict")
    assert [each.decision for each in answers(house, queue)] == ["approved"]
    other.page.reload()
    other.page.get_by_role("button", name="Send mine again").click()
    expect(conflict).to_have_count(0)
    Card(other, ()).saved()
    stands = [("discarded", "it is not true")]
    assert [(each.decision, each.note) for each in answers(house, queue)] == stands
    page.keyboard.press("u")
    expect(page.locator(".notice")).to_contain_text("Not taken back")
    expect(page.locator(".notice")).to_contain_text("discarded")
    card.saved()
    assert [(each.decision, each.note) for each in answers(house, queue)] == stands


def test_a_record_deleted_meanwhile_is_said_and_skipped(house: House, person: Person) -> None:
    page = person.page
    card, queue = reviewing(house, person, twin("free-text"))
    first = card.title
    with page.expect_response("**/api/cards*") as fetched:
        page.reload()
    shown = next(each for each in fetched.value.json()["cards"] if each["inputs"]["title"] == first)
    expect(page.locator(".input .title")).to_have_text(first)
    delete_record(house, queue, shown["argilla_id"])
    page.keyboard.press("d")
    expect(page.locator(".notice")).to_contain_text(f"“{first}” was deleted meanwhile")
    expect(page.locator(".input .title")).not_to_have_text(first)
    page.keyboard.press("d")
    card.saved()
    assert [each.decision for each in answers(house, queue)] == ["discarded"]
