"""One project, started through the console script, that the whole journey walks through."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from curation import queues
from curation.sample import product_categories as sample
from storage import database, jobs
from storage import project as projects
from storage.project import Project
from storage.services import ports
from tests import chromium
from tests.folders import open_folder
from tests.ui.cli.commands import answer, understudy
from ui.cli import demo

PERSON = "owner"
expect.set_options(timeout=30_000)  # two cores shared with a job make a slow page, not a wrong one


@dataclass(frozen=True)
class House:
    """The running services: where the app and Argilla's own UI answer, and the owner's first password."""

    project: Project
    app_url: str
    argilla_url: str
    password: str

    def open_a_queue(self) -> queues.Queue:
        """The sample, imported, searched for copies, labelled, and reviewed by its programs."""
        walk = demo.Walk(self.project, quiet=True)
        demo._import(self.project)
        demo._duplicates(walk)
        demo._label(walk)
        demo._review(self.project)
        return queues.get(self.project, queues.queue_name(sample.NAME, 1))

    def pid(self, service: str) -> int:
        """The process of a service."""
        found = answer("status", "--project", self.project.root)["services"]
        return next(int(each["pid"]) for each in found if each["name"] == service)


@pytest.fixture(scope="package")
def house() -> Iterator[House]:
    """`understudy init` and `understudy up --detach` in a fresh folder; `down` at the end.

    All tests of the journey share it, each with its own task or queue.
    """
    with open_folder() as folder:
        root = folder / "demo"
        understudy("init", root)
        try:
            port = ports.free_port()
            told = answer("up", "--detach", "--port", str(port), "--project", root)
            opened = projects.open_project(root)
            yield House(opened, told["app_url"], told["argilla_url"], told["first_password"])
            database.engine(opened).dispose()
            jobs_left = [job.title for job in jobs.listing(opened, active_only=True)]
            assert not jobs_left, jobs_left
        finally:
            understudy("down", "--project", root)


@pytest.fixture(scope="package")
def queue(house: House) -> queues.Queue:
    """The review queue of prompt v1, with records left for a person."""
    return house.open_a_queue()


@pytest.fixture(scope="module")
def chromium_process() -> Iterator[Browser]:
    """Headless Chromium, started once for a file of tests."""
    path = chromium.executable()
    assert path is not None, "no Chromium: run `python tests/chromium.py`"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=chromium.ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def browser(chromium_process: Browser) -> Iterator[Browser]:
    """The browser without any page; what a test opened is closed, with its storage."""
    yield chromium_process
    for context in chromium_process.contexts:
        context.close()
