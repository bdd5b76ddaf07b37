"""A disk that fills under PostgreSQL while people review: said in a sentence, and nothing is lost."""

from __future__ import annotations

import os
import random
import re
import shutil
import string
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from curation import labelling, queues, teachers
from curation.queues import Queue
from curation.sample import product_categories as sample
from curation.teachers import RecordedTeacher
from storage import argilla_client, audit, jobs
from storage.services import postgres
from tests.faults.house import LIMIT_S, House, started_in, with_listings
from tests.faults.person import Person, signed_in
from tests.folders import open_folder

pytestmark = [pytest.mark.slow, pytest.mark.argilla]

SIZE_MB = 320
SENTENCE = re.compile(r"disk under .* is full: nothing was stored|does not answer|answered .* with 503")


@pytest.fixture(scope="module")
def disk() -> Iterator[Path]:
    """A small file system of its own."""
    with open_folder() as folder:
        place = folder / "disk"
        place.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE_MB}m,mode=755", "tmpfs", place]
        if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode:
            pytest.skip("mounting a small file system needs root")
        try:
            yield place
        finally:
            subprocess.run(["umount", place], check=True)


@pytest.fixture(scope="module")
def house(disk: Path) -> Iterator[House]:
    """The product, with the whole project on that disk."""
    with started_in(disk) as running:
        yield running


@pytest.fixture(scope="module")
def queue(house: House) -> Queue:
    """The sample's labels before reviewers."""
    project, prompt = house.project, with_listings(house)
    teachers.save(project, RecordedTeacher(name="recorded", column=sample.TEACHER_COLUMN))
    job = labelling.start(project, sample.NAME, prompt.number, "recorded", "owner")
    assert jobs.wait(project, job.job_id, LIMIT_S).status == "succeeded"
    return queues.open_queue(project, sample.NAME, prompt.number, "owner")


@pytest.mark.parametrize("what", ["tables", "write-ahead log"])
def test_answers_on_a_full_disk_are_refused_in_a_sentence_and_stored_once_there_is_room(
    house: House, disk: Path, queue: Queue, what: str
) -> None:
    before = stored(house, queue)
    with signed_in(house, queue.name) as person:
        for _ in range(5):
            person.send(person.decide())
        ballast = filled(disk)
        if what == "write-ahead log":
            use_up_the_log(house)
        refused = [refusal(person, long_note(person.decide(), seed)) for seed in range(5)]
        for answer in refused:
            assert answer.status_code in ((507,) if what == "tables" else (503, 507)), answer.text
            assert SENTENCE.search(answer.json()["what"]), answer.text
            assert answer.json()["next_step"]
        ballast.unlink()
        for body in person.sent[5:]:
            person.send(body)
        for _ in range(5):
            person.send(person.decide())
        acknowledged = {said["record_id"] for said in person.acknowledged.values()}
        assert len(acknowledged) == 15
    assert stored(house, queue) == sorted([*before, *acknowledged])
    assert not audit.verify(house.project).findings


def stored(house: House, queue: Queue) -> list[str]:
    """The records that have an answer, once for each answer."""
    client = argilla_client.connect(house.project)
    return sorted(each.external_id for each in client.responses(queue.argilla_id))


def filled(disk: Path) -> Path:
    """A file that takes all the room there is."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as stream:
        for size in (1 << 20, 1 << 12):
            with suppress(OSError):
                while stream.write(bytes(size)) == size:
                    pass
    assert shutil.disk_usage(disk).free == 0
    return ballast


def use_up_the_log(house: House) -> None:
    """Write until PostgreSQL finds no room for the next segment of its log, and stops."""
    address = postgres.connection_string(house.project, "understudy")
    with psycopg.connect(address, autocommit=True) as connection:
        for _ in range(SIZE_MB):
            try:
                connection.execute("SELECT pg_logical_emit_message(false, 'filling', repeat('x', 1000000))")
            except psycopg.OperationalError:
                return
    pytest.fail("its log found room on a full disk")


def long_note(body: dict[str, Any], seed: int) -> dict[str, Any]:
    """With a note that no page already taken has room for."""
    body["note"] = "".join(random.Random(seed).choices(string.ascii_letters, k=9_000))
    return body


def refusal(person: Person, body: dict[str, Any]) -> httpx.Response:
    """The app's answer while it does not store."""
    answer = person.client.post("/api/reviews", json=body)
    assert answer.status_code != 200, "there was room left"
    return answer
