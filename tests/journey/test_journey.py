"""The whole loop in a real browser, from the door to the roof, and what its pages look like on the way.

The tests follow each other in a fresh project: first it is empty, then the loop fills it. So they come
before every other test of the journey (`tests/conftest.py`).
"""

from __future__ import annotations

import re
from pathlib import Path

import datasets as hub
import pytest
from playwright.sync_api import Browser, expect

from curation import datasets, tasks
from curation.queues import Queue
from curation.sample import product_categories as sample
from eval import comparisons, evaluations
from storage import argilla_client
from storage.argilla_client.review_shape import DECISIONS, read_answer
from tests.journey.argilla_site import ArgillaSite
from tests.journey.card import Card, Decided
from tests.journey.conftest import PERSON, House
from tests.journey.person import PAGES, Person
from training import runs

pytestmark = [pytest.mark.browser, pytest.mark.argilla, pytest.mark.slow, pytest.mark.timeout(900)]

EPOCHS = "2"
JOB_LIMIT_MS = 400_000
CANDIDATES = ("Student", "Recorded teacher", "TF-IDF")
EMPTY = (
    "review", "agreement", "conflicts", "progress", "datasets", "exports", "train", "evaluate",
    "side-by-side",
)  # fmt: skip
UNTITLED = "—"
CHART = '[data-testid="stVegaLiteChart"]'


def test_every_page_of_an_empty_project_says_what_to_do_first(house: House, browser: Browser) -> None:
    person = Person(browser, house.app_url)
    person.page.goto(house.app_url)
    person.page.wait_for_selector("input[name=username]")
    person.photograph("sign-in")
    person.sign_in(PERSON, house.password)
    for name in PAGES:
        person.go(name)
        if name in EMPTY:
            expect(person.widget("empty_state").get_by_role("link")).to_be_visible()
        person.photograph(f"{name}-empty")
    person.reported_nothing()


def test_the_loop_is_walked_from_sign_in_to_an_export(
    house: House, queue: Queue, browser: Browser, tmp_path: Path
) -> None:
    person = Person(browser, house.app_url)
    person.sign_in(PERSON, house.password)
    before = datasets.preview(house.project, sample.NAME)
    decided = ten_reviews(person, house)
    assert stored(house, queue) == {each.record_id: each for each in decided}
    seen_in_argilla(browser, house, queue, decided)
    frozen(person, house, before, decided)
    trained(person, house)
    evaluated(person, house)
    voted(person, house)
    downloaded(person, house, tmp_path)
    for name in ("home", "import", "duplicates", "labels", "jobs", "people", "audit", "settings", "account"):
        person.go(name)
        person.photograph(name)
    person.reported_nothing()


def ten_reviews(person: Person, house: House) -> list[Decided]:
    """Ten decisions by keyboard; an approval and a discard among them are undone and taken otherwise."""
    person.go("review")
    card = Card(person, tasks.get(house.project, sample.NAME).labels)
    card.page.locator(".input .title").wait_for()
    mine = card.page.locator(".progress")
    expect(mine).to_contain_text("0 by you")
    person.photograph("review")
    card.undo(card.approve())
    first = card.discard()
    card.undo(first)
    decided = [card.approve() if card.given in card.labels else card.correct()]
    decided += [card.correct(), card.discard(), card.correct(1), card.correct(1, 3), card.discard()]
    decided += [card.approve() for _ in range(4)]
    assert {each.decision for each in decided} == {"approved", "corrected", "discarded"}
    card.saved()
    expect(mine).to_contain_text("10 by you")
    person.go("review")
    card.page.locator(".input .title").wait_for()
    assert card.title not in {each.title for each in decided}
    return decided


def stored(house: House, queue: Queue) -> dict[str, Decided]:
    """The owner's answers as Argilla's API gives them, by record."""
    found = {}
    for response in argilla_client.connect(house.project).responses(queue.argilla_id):
        if response.username == PERSON:
            assert response.status == "submitted"
            answer, record = read_answer(response.values), response.external_id
            assert record not in found
            found[record] = Decided("", answer.decision, answer.output or "", answer.error_tags, record)
    return found


def seen_in_argilla(browser: Browser, house: House, queue: Queue, decided: list[Decided]) -> None:
    """Every one of the decisions stands in Argilla's own UI, on the record it was made for."""
    site = ArgillaSite(browser, house.argilla_url)
    site.sign_in(PERSON, house.password)
    site.sees_in_the_list(queue.name)
    waiting = sorted(decided, key=lambda each: each.title == UNTITLED)
    for place in range(1, len(decided) + 1):
        site.open_submitted(queue.argilla_id, place)
        expected = next(each for each in waiting if each.title == UNTITLED or site.shows(each.title))
        waiting.remove(expected)
        wanted = [expected.output, expected.decision] if expected.output else [expected.decision]
        assert site.checked() == wanted, expected.title
    assert not waiting


def frozen(person: Person, house: House, before: datasets.FreezePreview, decided: list[Decided]) -> None:
    """Freeze on the Datasets page; the person's decisions are among the rows, their discards are not."""
    person.go("datasets")
    person.press("datasets.freeze")
    expect(person.widget("sheet_v0001")).to_be_visible()
    person.go("datasets")  # anew, without the notice
    person.photograph("datasets")
    coming = datasets.preview(house.project, sample.NAME)
    made = {word: [each for each in decided if each.decision == word] for word in DECISIONS}
    assert coming.approved == before.approved + len(made["approved"])
    assert coming.corrected == before.corrected + len(made["corrected"])
    assert coming.discarded == before.discarded + len(made["discarded"])
    rows = {row.record_id: row for row in datasets.rows(house.project, sample.NAME, "v0001")}
    for each in decided:
        if each.decision == "discarded":
            assert each.record_id not in rows
        else:
            assert rows[each.record_id].completion == each.output
    assert coming.stands_as == "v0001"


def trained(person: Person, house: House) -> None:
    """Train, the loss falling on the page while the job runs, to the finished run."""
    page = person.page
    person.go("train")
    page.get_by_text("Settings").last.click()
    person.widget("train.epochs").locator("input").fill(EPOCHS)
    page.keyboard.press("Enter")
    person.settled()
    person.press("train.start")
    expect(person.widget("jobs.cancel*")).to_be_visible()
    page.locator(CHART).wait_for(timeout=JOB_LIMIT_MS)
    page.get_by_text(re.compile(r"Answers to validation rows at step [1-9]")).wait_for(timeout=JOB_LIMIT_MS)
    assert not runs.listing(house.project, sample.NAME), "the curve came only with the end of the run"
    person.photograph("train")
    person.widget("sheet_run_*").wait_for(timeout=JOB_LIMIT_MS)
    (run,) = runs.listing(house.project, sample.NAME)
    assert run.created_by == PERSON
    assert run.config.epochs == float(EPOCHS)
    losses = [each.loss for each in runs.events(house.project, run.run_id) if each.event == "validation"]
    assert losses[-1] < losses[0]
    person.press(f"train.open.{run.run_id}")
    expect(page.locator(CHART)).to_be_visible()
    person.sees_no_error()


def evaluated(person: Person, house: House) -> None:
    """Choose three candidates, run them, and read the table and the verdict."""
    page = person.page
    person.go("evaluate")
    choice = person.widget("evaluate.candidates*")
    chips = choice.locator("[data-tag]")
    offered = chips.all_inner_texts()
    for title in offered:
        if not title.startswith(CANDIDATES):
            choice.get_by_role("button", name=f"Remove {title}", exact=True).click()
            expect(chips.filter(has_text=title)).to_have_count(0)
    expect(person.widget("evaluate.start")).to_contain_text("Evaluate 3 candidates")
    person.press("evaluate.start")
    person.settled()
    person.sees_no_error()
    person.widget("verdict").wait_for(timeout=JOB_LIMIT_MS)
    person.settled()
    expect(page.locator(CHART)).to_be_visible()
    person.photograph("evaluate")
    (newest,) = evaluations.listing(house.project, sample.NAME)
    assert sorted(each.spec.kind for each in newest.candidates) == ["adapter", "recorded", "tfidf"]
    table = page.get_by_test_id("stTable")
    for row in evaluations.table(house.project, sample.NAME, newest.evaluation_id):
        expect(table).to_contain_text(f"{100 * row.accuracy.value:.1f}%")


def voted(person: Person, house: House) -> None:
    """Open the blind comparison of teacher and student, vote by key, see the names, go on."""
    page = person.page
    person.go("side-by-side")
    person.press("side_by_side.open")
    sides = page.locator(".side .name strong")
    expect(sides).to_have_text(["A", "B"])
    page.keyboard.press("1")
    expect(page.locator(".side.chosen")).to_have_count(1)
    named = page.locator(".side .name")
    expect(named.filter(has_text="Student")).to_have_count(1)
    expect(named.filter(has_text="Recorded teacher")).to_have_count(1)
    person.settled()
    person.photograph("side-by-side")
    page.keyboard.press("ArrowRight")
    expect(sides).to_have_text(["A", "B"])
    page.keyboard.press("0")
    expect(page.locator(".side .name").filter(has_text="Student")).to_have_count(1)
    (opened,) = comparisons.listing(house.project, sample.NAME)
    cast = comparisons.votes(house.project, opened)
    assert {vote.voter for vote in cast} == {PERSON}
    assert sorted(vote.shown for vote in cast) == ["left", "tie"]
    person.sees_no_error()


def downloaded(person: Person, house: House, folder: Path) -> None:
    """Click an export; what the browser got opens in `datasets` with every training row."""
    person.go("exports")
    expect(person.widget("sheet_standing")).to_contain_text("may leave")
    with person.page.expect_download() as arriving:
        person.page.get_by_text("prompt and completion, JSONL").click()
    path = folder / arriving.value.suggested_filename
    arriving.value.save_as(path)
    opened = hub.load_dataset("json", data_files=str(path), split="train", cache_dir=str(folder / "cache"))
    assert opened.num_rows == datasets.listing(house.project, sample.NAME)[0].rows["train"]
    assert {"prompt", "completion"} <= set(opened.column_names)
    person.go("exports", "?card=v0001")
    person.widget("row_export_0").wait_for()
    expect(person.widget("row_export_0")).to_contain_text(f"by {PERSON}")
    person.photograph("exports")
