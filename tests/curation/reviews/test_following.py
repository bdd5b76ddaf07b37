"""The mirror follows our own Argilla's change feed: it finds what reading everything finds."""

from __future__ import annotations

import random
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx
import psycopg
import pytest
from sqlalchemy import update

from curation import queues, reviews
from curation.corpus import table_rows
from curation.queues import Queue
from curation.review_rows import newest_mirror
from curation.reviews import positions, standing
from curation.reviews.standing import Standing
from storage import argilla_client, database
from storage import project as projects
from storage.argilla_client import ArgillaClient, Provenance, ReviewAnswer
from storage.database.tables import mirror_positions
from storage.errors import NotFound, ServiceUnavailable
from storage.project import Project
from storage.services import ports, postgres
from storage.services.secrets import write_private
from tests.argilla_stand import ArgillaStand
from tests.curation import sample_task
from tests.curation.conftest import Person, label

pytestmark = pytest.mark.argilla
TASK = sample_task.NAME
Rows = dict[str, dict[str, Any]]


def read(project: Project, *, everything: bool = False) -> Standing:
    """What a mirror would read now; nothing is written down."""
    previous = newest_mirror(project, TASK)
    with database.engine(project).connect() as connection:
        if everything:
            positions.forget(connection, TASK)
        found = standing.read(
            connection, project, TASK, queues.listing(project, TASK), lambda: mirrored(project),
            previous.artifact_id if previous else "",
        )  # fmt: skip
        connection.rollback()
    return found


def mirrored(project: Project) -> Rows:
    newest = newest_mirror(project, TASK)
    return {row["review_id"]: row for row in table_rows(newest, "reviews")} if newest else {}


def entirely(project: Project, before: Rows) -> Rows:
    """The generation after `before`, made by reading everything."""
    rows = read(project, everything=True).rows
    return rows | {name: {**row, "deleted": True} for name, row in before.items() if name not in rows}


@dataclass
class Crowd:
    """People who do at random what people do, on every queue of the task; every step may be repeated."""

    project: Project
    people: list[ArgillaClient]
    chance: random.Random
    done: dict[str, int] = field(default_factory=dict)

    def act(self) -> None:
        person = self.chance.choice(self.people)
        queue = self.chance.choice(queues.listing(self.project, TASK))
        ids = sorted(argilla_client.connect(self.project).record_ids(queue.argilla_id).values())
        if not ids:
            return
        acts: list[Callable[[ArgillaClient, str], object]] = [
            self.submit, self.submit, self.submit, self.draft, self.discard, self.take_back, self.delete,
        ]  # fmt: skip
        act = self.chance.choice(acts)
        self.done[act.__name__] = self.done.get(act.__name__, 0) + 1
        if act == self.delete:
            self.delete_record(queue, self.chance.choice(ids))
        else:
            act(person, self.chance.choice(ids))

    def submit(self, person: ArgillaClient, record_id: str) -> None:
        decision = self.chance.choice(("approved", "corrected", "discarded"))
        provenance = Provenance(client_id=f"{self.chance.random()}", seconds_spent=self.chance.randint(0, 9))
        output = "Tea" if decision == "corrected" else None
        answer = ReviewAnswer(decision=decision, output=output, provenance=provenance)
        person.submit(record_id, answer.values())

    def draft(self, person: ArgillaClient, record_id: str) -> None:
        person.submit(record_id, {"note": f"{self.chance.random()}"}, status="draft")

    def discard(self, person: ArgillaClient, record_id: str) -> None:
        person.submit(record_id, {}, status="discarded")

    def take_back(self, person: ArgillaClient, record_id: str) -> None:
        own = person.item(record_id).own
        if own is not None:
            person.delete_response(own.state.id)

    def delete(self, person: ArgillaClient, record_id: str) -> None:
        raise AssertionError("records are deleted by the owner")

    def delete_record(self, queue: Queue, record_id: str) -> None:
        if self.chance.random() < 0.3:
            client = argilla_client.connect(self.project)
            client._http.request(
                "DELETE", f"/datasets/{queue.argilla_id}/records", parameters={"ids": record_id}
            )


@pytest.fixture
def reviewed(reviewed: Project, argilla_stand: ArgillaStand) -> Project:
    """The project with the session's Argilla as its own: no address, but its port and its key."""
    path = reviewed.root / projects.SETTINGS_NAME
    lines = [line for line in path.read_text().splitlines() if not line.startswith("argilla_url")]
    path.write_text("\n".join(lines) + "\n")
    opened = projects.open_project(reviewed.root)
    ports.remember(opened, "argilla", argilla_stand.port)
    shared = argilla_stand.project.services_dir / "secrets.json"
    write_private(opened.services_dir / "secrets.json", shared.read_text())
    return opened


@pytest.fixture
def opened(reviewed: Project) -> Project:
    """A main and an overlap queue of 40 records."""
    sample_task.publish_records(
        reviewed, [sample_task.record(number) for number in range(12, 40)], name="rec_b"
    )
    label(reviewed, 2, "Title: {title}")
    queues.open_queue(reviewed, TASK, 2, "owner", overlap_rows=15)
    return reviewed


@pytest.mark.parametrize(
    ("seed", "bursts"), [(1, 7), *(pytest.param(seed, 12, marks=pytest.mark.soak) for seed in (1, 2))]
)
def test_following_and_reading_everything_give_the_same_generations(
    opened: Project, person: Person, argilla_stand: ArgillaStand, seed: int, bursts: int
) -> None:
    crowd = Crowd(opened, [person("ann"), person("ben"), person("cora")], random.Random(seed))
    chain: Rows = {}
    for burst in range(bursts):
        for _ in range(crowd.chance.randint(0, 9)):
            crowd.act()
        if burst % 4 == 3:
            kill_while_somebody_works(crowd, argilla_stand)
        if burst == 6:
            label(opened, 3, "A {title}")
            queues.open_queue(opened, TASK, 3, "owner")
        chain = entirely(opened, chain)
        if burst:
            assert read(opened).followed
        reviews.mirror(opened, TASK)
        assert mirrored(opened) == chain
    assert min(crowd.done.values()) > bursts // 6, crowd.done
    assert reviews.mirror(opened, TASK) is None


def kill_while_somebody_works(crowd: Crowd, stand: ArgillaStand) -> None:
    """kill -9 of Argilla between random moments of two people's work, and its next start."""

    def work(number: int) -> None:
        alone = Crowd(crowd.project, [crowd.people[number]], random.Random(crowd.chance.random()))
        with suppress(ServiceUnavailable):
            for _ in range(8):
                alone.act()

    with ThreadPoolExecutor(2) as pool:
        working = [pool.submit(work, number) for number in range(2)]
        assert stand.process is not None
        with suppress(TimeoutError):
            working[0].result(timeout=crowd.chance.uniform(0.05, 0.4))
        stand.end(signal.SIGKILL)
        for each in working:
            with suppress(NotFound):
                each.result()
    stand.start()


def test_nothing_is_missed_while_many_people_work(opened: Project, person: Person) -> None:
    people = [person(name) for name in ("ann", "ben", "cora", "dan")]
    reviews.mirror(opened, TASK)

    def work(number: int) -> None:
        alone = Crowd(opened, [people[number]], random.Random(number))
        for _ in range(12):
            alone.submit(people[number], alone.chance.choice(ids))

    ids = [
        record_id
        for queue in queues.listing(opened, TASK)
        for record_id in argilla_client.connect(opened).record_ids(queue.argilla_id).values()
    ]
    with ThreadPoolExecutor(4) as pool:
        working = [pool.submit(work, number) for number in range(4)]
        while not all(each.done() for each in working):
            reviews.mirror(opened, TASK)
        for each in working:
            each.result()
    assert read(opened).followed
    reviews.mirror(opened, TASK)
    assert mirrored(opened) == entirely(opened, mirrored(opened))
    assert len(mirrored(opened)) > 20


def test_only_what_changed_is_asked_for(
    opened: Project, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd = Crowd(opened, [person("ann")], random.Random(0))
    (first, second, *_) = person("ann").pending(queues.listing(opened, TASK)[0].argilla_id, 9)
    crowd.submit(person("ann"), first.record_id)
    reviews.mirror(opened, TASK)
    crowd.submit(person("ann"), second.record_id)
    asked: list[set[str]] = []
    whole = ArgillaClient.responses_to

    def noted(self: ArgillaClient, queue_id: str, record_ids: set[str], names: dict[str, str]) -> Any:
        asked.append(set(record_ids))
        return whole(self, queue_id, record_ids, names)

    monkeypatch.setattr(ArgillaClient, "responses_to", noted)
    monkeypatch.setattr(ArgillaClient, "responses", lambda *given: pytest.fail("everything was read"))
    assert reviews.mirror(opened, TASK) is not None
    assert set().union(*asked) == {second.record_id}
    assert len(mirrored(opened)) == 2


def test_a_transaction_that_holds_the_feed_back_hides_no_answer(
    opened: Project, person: Person, argilla_stand: ArgillaStand
) -> None:
    crowd = Crowd(opened, [person("ann")], random.Random(0))
    (first, second, *_) = person("ann").pending(queues.listing(opened, TASK)[0].argilla_id, 9)
    crowd.submit(person("ann"), first.record_id)
    reviews.mirror(opened, TASK)
    with psycopg.connect(postgres.connection_string(argilla_stand.project, "postgres")) as other:
        assert other.execute("SELECT pg_current_xact_id()").fetchone()
        crowd.submit(person("ann"), second.record_id)
        assert not read(opened).followed
        reviews.mirror(opened, TASK)
        assert len(mirrored(opened)) == 2
        other.rollback()
    assert read(opened).followed
    reviews.mirror(opened, TASK)
    assert mirrored(opened) == entirely(opened, mirrored(opened))


@pytest.mark.parametrize(
    "cursor", ["0" * 32 + ".1.1", "{feed}.1.1", "{feed}.9000000000.1", "an older format"]
)
def test_where_the_feed_does_not_reach_back_everything_is_read(
    opened: Project, person: Person, cursor: str
) -> None:
    crowd = Crowd(opened, [person("ann")], random.Random(0))
    (first, second, *_) = person("ann").pending(queues.listing(opened, TASK)[0].argilla_id, 9)
    crowd.submit(person("ann"), first.record_id)
    reviews.mirror(opened, TASK)
    crowd.submit(person("ann"), second.record_id)
    with database.engine(opened).begin() as connection:
        known = positions.of(connection, TASK)
        assert known is not None
        feed = known.cursor.split(".")[0]
        connection.execute(update(mirror_positions).values(cursor=cursor.format(feed=feed)))
    reviews.mirror(opened, TASK)
    assert len(mirrored(opened)) == 2
    assert read(opened).followed


def test_a_person_who_is_called_something_else_now_is_so_in_the_mirror(
    opened: Project, person: Person, argilla_stand: ArgillaStand
) -> None:
    crowd = Crowd(opened, [person("ann")], random.Random(0))
    (first, *_) = person("ann").pending(queues.listing(opened, TASK)[0].argilla_id, 9)
    crowd.submit(person("ann"), first.record_id)
    reviews.mirror(opened, TASK)
    ann = person("ann").me()
    reply = httpx.patch(
        f"{argilla_stand.url}/api/v1/users/{ann.id}",
        json={"username": f"anna-{opened.name}"},
        headers={"X-Argilla-Api-Key": argilla_stand.api_key},
    )
    assert reply.status_code == 200
    reviews.mirror(opened, TASK)
    assert [row["reviewer"] for row in mirrored(opened).values()] == [f"anna-{opened.name}"]


def test_a_kill_between_the_generation_and_its_place_in_the_feed_costs_nothing(
    opened: Project, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd = Crowd(opened, [person("ann")], random.Random(0))
    (first, *_) = person("ann").pending(queues.listing(opened, TASK)[0].argilla_id, 9)
    reviews.mirror(opened, TASK)
    crowd.submit(person("ann"), first.record_id)
    with monkeypatch.context() as killed:
        killed.setattr(positions, "keep", lambda *given: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            reviews.mirror(opened, TASK)
    published = newest_mirror(opened, TASK)
    assert published is not None
    assert reviews.mirror(opened, TASK) is None
    assert newest_mirror(opened, TASK) == published
    assert read(opened).followed
