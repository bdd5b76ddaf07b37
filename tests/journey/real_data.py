"""Review a hundred rows of each of two published data sets through the real page, by a script at the keys.

    python -m tests.journey.real_data BANKING77_FOLDER MTS_DIALOG_FOLDER

banking77 (Casanueva et al. 2020, CC BY 4.0; `banking_data/train.csv` and `test.csv`): 77 intents. Its
teacher is a linear model on words, fitted on the training rows; where it errs the script types the right
intent. MTS-Dialog (Ben Abacha et al. 2023, CC BY 4.0; `MTS-Dialog-TrainingSet.csv`): conversations of
doctors and patients; the script mends a doctor's turn of every fourth, discards every tenth. What Argilla
holds in the end is compared with what was decided. Prints one JSON object.
"""

from __future__ import annotations

import csv
import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect, sync_playwright
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from curation import imports, labelling, outputs, prompts, queues, tasks, teachers
from curation.imports.mapping import ColumnMapping
from curation.queues import Queue
from curation.tasks import Task
from curation.teachers import RecordedTeacher
from storage import argilla_client, jobs
from storage.argilla_client.review_shape import read_answer
from tests import chromium
from tests.faults.house import House, started
from tests.journey.card import Card
from tests.journey.person import Person

REVIEWED, IMPORTED = 100, 150
BANKING, TALKS = "banking77", "mts-dialog"
SPEAKERS = {"Doctor": "assistant", "Guest_clinician": "assistant", "Patient": "user", "Guest_family": "user"}
Row = dict[str, str]
Decide = Callable[[Page, int], tuple[str, str]]


def read(path: Path, limit: int | None = None) -> list[Row]:
    """The rows of a CSV file."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))[:limit]


def banking(folder: Path) -> tuple[Task, list[Row]]:
    """The task, and questions with a guessed intent; every twentieth test row, so that all intents occur."""
    training, asked = read(folder / "banking_data/train.csv"), read(folder / "banking_data/test.csv")[::20]
    words = TfidfVectorizer(sublinear_tf=True)
    model = LogisticRegression(max_iter=300, C=10)
    model.fit(words.fit_transform([row["text"] for row in training]), [row["category"] for row in training])
    guessed = model.predict(words.transform([row["text"] for row in asked]))
    labels = sorted({row["category"] for row in training})
    task = Task(
        name=BANKING, title="Banking intents", input_columns=("text",), labels=labels, held_out_share=0
    )
    rows = [
        {"text": row["text"], "teacher": str(guess), "right": row["category"]}
        for row, guess in zip(asked, guessed, strict=True)
    ]
    return task, rows[:IMPORTED]


def talks(folder: Path) -> tuple[Task, list[Row]]:
    """The task, and the conversation that belongs to each section of a note."""
    task = Task(
        name=TALKS, title="Conversations", kind="chat", speakers=SPEAKERS, held_out_share=0,
        input_columns=("note", "section"), shown_as={"note": "text", "section": "title"},
    )  # fmt: skip
    rows = read(folder / "MTS-Dialog-TrainingSet.csv", IMPORTED)
    named = [(f"{row['section_header']} {row['ID']}", row) for row in rows]
    return task, [
        {"note": row["section_text"], "section": section, "teacher": row["dialogue"]}
        for section, row in named
    ]


def opened(house: House, task: Task, rows: list[Row]) -> Queue:
    """The task with its rows labelled by the recorded teacher, before reviewers."""
    project = house.project
    tasks.create(project, task)
    path = house.folder / f"{task.name}.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    mapping = ColumnMapping(inputs={name: name for name in task.input_columns}, extras=("teacher",))
    imports.import_file(project, task.name, path, mapping, imported_by="owner")
    teachers.save(project, RecordedTeacher(name="recorded", column="teacher"))
    template = "\n".join(f"{{{name}}}" for name in task.input_columns)
    made = prompts.create(
        project, task.name, system="Answer.", template=template, reason="first", created_by="owner"
    )
    job = labelling.start(project, task.name, made.number, "recorded", "owner")
    assert jobs.wait(project, job.job_id, 300).status == "succeeded"
    return queues.open_queue(project, task.name, made.number, "owner")


def decide_intent(right: dict[str, str]) -> Decide:
    """Approve what is right; else type the right intent and save."""

    def decide(page: Page, number: int) -> tuple[str, str]:
        text = page.locator(".input .title").inner_text()
        given = page.locator(".label .given").inner_text()
        wanted = right[" ".join(text.split())]
        if given == wanted:
            page.keyboard.press("a")
            return "approved", given
        page.keyboard.press("e")
        page.keyboard.type(wanted)
        page.keyboard.press("Enter")
        expect(page.locator('.choice[aria-selected="true"]')).to_have_count(1)
        page.keyboard.press("s")
        return "corrected", wanted

    return decide


def decide_talk(page: Page, number: int) -> tuple[str, str]:
    """Discard every tenth, mend the first doctor's turn of every fourth, approve the rest."""
    if number % 10 == 9:
        page.keyboard.press("d")
        return "discarded", ""
    if number % 4 == 3:
        page.keyboard.press("e")
        page.keyboard.type(" Please.")
        page.keyboard.press("Control+Enter")
        return "corrected", " Please."
    page.keyboard.press("a")
    return "approved", ""


def reviewed(house: House, person: Person, queue: Queue, decide: Decide) -> dict[str, Any]:
    """A hundred decisions at the keys, and what Argilla holds of them."""
    person.go("review", f"?task={queue.task}")
    page = person.page
    title = page.locator(".input .title")
    decided: dict[str, tuple[str, str]] = {}
    began = time.monotonic()
    for number in range(REVIEWED):
        title.wait_for()
        before = title.inner_text()
        with page.expect_request("**/api/reviews") as sent:
            decision = decide(page, number)
        decided[sent.value.post_data_json["record_id"]] = decision
        expect(title).not_to_have_text(before)
    Card(person, ()).saved()
    seconds = time.monotonic() - began
    person.reported_nothing()
    stored = {
        each.external_id: read_answer(each.values)
        for each in argilla_client.connect(house.project).responses(queue.argilla_id)
    }
    assert set(stored) == set(decided)
    task = tasks.get(house.project, queue.task)
    for record_id, (decision, output) in decided.items():
        answer = stored[record_id]
        assert answer.decision == decision, record_id
        if decision != "discarded":
            assert answer.output is not None
            assert outputs.is_valid(task, answer.output)
            assert output in answer.output
    counted = Counter(decision for decision, _ in decided.values())
    return {"rows": len(decided), **counted, "seconds": round(seconds, 1)}


def main(banking_folder: Path, talks_folder: Path) -> None:
    """Both, one after the other in one project."""
    found: dict[str, Any] = {}
    with started() as house, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.executable(), args=chromium.ARGUMENTS)
        person = Person(browser, house.url)
        person.sign_in("owner", house.password)
        intents, questions = banking(banking_folder)
        right = {" ".join(row["text"].split()): row["right"] for row in questions}
        found[BANKING] = reviewed(house, person, opened(house, intents, questions), decide_intent(right))
        conversations, notes = talks(talks_folder)
        found[TALKS] = reviewed(house, person, opened(house, conversations, notes), decide_talk)
        person.page.go_back()
        browser.close()
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
