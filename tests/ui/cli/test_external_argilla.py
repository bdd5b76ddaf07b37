"""A project that uses another one's Argilla, and moves to one of its own, through the console commands."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from curation import review_rows, reviews
from curation.reviews import Decision
from storage import argilla_client, services
from storage import project as projects
from storage.argilla_client import ArgillaClient
from storage.project import Project
from storage.services import orphans, ports, secrets
from tests.folders import open_folder
from tests.ui.cli.commands import answer, understudy

pytestmark = [pytest.mark.slow, pytest.mark.argilla]
LABELS = ("Tea", "Pans", "Lamps")
KEY = "KEY_OF_THE_SHARED_ARGILLA"


@dataclass
class Neighbours:
    """`host` runs an Argilla; `guest` is told its address and an owner's key."""

    host: Project
    guest: Project


@pytest.fixture(scope="module")
def neighbours() -> Iterator[Neighbours]:
    with open_folder() as folder:
        host = projects.create(folder / "host", "host")
        try:
            services.up(host, app=False, workers=False)
            guest = projects.create(folder / "guest", "guest")
            (guest.root / projects.SETTINGS_NAME).write_text(
                f'name = "guest"\n[app]\nport = {ports.free_port()}\n[services]\n'
                f'argilla_url = "{services.addresses(host).argilla_url}"\nargilla_api_key_env = "{KEY}"\n'
            )
            guest = projects.open_project(guest.root)
            os.environ[KEY] = secrets.load(host).owner_api_key
            try:
                yield Neighbours(host, guest)
            finally:
                services.down(guest)
        finally:
            os.environ.pop(KEY, None)
            services.down(host)


def test_it_is_looked_at_before_anything_is_started(
    neighbours: Neighbours, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = ("--project", neighbours.guest.root)
    monkeypatch.setenv(KEY, "not-a-key-of-it")
    refused = answer("up", "--detach", *home, status=2)
    assert f"The key in {KEY} is not one that the Argilla at" in refused["error"]
    assert orphans.find(neighbours.guest) == []
    doctor = answer("doctor", *home, status=2)
    (finding,) = [each for each in doctor["findings"] if each["name"] == "argilla"]
    assert finding["status"] == "missing"
    assert KEY in finding["what"]
    told = understudy("status", *home).stdout
    assert "unusable" in told
    assert "not-a-key-of-it" not in told


def test_the_loop_works_on_it_and_moves_to_an_argilla_of_its_own(
    neighbours: Neighbours, tmp_path: Path
) -> None:
    guest = neighbours.guest
    home = ("--project", guest.root)
    started = answer("up", "--detach", "--no-app", *home)
    assert started["argilla_url"] == services.addresses(neighbours.host).argilla_url
    assert (started["owner"], started["first_password"]) == (None, None)
    states = {each["name"]: each for each in answer("status", *home)["services"]}
    assert (states["argilla"]["status"], states["redis"]["status"]) == ("external", "unneeded")
    assert "as owner (owner), workspace guest" in states["argilla"]["detail"]
    findings = {each["name"]: each for each in answer("doctor", *home)["findings"]}
    assert findings["argilla"]["status"] == findings["redis"]["status"] == "ok"

    queue = loop_up_to_the_queue(guest, tmp_path)
    password = answer("people", "add", "ada", *home)["password"]
    ada = signed_in(guest, "ada", password)
    for card in reviews.next_cards(ada, guest, queue, limit=100)[:8]:
        reviews.submit(ada, guest, Decision(queue, card.argilla_id, "approved", f"{card.record_id}/1"))
    (shown,) = answer("queue", "list", *home)["queues"]
    assert (shown["queue"], shown["completed"]) == (queue, 8)
    frozen = answer("dataset", "freeze", "shelf", *home)
    mirrored = reviews.newest_mirror(guest, "shelf")
    assert len(review_rows.of(mirrored)) == 8

    exported = answer("argilla", "export", tmp_path / "export", *home)
    assert exported["workspace"] == "guest"
    assert [(each["records"], each["responses"]) for each in exported["queues"]] == [(shown["total"], 8)]
    assert answer("down", *home)["stopped"] == 3  # postgres and two workers

    path = guest.root / projects.SETTINGS_NAME
    path.write_text("".join(line for line in path.read_text().splitlines(True) if "argilla" not in line))
    own = projects.open_project(guest.root)
    assert answer("up", "--detach", "--no-app", "--no-workers", *home)["owner"] == "owner"
    text = understudy("argilla", "import", tmp_path / "export", *home).stdout
    assert "read again, it holds what the export says" in text
    assert "shown this once" in text
    new_password = next(line.split()[2] for line in text.splitlines() if line.startswith("ada "))
    again = answer("argilla", "import", tmp_path / "export", *home)
    assert [(each["new_records"], each["new_responses"]) for each in again["queues"]] == [(0, 0)]
    assert again["accounts"]["new"] == []

    assert answer("queue", "list", *home)["queues"] == [shown]
    assert reviews.mirror(own, "shelf") is None
    assert reviews.newest_mirror(own, "shelf") == mirrored
    assert answer("dataset", "freeze", "shelf", *home)["sha256"] == frozen["sha256"]
    ada = signed_in(own, "ada", new_password)
    (card, *_) = reviews.next_cards(ada, own, queue, limit=100)
    reviews.submit(ada, own, Decision(queue, card.argilla_id, "approved", f"{card.record_id}/1"))
    assert len(review_rows.of(reviews.mirror(own, "shelf"))) == 9


def signed_in(project: Project, username: str, password: str) -> ArgillaClient:
    token = argilla_client.connect(project).sign_in(username, password)
    return argilla_client.connect(project, token=token)


def loop_up_to_the_queue(project: Project, folder: Path) -> str:
    """Task, file, teacher, prompt, labels and the review queue, by commands; the queue's name."""
    home = ("--project", project.root)
    path = folder / "shelf.csv"
    with path.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(("title", "teacher"))
        writer.writerows((f"{LABELS[n % 3]} number {n}", LABELS[n % 3]) for n in range(40))
    answer("task", "add", "shelf", "--input", "title", "--labels", ",".join(LABELS), *home)
    answer("import", "shelf", path, "--input", "title=title", "--extra", "teacher", *home)
    answer("teacher", "add", "recorded", "--column", "teacher", *home)
    answer("prompt", "add", "shelf", "--template", "Which shelf? {title}", *home)
    answer("label", "shelf", "--prompt", "1", "--teacher", "recorded", *home)
    return str(answer("queue", "open", "shelf", "--prompt", "1", *home)["queue"])
