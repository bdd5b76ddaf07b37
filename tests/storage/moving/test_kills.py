"""`kill -9` of an export or an import at any moment: repeated, it is complete and nothing is there twice."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from storage import argilla_client, moving
from storage.argilla_client import QueueRecord, QueueSpec, Suggestion, review_queue
from storage.project import Project
from tests.storage.moving.conftest import Elsewhere, make_person
from tests.storage.test_disk_full import small_disk as small_disk
from tests.ui.cli.commands import answer, killed

pytestmark = [pytest.mark.argilla, pytest.mark.slow]
RECORDS, ANSWERS = 3000, 400


def spec(project: Project, number: int) -> QueueSpec:
    return review_queue(f"pans-{number}", project.name, input_columns=("title",), labels=("Tea", "Pans"))


@pytest.fixture
def full(reviewed: Project) -> Project:
    """Two queues, one of them with some thousand records and hundreds of answers of three people."""
    client = argilla_client.connect(reviewed)
    people = [make_person(reviewed, f"{name}-{reviewed.name}") for name in ("ann", "ben", "cora")]
    for number, count in enumerate((200, RECORDS)):
        records = [
            QueueRecord(f"rec-{each:05}", {"title": f"Pan {each}"}, {"label_id": f"lab-{each}"},
                        {"output": Suggestion("Pans", agent="teacher")})
            for each in range(count)
        ]  # fmt: skip
        queue_id = client.create_queue(spec(reviewed, number))
        client.add_records(queue_id, records)
        ids = client.record_ids(queue_id)
        for place, person in enumerate(people):
            some = {
                ids[f"rec-{each:05}"]: {"decision": "approved"} for each in range(place, min(count, ANSWERS))
            }
            client.submit_as(person.me().id, queue_id, some)
    return reviewed


def test_killed_again_and_again_it_is_complete_in_the_end_and_nothing_is_twice(
    full: Project, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    folder, log = tmp_path / "export", tmp_path / "log"
    killed(
        ["argilla", "export", str(folder), "-p", str(full.root)],
        lambda: bool(list(tmp_path.glob(".export.part-*/queues/002.records.jsonl"))),
        log,
    )
    assert not folder.exists()
    exported = answer("argilla", "export", folder, "-p", full.root)
    assert [path.name for path in tmp_path.iterdir() if path.name != "log"] == ["export"]
    assert [each["records"] for each in exported["queues"]] == [200, RECORDS]
    assert [each["responses"] for each in exported["queues"]] == [597, 3 * ANSWERS - 3]

    there = elsewhere(full)
    client = argilla_client.connect(there)

    def holds(name: str, least: int) -> Callable[[], bool]:
        def found() -> bool:
            queue = client.queue_named(there.name, name) if client.has_workspace(there.name) else None
            return queue is not None and client.progress(queue.id).total >= least

        return found

    chance = random.Random(7)
    for least in (1, RECORDS // 3, RECORDS):
        name = "pans-0" if least == 1 else "pans-1"
        asked = least if least == RECORDS else chance.randint(1, least)
        killed(["argilla", "import", str(folder), "-p", str(there.root)], holds(name, asked), log)
    made = answer("argilla", "import", folder, "-p", there.root)
    assert sum(each["new_records"] for each in made["queues"]) < RECORDS
    assert [each["records"] for each in made["queues"]] == [200, RECORDS]
    assert [each["content_sha256"] for each in made["queues"]] == [
        each["content_sha256"] for each in exported["queues"]
    ]
    for each in made["queues"]:
        assert client.progress(each["queue_id"]).total == each["records"]
    passwords = {each["username"]: each["password"] for each in made["accounts"]["new"]}
    assert set(passwords) == {f"{name}-{full.name}" for name in ("ann", "ben", "cora")}
    for name, password in passwords.items():
        assert client.sign_in(name, password)
    again = answer("argilla", "import", folder, "-p", there.root)
    assert [(each["new_records"], each["new_responses"]) for each in again["queues"]] == [(0, 0), (0, 0)]
    assert again["accounts"]["new"] == []


def test_a_disk_that_fills_while_exporting_is_one_sentence(full: Project, small_disk: Path) -> None:
    refused = answer("argilla", "export", small_disk / "export", "-p", full.root, status=2)
    assert f"{small_disk} is full; nothing was published" in refused["error"]
    assert list(small_disk.iterdir()) == []


def test_what_changes_while_it_is_exported_is_noticed(
    full: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from storage.errors import Conflict

    client = argilla_client.connect(full)
    queue = client.queue_named(full.name, "pans-1")
    assert queue is not None
    (waiting, *_) = make_person(full, f"dan-{full.name}").pending(queue.id, 1)

    def meddle(told: str) -> None:
        if told.startswith("pans-1"):
            client.submit(waiting.record_id, {"decision": "discarded"})

    with pytest.raises(Conflict, match=r"pans-1' changed while it was exported: 3,000 records and"):
        moving.export(full, tmp_path / "export", tell=meddle)
    assert list(tmp_path.iterdir()) == []
