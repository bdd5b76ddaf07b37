"""From a pile of messages to an export, at the browser: import, cleaning, redaction, clusters, version, diff.

Once on some hundred messages in every run, and once on a million with the long rounds.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Browser, expect

from curation import datasets, duplicates, imports, labelling, overview, prompts, queues, tasks, teachers
from curation.datasets import leakage
from curation.sample.product_categories import TEACHER_TERMS
from storage import jobs, views
from storage.services import postgres
from tests.faults.house import until
from tests.journey import pile
from tests.journey.conftest import PERSON, House
from tests.journey.person import Person
from tests.journey.pile import NAME

pytestmark = [pytest.mark.browser, pytest.mark.argilla, pytest.mark.slow]

HERE = f"?task={NAME}"
FIRST, MORE, VERY_MANY = 900, 400, 1_000_000
REVIEWED, CHANGED = 400, 20


@pytest.mark.timeout(900)
def test_a_pile_of_messages_becomes_a_dataset_that_is_exported(
    house: House, browser: Browser, tmp_path: Path
) -> None:
    walked(house, browser, tmp_path, MORE, limit_ms=120_000, name="")


@pytest.mark.soak
@pytest.mark.timeout(5_400)
def test_the_same_way_is_walked_with_a_million_messages(
    house: House, browser: Browser, tmp_path: Path
) -> None:
    walked(house, browser, tmp_path, VERY_MANY, limit_ms=2_400_000, name="-million")


def walked(house: House, browser: Browser, folder: Path, more: int, *, limit_ms: int, name: str) -> None:
    """The whole way: some messages to a first version, `more` of them to the next; every page is shot."""
    person = Person(browser, house.app_url)
    person.page.set_default_timeout(max(30_000, limit_ms // 4))
    person.sign_in(PERSON, house.password)
    tasks.create(house.project, pile.TASK)
    recipe_and_policy(person, name)
    imported(person, house, pile.written(folder / "messages.jsonl", FIRST), limit_ms, "")
    clustered(person, house, limit_ms, "")
    reviewed(house)
    first = frozen(person, house, "", limit_ms)
    imported(person, house, pile.written(folder / "more.jsonl", more, seed=6), limit_ms, name)
    clustered(person, house, limit_ms, name)
    answered_otherwise(house)
    second = frozen(person, house, name, limit_ms)
    assert (first, second) == ("v0001", "v0002")
    compared(person, name)
    without_leaks(person, house, second, limit_ms, name)
    exported(person, house, second, folder, name)
    for page in ("home", "explore", "labels"):
        person.go(page, HERE)
    person.reported_nothing()


def recipe_and_policy(person: Person, name: str) -> None:
    """Texts from the web, e-mail addresses by pseudonyms, before anything is imported."""
    person.go("preparing", HERE)
    person.press("preparing.start.1")
    person.settled()
    person.page.get_by_text("Redaction", exact=True).click()
    person.settled()
    person.widget("preparing.action.email").get_by_role("radio", name="Pseudonym").click()
    person.settled()
    person.photograph(f"curation-policy{name}")
    person.press("preparing.save")
    expect(person.page.get_by_text("Revision 1 holds for every import from now on.")).to_be_visible()


def imported(person: Person, house: House, path: Path, limit_ms: int, name: str) -> None:
    """The file by its path; the columns are recognised, the licence is stated."""
    person.go("import", HERE)
    person.page.get_by_text("A file on this machine").click()
    person.widget("import.path").locator("input").fill(str(path))
    person.page.keyboard.press("Enter")
    expect(person.widget("import.start")).to_be_visible()
    person.settled()
    licence = person.page.get_by_role("combobox", name="Licence")
    licence.click()
    licence.fill("Our own")
    person.page.get_by_role("option", name="Our own text").click()
    expect(licence).to_have_value("Our own text")
    person.photograph(f"curation-import{name}")
    ended(house, "import", lambda: person.press("import.start"), limit_ms)
    person.go("import", HERE)
    person.photograph(f"curation-imported{name}")
    past = next(each for each in imports.listing(house.project, NAME) if each.file == path.name)
    assert past.read == len(path.read_bytes().splitlines()) > past.new > 0.8 * past.read
    said = views.rows(house.project, "SELECT inputs FROM records LIMIT 5000", task=NAME)
    texts = "\n".join(json.loads(row["inputs"])["text"] for row in said)
    assert "<p>" not in texts
    assert "Ã" not in texts
    assert "@example.org" not in texts
    assert "+44 20 7946" not in texts
    assert "[email " in texts
    assert "[phone]" in texts
    person.go("preparing", HERE)
    person.photograph(f"curation-cleaning{name}")


def clustered(person: Person, house: House, limit_ms: int, name: str) -> None:
    """A search for copies, and another copy kept than it chose."""
    person.go("duplicates", HERE)
    ended(house, "duplicates", lambda: person.press("duplicates.start"), limit_ms)
    person.go("duplicates", HERE)
    searched = duplicates.summary(house.project, NAME)
    assert searched is not None
    assert searched.new_records == 0
    seen = overview.read(house.project, NAME)
    assert seen.searched.copies > 0.03 * seen.imported.records
    person.widget("duplicates.tick*").nth(1).locator("label").click()
    person.settled()
    person.press("duplicates.keep")
    expect(person.page.get_by_text("Said, and remembered for every later search.")).to_be_visible()
    person.photograph(f"curation-duplicates{name}")


def reviewed(house: House) -> None:
    """The first records labelled by the teacher in the file and approved by a person, in Argilla."""
    project = house.project
    teachers.save(project, teachers.parse(
        {"kind": "recorded", "name": "recorded", "column": "teacher", **TEACHER_TERMS}
    ))  # fmt: skip
    prompt = prompts.create(
        project, NAME, system="You sort messages.", template="{text}\nKind:", reason="first",
        created_by=PERSON,
    )  # fmt: skip
    labelled = labelling.start(project, NAME, prompt.number, "recorded", PERSON)
    assert jobs.wait(project, labelled.job_id, 1_800).status == "succeeded"
    queue = queues.open_queue(project, NAME, prompt.number, PERSON)
    with psycopg.connect(postgres.connection_string(project, "argilla"), autocommit=True) as connection:
        connection.execute(_APPROVED, (queue.argilla_id, REVIEWED))


def answered_otherwise(house: House) -> None:
    """Some of the answers become others."""
    (queue,) = queues.listing(house.project, NAME)
    with psycopg.connect(postgres.connection_string(house.project, "argilla"), autocommit=True) as connection:
        assert connection.execute(_OTHERWISE, (queue.argilla_id, CHANGED)).rowcount == CHANGED


_APPROVED = """
INSERT INTO responses (id, values, status, record_id, user_id, inserted_at, updated_at)
SELECT gen_random_uuid(), '{"decision": {"value": "approved"}}', 'submitted', id,
       (SELECT id FROM users WHERE username = 'owner'), now(), now()
FROM (SELECT id FROM records WHERE dataset_id = %s ORDER BY external_id LIMIT %s) AS first
"""
_OTHERWISE = """
UPDATE responses SET updated_at = now(), values = jsonb_set(jsonb_set(values::jsonb,
    '{decision}', '{"value": "corrected"}'), '{output}', '{"value": "praise"}')::json
WHERE id IN (SELECT a.id FROM responses AS a JOIN records AS r ON r.id = a.record_id
             WHERE r.dataset_id = %s ORDER BY r.external_id LIMIT %s)
"""


def frozen(person: Person, house: House, name: str, limit_ms: int) -> str:
    """The next version, and its page."""
    person.go("datasets", HERE)
    counted = person.widget("datasets.count")
    if counted.count():
        person.press("datasets.count")
        person.settled()
    person.press("datasets.freeze")
    expect(person.page.get_by_text("Frozen as v")).to_be_visible(timeout=limit_ms)
    version = datasets.listing(house.project, NAME)[-1].version
    person.go("datasets", HERE)
    person.photograph(f"curation-datasets{name}")
    return version


def compared(person: Person, name: str) -> None:
    """What differs from the version before."""
    person.go("datasets", f"{HERE}&version=v0002&show=compare")
    expect(person.widget("stat_changed")).to_be_visible()
    person.photograph(f"curation-compared{name}")


def without_leaks(person: Person, house: House, version: str, limit_ms: int, name: str) -> None:
    """No row stands in two splits, nor nearly so."""
    person.go("datasets", f"{HERE}&version={version}&show=leakage")
    ended(house, "leakage", lambda: person.press("datasets.leaks"), limit_ms)
    person.go("datasets", f"{HERE}&version={version}&show=leakage")
    person.photograph(f"curation-leakage{name}")
    assert leakage.crossing(datasets.rows(house.project, NAME, version)).none


def exported(person: Person, house: House, version: str, folder: Path, name: str) -> None:
    """The rows leave as the formats say; nothing stands against them."""
    person.go("exports", HERE)
    person.photograph(f"curation-exports{name}")
    with person.page.expect_download() as waiting:
        person.page.locator(f'a[href*="/downloads/{NAME}/{version}/messages"]').click()
    path = folder / "messages-out.jsonl"
    waiting.value.save_as(path)
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    stands = datasets.get(house.project, NAME, version)
    assert len(rows) == stands.rows["train"]
    assert {row["messages"][-1]["role"] for row in rows} == {"assistant"}


def ended(house: House, kind: str, press: Callable[[], None], limit_ms: int) -> None:
    """Press a button, wait until its job is there, and until it has ended."""

    def found() -> dict[str, jobs.Job]:
        return {job.job_id: job for job in jobs.listing(house.project, task=NAME) if job.kind == kind}

    before = found()
    press()
    until(lambda: len(found()) > len(before))
    (mine,) = found().keys() - before.keys()
    done = jobs.wait(house.project, mine, limit_ms / 1000)
    assert done.status == "succeeded", done.error
