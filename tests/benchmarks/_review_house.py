"""The running product with queues of a given size, made by its own steps: import, label, open."""

from __future__ import annotations

import csv
import time
from collections.abc import Sequence

from playwright.sync_api import Page

from curation import imports, labelling, prompts, queues, tasks, teachers
from curation.imports.mapping import ColumnMapping
from curation.queues import Queue
from curation.tasks import Task
from curation.teachers import RecordedTeacher
from storage import jobs
from tests.faults.house import House

LABELS = tuple(f"label-{number:02}" for number in range(12))
TITLE = ".input .title"
WAIT_S = 1800
_MAPPING = ColumnMapping(inputs={"text": "text"}, extras=("teacher",))


def texts(count: int) -> list[str]:
    """The records' texts: each is different, so that the next one is told from the last."""
    return [
        f"listing number {n} sold by shop {n % 997}, {'steel' if n % 2 else 'wooden'}, with lid and handle"
        for n in range(count)
    ]


def opened(
    house: House, name: str, given: Sequence[str], labels: Sequence[str] = LABELS
) -> tuple[Queue, float]:
    """A task with these texts, labelled and put before reviewers; the seconds it took."""
    began = time.monotonic()
    project = house.project
    tasks.create(
        project, Task(name=name, title=name, input_columns=("text",), labels=tuple(labels), held_out_share=0)
    )
    path = house.folder / f"{name}.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["text", "teacher"])
        writer.writerows((text, labels[n % len(labels)]) for n, text in enumerate(given))
    imports.import_file(project, name, path, _MAPPING, imported_by="owner")
    path.unlink()
    teachers.save(project, RecordedTeacher(name="recorded", column="teacher"))
    prompt = prompts.create(
        project, name, system="Label it.", template="{text}", reason="first", created_by="owner"
    )
    job = labelling.start(project, name, prompt.number, "recorded", "owner")
    ended = jobs.wait(project, job.job_id, WAIT_S)
    if ended.status != "succeeded":
        raise RuntimeError(ended.error)
    return queues.open_queue(project, name, prompt.number, "owner"), time.monotonic() - began


def open_page(page: Page, house: House, queue: Queue, username: str = "owner", password: str = "") -> None:
    """Sign in, as the owner where nobody else is named, and open the queue's card."""
    page.goto(house.url)
    page.fill("input[name=username]", username)
    page.fill("input[name=password]", password or house.password)
    page.keyboard.press("Enter")
    page.wait_for_selector("h1")
    page.goto(f"{house.url}/review?task={queue.task}&queue={queue.name}")
    page.locator(TITLE).wait_for()


def press(page: Page) -> None:
    """Approve."""
    page.keyboard.press("a")
