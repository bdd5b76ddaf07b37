"""The Explore page in a browser, over a preset's sample: its sections, its links, both its widths."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from curation import contamination, exploring, imports, labelling, prompts, tasks, teachers
from curation.sample import triage
from curation.sample.preset_samples import SAMPLES, TEACHER
from curation.teachers import RecordedTeacher
from storage import argilla_client, jobs
from storage.jobs import Job
from storage.project import Project
from tests import chromium
from tests.journey.person import Person
from tests.ui.test_server import serving

pytestmark = [pytest.mark.argilla, pytest.mark.browser, pytest.mark.slow]
NAME, PASSWORD = triage.PRESET, "cast-iron-and-tea-4711"


def finished(project: Project, job: Job) -> None:
    done = jobs.run_inline(project, job.job_id)
    assert done.status == "succeeded", done.error


@pytest.fixture
def explored(house: Project, tmp_path: Path) -> Project:
    """The triage sample with its teacher's labels, looked at, and held against a small benchmark."""
    sample = SAMPLES[NAME]
    tasks.create(house, tasks.preset(NAME))
    imports.import_file(house, NAME, sample.write(tmp_path), sample.mapping, imported_by="owner")
    prompts.create(
        house, NAME, system=sample.system, template=sample.template, reason="first", created_by="owner"
    )
    teachers.save(house, RecordedTeacher(name=TEACHER, column=sample.teacher_column))
    finished(house, labelling.start(house, NAME, 1, TEACHER, "owner"))
    for part in ("data", "label_errors", "learning_curve"):
        finished(house, exploring.start(house, NAME, part, "owner", whose="teacher"))  # type: ignore[arg-type]
    rows = [row.complaint for row in triage.rows()]
    asked = [
        rows[3].upper(),
        rows[8][: len(rows[8]) * 9 // 10],
        f"{rows[20]} That was all.",
        "Nobody said this.",
    ]
    path = tmp_path / "benchmark.jsonl"
    path.write_text("".join(json.dumps({"question": each}) + "\n" for each in asked))
    finished(house, contamination.start(house, NAME, path, ["question"], created_by="owner"))
    argilla_client.connect(house).create_user("ines-explores", PASSWORD, "owner", [house.name])
    return house


@pytest.fixture(scope="module")
def chromium_process() -> Iterator[Browser]:
    path = chromium.executable()
    assert path is not None, "no Chromium: run `python tests/chromium.py`"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=chromium.ARGUMENTS)
        yield started
        started.close()


def first_bar_is(person: Person, colour: str) -> None:
    """The first bar of the first chart is painted so, once the page knows its theme."""
    bar = person.page.locator('[data-testid="stVegaLiteChart"] svg .mark-rect path').first
    expect(bar).to_have_css("fill", colour)


def test_the_sections_show_what_was_found_and_lead_to_each_other(
    explored: Project, chromium_process: Browser
) -> None:
    with serving(explored) as address:
        ines = Person(chromium_process, address)
        ines.sign_in("ines-explores", PASSWORD)
        ines.go("explore")
        expect(ines.page.get_by_text("Half are up to")).to_be_visible()
        expect(ines.page.get_by_test_id("stVegaLiteChart").first).to_be_visible()
        ines.photograph("explore")
        first_bar_is(ines, "rgb(14, 95, 91)")
        ines.page.emulate_media(color_scheme="dark")
        ines.go("explore")
        expect(ines.page.get_by_test_id("stVegaLiteChart").first).to_be_visible()
        first_bar_is(ines, "rgb(124, 196, 188)")
        ines.photograph("explore-dark")
        ines.page.emulate_media(color_scheme="light")

        ines.go("explore", "?section=Groups&group=channel")
        expect(ines.page.get_by_text("below equal shares")).to_be_visible()
        ines.photograph("explore-groups")

        ines.go("explore", "?section=Labels")
        ines.page.get_by_text("Given by the teacher").click()
        ines.settled()
        expect(ines.page.get_by_text("Suspects", exact=True)).to_be_visible()
        expect(ines.page.get_by_text("are predicted to add")).to_be_visible()
        ines.photograph("explore-labels")
        ines.page.get_by_text("What is alike").first.click()
        ines.settled()
        expect(ines.widget("explore.alike").locator("input")).not_to_have_value("")
        ines.photograph("explore-alike")

        ines.go("explore", "?section=Contamination")
        expect(ines.page.get_by_text("Row 1 of the file")).to_be_visible()
        ines.photograph("explore-contamination")
        ines.settled()
        ines.widget("contamination.leave_out").get_by_role("button").first.click()
        expect(ines.page.get_by_text("left out of labelling")).to_be_visible()
        ines.press("contamination.take_back")
        expect(ines.page.get_by_text("left out of labelling")).to_have_count(0)
        ines.reported_nothing()
