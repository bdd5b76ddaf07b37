"""Many people answer while an import fills the same queue: nothing lost, nothing twice, nobody refused."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from storage.argilla_client import ArgillaClient, QueueRecord, QueueSpec, ReviewAnswer
from storage.services import postgres
from tests.argilla_stand import ArgillaStand
from tests.storage.argilla.conftest import LABELS

pytestmark = [pytest.mark.argilla, pytest.mark.slow]

PEOPLE = 20


def records(first: int, count: int) -> list[QueueRecord]:
    return [QueueRecord(f"r{number}", {"title": f"n {number}"}) for number in range(first, first + count)]


@pytest.mark.parametrize("each", [10, pytest.param(200, marks=[pytest.mark.soak, pytest.mark.timeout(1800)])])
def test_twenty_people_answer_while_an_import_runs(
    argilla_stand: ArgillaStand, spec: QueueSpec, each: int
) -> None:
    owner = argilla_stand.owner
    people = [argilla_stand.person(f"together-{number}") for number in range(PEOPLE)]
    count = PEOPLE * each
    with argilla_stand.queue(spec) as queue_id:
        owner.add_records(queue_id, records(0, count))
        deadlocks = _deadlocks(argilla_stand)
        ids = list(owner.record_ids(queue_id).values())
        over = threading.Event()

        def importing() -> int:
            added = count
            while not over.is_set():
                owner.add_records(queue_id, records(added, 200))
                added += 200
            return added

        def answering(number: int, person: ArgillaClient) -> None:
            for record_id in ids[number::PEOPLE]:
                answer = ReviewAnswer(decision="approved", output=LABELS[number % 3], note=record_id)
                person.submit(record_id, answer.values())

        with ThreadPoolExecutor(PEOPLE + 1) as pool:
            imported = pool.submit(importing)
            answered = [pool.submit(answering, *told) for told in enumerate(people)]
            try:
                for done in answered:
                    done.result()
            finally:
                over.set()
            total = imported.result()
        stored = list(owner.responses(queue_id))
        assert Counter(response.record_id for response in stored) == Counter(ids)
        assert all(response.values["note"] == response.record_id for response in stored)
        by_person = Counter(response.username for response in stored)
        assert by_person == {f"together-{number}": each for number in range(PEOPLE)}
        progress = owner.progress(queue_id)
        assert (progress.total, progress.completed) == (total, count)
        assert len(owner.record_ids(queue_id)) == total
        assert total > count, "the import never ran beside the answers"
        assert _deadlocks(argilla_stand) == deadlocks


def _deadlocks(stand: ArgillaStand) -> int:
    with psycopg.connect(postgres.connection_string(stand.project, "argilla")) as connection:
        row = connection.execute(
            "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
        ).fetchone()
    assert row is not None
    return int(row[0])
