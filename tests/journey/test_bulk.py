"""The bulk page in a real browser: chosen by keyboard, decided together, taken back, and a dying app."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect

from curation import prompts, queues, tasks, teachers
from curation.queues import Queue
from curation.tasks import ErrorTag, TagRule, Task
from storage import argilla_client, artifacts, schemas
from storage.argilla_client import StoredResponse
from storage.argilla_client.review_shape import read_answer
from storage.project import Project
from tests.curation import sample_task
from tests.journey import axe
from tests.journey.conftest import PERSON, House
from tests.journey.person import Person, screenshots
from tests.journey.test_queue_card import comes_back
from ui.actions import labels as act
from ui.cli.answering import who
from ui.cli.following import follow

pytestmark = [pytest.mark.browser, pytest.mark.argilla, pytest.mark.slow, pytest.mark.timeout(600)]

ROWS = 1000
NAME = "bulk-shelf"
TASK = Task(
    name=NAME,
    title="Shelf labels in bulk",
    kind="classification",
    input_columns=("title", "maker"),
    labels=sample_task.LABELS,
    error_tags=(ErrorTag(code="sibling", name="Sibling"), ErrorTag(code="tea", name="Says tea")),
    rules=(TagRule(tag="tea", pattern="tea"),),
    tags_required=True,
    held_out_share=0.0,
)


def opened(project: Project) -> Queue:
    """A thousand records under three labels, the first four of them copies of each other."""
    tasks.create(project, TASK)
    rows = []
    for number in range(ROWS):
        label = sample_task.LABELS[number % 3]
        inputs = {"title": f"{label} no. {number}", "maker": "Tower" if number % 5 else "Lodge & Sons"}
        rows.append(sample_task.record(number, record_id=f"rec_bulk_{number:04d}", inputs=inputs))
    sample_task.publish_records(project, rows, name="rec_bulk", task=NAME)
    prompts.create(project, NAME, system="", template="{title}", reason="first", created_by="demo")
    teachers.save(project, teachers.RecordedTeacher(name="recorded-bulk", column="teacher_v1"))
    follow(project, act.label(project, who("demo"), NAME, 1, "recorded-bulk"), quiet=True)
    queue = queues.open_queue(project, NAME, 1, "demo")
    copies = [f"rec_bulk_{number:04d}" for number in range(4)]
    found = [
        {
            "record_id": record_id, "cluster": 0, "keeper": place == 0, "similarity": 0.95,
            "match": "keeper" if place == 0 else "near", "held_out": False,
        }
        for place, record_id in enumerate(copies)
    ]  # fmt: skip
    with artifacts.draft(project, "duplicates", NAME, "dup_bulk") as draft:
        draft.write_table("clusters.parquet", schemas.from_rows(found, "duplicates"), "duplicates")
        counted = {"records": ROWS, "clusters": 1, "exact": 0, "near": len(copies) - 1, "drawn_out": 0}
        draft.publish(facts={"threshold": 0.9, **counted})
    return queue


@pytest.fixture(scope="module")
def bulk_queue(house: House) -> Queue:
    return opened(house.project)


@pytest.fixture
def person(house: House, bulk_queue: Queue, browser: Browser) -> Person:
    """The owner on the bulk page, with its cells drawn."""
    entered = Person(browser, house.app_url)
    entered.sign_in(PERSON, house.password)
    shown(entered)
    return entered


def shown(person: Person) -> None:
    person.go("bulk", f"?task={NAME}")
    person.page.locator(".cell").first.wait_for()


def answers(house: House, queue: Queue) -> dict[str, StoredResponse]:
    found = list(argilla_client.connect(house.project).responses(queue.argilla_id))
    assert len({each.external_id for each in found}) == len(found)
    return {each.external_id: each for each in found}


def is_saved(page: Page, count: int) -> None:
    expect(page.locator(".saving")).to_have_text(f"saved {count:,}")


def takes_back(page: Page, house: House, queue: Queue) -> None:
    page.keyboard.press("u")
    expect(page.locator(".notice")).to_contain_text("wait again")
    assert answers(house, queue) == {}


def test_copies_are_chosen_by_keyboard_get_one_label_and_one_undo_takes_all_back(
    house: House, bulk_queue: Queue, person: Person
) -> None:
    page = person.page
    page.get_by_label("Duplicate cluster").select_option("copies")
    expect(page.locator(".cell")).to_have_count(4)
    page.locator(".cell").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Shift+End")
    expect(page.locator('.cell[aria-selected="true"]')).to_have_count(4)
    page.get_by_label("The label to set").select_option("Tea")
    page.get_by_role("button", name="Set label").click()
    expect(page.locator(".notice")).to_contain_text("this task asks for one with each correction")
    assert answers(house, bulk_queue) == {}
    page.locator(".acts summary").click()
    page.get_by_label("Sibling").check()
    page.get_by_role("button", name="Set label").click()
    is_saved(page, 4)
    told = [read_answer(each.values) for each in answers(house, bulk_queue).values()]
    assert sorted((each.decision, each.output) for each in told) == [
        ("approved", "Tea"), *[("corrected", "Tea")] * 3,
    ]  # fmt: skip
    assert len({each.provenance.batch for each in told}) == 1
    takes_back(page, house, bulk_queue)
    person.reported_nothing()


def test_a_thousand_cells_are_chosen_at_once_confirmed_decided_and_taken_back(
    house: House, bulk_queue: Queue, person: Person
) -> None:
    page = person.page
    expect(page.locator(".cell")).to_have_count(ROWS)
    page.locator(".all").click()
    expect(page.locator(".shown")).to_contain_text("1,000 chosen")
    page.keyboard.press("d")
    expect(page.locator(".ask")).to_contain_text("This decides 1,000 records at once.")
    assert answers(house, bulk_queue) == {}
    page.get_by_role("button", name="Not yet").click()
    page.get_by_label("Search the records").fill("Lodge")
    expect(page.locator(".cell")).to_have_count(ROWS // 5)
    page.get_by_label("Rule hit").select_option("tea")
    tea = len([number for number in range(0, ROWS, 5) if number % 3 == 2])
    page.get_by_role("button", name="Choose all").click()
    expect(page.locator(".shown")).to_contain_text(f"{tea} chosen")
    page.keyboard.press("d")
    page.get_by_role("button", name=f"Discard all {tea}").click()
    is_saved(page, tea)
    assert len(answers(house, bulk_queue)) == tea
    expect(page.locator(".cell")).to_have_count(0)
    shown(person)  # the undo outlives a reload
    takes_back(page, house, bulk_queue)
    person.reported_nothing()


def test_search_narrows_the_grid_and_a_refused_record_is_listed_with_its_reason(
    house: House, bulk_queue: Queue, person: Person
) -> None:
    page = person.page
    page.get_by_label("Search the records").fill("777")
    expect(page.locator(".cell")).to_have_count(1)
    record_id = "rec_bulk_0777"
    client = argilla_client.connect(house.project)
    argilla_id = client.record_ids(bulk_queue.argilla_id)[record_id]
    page.locator(".cell").click()
    client._http.request(
        "DELETE", f"/datasets/{bulk_queue.argilla_id}/records", parameters={"ids": argilla_id}
    )
    page.locator(".cell").focus()
    page.keyboard.press("a")
    expect(page.locator(".refused li")).to_contain_text("no. 777")
    expect(page.locator(".refused li")).to_contain_text("no record")
    assert answers(house, bulk_queue) == {}


@contextmanager
def stopped(house: House, service: str) -> Iterator[None]:
    """A service that hangs: it is there, and answers nothing."""
    pid = house.pid(service)
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@pytest.mark.parametrize("fault", ["app is killed", pytest.param("argilla hangs", marks=pytest.mark.soak)])
def test_a_batch_cut_in_the_middle_arrives_whole_and_once(
    house: House, bulk_queue: Queue, person: Person, fault: str
) -> None:
    page = person.page
    many = ROWS // 5  # four parts of a batch
    page.get_by_label("Search the records").fill("Lodge")
    expect(page.locator(".cell")).to_have_count(many)
    page.get_by_role("button", name="Choose all").click()
    page.keyboard.press("a")
    page.get_by_role("button", name=f"Approve all {many}").click()
    expect(page.locator(".saving")).to_contain_text("to go")
    if fault == "argilla hangs":
        with stopped(house, "argilla"):
            expect(page.locator(".saving")).to_contain_text("kept in this browser", timeout=60_000)
            assert person.page.locator(".cell").count() == 0
    else:
        os.kill(house.pid("app"), signal.SIGKILL)
        page.goto("about:blank")  # the tab is left with the rest unsent
        comes_back(house)
        shown(person)
    expect(page.locator(".saving")).to_contain_text("saved", timeout=90_000)
    assert len(answers(house, bulk_queue)) == many
    takes_back(page, house, bulk_queue)


def test_the_page_is_photographed_and_has_no_serious_violation(
    house: House, bulk_queue: Queue, person: Person
) -> None:
    page = person.page
    page.get_by_label("Teacher's output").select_option("Tea")
    for place in range(3):
        page.locator(".cell").nth(place).click()
    expect(page.locator(".shown")).to_contain_text("3 chosen")
    found = axe.violations(page, '[class*="st-key-bulk-grid"]')
    assert not found, "\n".join(found)
    photographed(page, "bulk")
    page.emulate_media(color_scheme="dark")
    photographed(page, "bulk-dark", widths=(1280,))
    page.emulate_media(color_scheme="light")
    page.get_by_role("button", name="Choose all").click()
    page.keyboard.press("d")
    expect(page.locator(".ask")).to_be_visible()
    photographed(page, "bulk-ask")
    page.get_by_role("button", name="Not yet").click()
    page.get_by_label("Search the records").fill("nothing-like-this")
    expect(page.locator(".nothing")).to_contain_text("has these words")
    photographed(page, "bulk-empty")
    person.reported_nothing()


def photographed(page: Page, name: str, widths: tuple[int, ...] = (1280, 390)) -> None:
    """What the window shows: a thousand cells are no picture. On a phone nothing sticks out to the right."""
    for width in widths:
        page.set_viewport_size({"width": width, "height": 860})
        page.wait_for_function(f"document.documentElement.clientWidth === {width}")
        page.wait_for_function(f"document.documentElement.scrollWidth <= {width}", timeout=5_000)
        if width == 390:
            expect(page.locator('[data-testid="stSidebar"][aria-expanded="true"]')).to_have_count(0)
        page.wait_for_function("document.getAnimations().every(each => each.playState !== 'running')")
        page.screenshot(path=screenshots() / f"{name}-{width}.png")
    page.set_viewport_size({"width": 1280, "height": 860})
