"""kill -9 of Argilla or PostgreSQL at random moments while people answer; what was acknowledged stays."""

from __future__ import annotations

import os
import random
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait

import pytest

from storage import argilla_client
from storage.argilla_client import QueueRecord, ReviewAnswer, review_queue
from storage.errors import UserError
from storage.services import supervision
from tests.faults.house import LIMIT_S, House, started, until

pytestmark = [pytest.mark.slow, pytest.mark.argilla]

LABELS = ("Kitchen", "Lighting", "Audio")
PEOPLE = 4
ROUND = 80
"""Answers to give, for each kill."""
SERVICES = ("argilla", "postgres")


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    with started() as running:
        yield running


class Answering:
    """Some people who answer every record, each again and again until it is acknowledged."""

    def __init__(self, house: House, queue_id: str, records: dict[str, str]) -> None:
        self.client = argilla_client.connect(house.project)
        self.queue_id = queue_id
        self.acknowledged: dict[str, str] = {}
        self.refused: list[str] = []
        self._waiting = list(records.items())
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(PEOPLE)
        self.people: list[Future[None]] = [self._pool.submit(self._person) for _ in range(PEOPLE)]

    def _person(self) -> None:
        pause = threading.Event()
        while True:
            with self._lock:
                if not self._waiting:
                    return
                external_id, record_id = self._waiting.pop()
            label = LABELS[int(external_id) % len(LABELS)]
            answer = ReviewAnswer(decision="approved", output=label, note=external_id).values()
            for attempt in range(600):
                try:
                    self.client.submit(record_id, answer)
                    break
                except UserError as fault:
                    if attempt == 599:
                        self.refused.append(f"{external_id}: {fault}")
                        raise
                    pause.wait(0.1)
            with self._lock:
                self.acknowledged[external_id] = label

    def join(self) -> None:
        """Wait for the last answer, however many are left, as long as some go through."""
        left = set(self.people)
        while left:
            before = len(self.acknowledged)
            _, left = wait(self.people, LIMIT_S)
            assert not left or len(self.acknowledged) > before, f"nothing was acknowledged for {LIMIT_S} s"
        for person in self.people:
            person.result()
        self._pool.shutdown()


@pytest.mark.parametrize(
    "kills",
    [
        pytest.param(10, marks=pytest.mark.timeout(300)),
        pytest.param(100, marks=[pytest.mark.soak, pytest.mark.timeout(3000)]),
    ],
)
def test_random_kills_of_argilla_and_postgresql_lose_no_acknowledged_answer(house: House, kills: int) -> None:
    chance = random.Random(kills)
    owner = argilla_client.connect(house.project)
    name = f"kills-{kills}"
    spec = review_queue(name, house.project.name, input_columns=("title",), labels=LABELS)
    queue_id = owner.create_queue(spec)
    count = (kills + 1) * ROUND
    owner.add_records(
        queue_id, [QueueRecord(str(number), {"title": f"n {number}"}) for number in range(count)]
    )
    people = Answering(house, queue_id, owner.record_ids(queue_id))
    fell = 0
    for _ in range(kills):
        goal = min(len(people.acknowledged) + chance.randrange(ROUND // 2), count)
        until(lambda goal=goal: len(people.acknowledged) >= goal)  # type: ignore[misc]
        if len(people.acknowledged) < count:
            fell += 1
        kill(house, chance.choice(SERVICES))
    people.join()
    assert not people.refused
    assert fell == kills, "kills fell after the work was done: they show nothing"
    stored: dict[str, str] = {}
    for response in owner.responses(queue_id):
        assert response.external_id not in stored, "stored twice"
        assert response.values["note"] == response.external_id
        stored[response.external_id] = str(response.values["output"])
    assert stored == people.acknowledged
    assert len(stored) == count
    assert owner.progress(queue_id).completed == count


def kill(house: House, service: str) -> None:
    """kill -9 once it runs, then wait until it is another process.

    PostgreSQL may be between two attempts: it does not start beside the children of the one that was killed.
    """
    supervisor = supervision.connect(house.project)
    assert supervisor is not None
    until(lambda: supervisor.states()[service].pid != 0)
    before = supervisor.states()[service].pid
    os.kill(before, signal.SIGKILL)
    until(lambda: supervisor.states()[service].pid not in (0, before))
