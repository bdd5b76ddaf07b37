"""kill -9 of every part of the running product, in the middle of its work; nothing acknowledged is lost."""

from __future__ import annotations

import os
import signal
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import orjson
import pytest

from curation import corpus, datasets, labelling, prompts, queues, review_form, teachers
from curation.prompts import Prompt
from curation.queues import Queue
from curation.reviews import scripted
from curation.sample import product_categories as sample
from curation.teachers import OpenAITeacher
from storage import argilla_client, artifacts, jobs
from storage.jobs import Job
from tests.faults import person as people
from tests.faults.house import LIMIT_S, House, started, until, with_listings
from tests.faults.person import Person
from tests.servers import ChatServer, Reply, Request, answer, chat_server
from tests.training import small
from training import runs

pytestmark = [pytest.mark.slow, pytest.mark.argilla, pytest.mark.timeout(400)]
TASK = sample.NAME
ANSWERED_BEFORE_THE_KILL = 40
DECISIONS = 30


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    with started() as running:
        yield running


@dataclass(frozen=True)
class Labelled:
    """How labelling went: what was stored when the kill fell, and what was asked before and after it."""

    prompt: Prompt
    job: Job
    stored: frozenset[str]
    asked_before: list[str]
    asked_after: list[str]
    workers: tuple[int, int]


@pytest.fixture(scope="module")
def labelled(house: House) -> Iterator[Labelled]:
    """A teacher that falls silent after some answers; then its worker is killed, and it speaks again."""
    project, prompt = house.project, with_listings(house)
    killed = threading.Event()

    def behave(request: Request, number: int) -> Reply:
        said = answer(sample.LABELS[len(request.question) % len(sample.LABELS)])
        late = number > ANSWERED_BEFORE_THE_KILL
        return Reply(said.status, said.body, hold=killed) if late else said

    with chat_server(behave) as server:
        teachers.save(project, teacher(server))
        worker = house.pid("worker-cpu")
        job = labelling.start(project, TASK, prompt.number, "slow", "owner")
        until(lambda: len(server.requests) >= ANSWERED_BEFORE_THE_KILL + 4)  # all hands wait for an answer
        until(lambda: len(stored(house, job)) == ANSWERED_BEFORE_THE_KILL)
        house.kill_worker_and_job(worker, job.job_id)
        kept, before = frozenset(stored(house, job)), [each.question for each in server.requests]
        killed.set()
        ended = jobs.wait(project, job.job_id, LIMIT_S)
        after = [each.question for each in server.requests[len(before) :]]
        yield Labelled(prompt, ended, kept, before, after, (worker, house.pid("worker-cpu")))


def teacher(server: ChatServer) -> OpenAITeacher:
    return OpenAITeacher(name="slow", base_url=server.url, model="teacher-large", key_env="", concurrency=4)


def stored(house: House, job: Job) -> list[str]:
    """The records whose answer the job has on disk."""
    found = list(jobs.folder(house.project, job.job_id).glob("answers-*.jsonl"))
    lines = found[0].read_bytes().splitlines() if found else []
    return [orjson.loads(line)["record_id"] for line in lines]


def test_labelling_ends_by_itself_after_its_worker_was_killed_and_asks_for_nothing_stored_again(
    house: House, labelled: Labelled
) -> None:
    assert labelled.job.status == "succeeded", labelled.job.error
    assert labelled.job.attempt == 2
    assert labelled.workers[0] != labelled.workers[1]
    trainable = {record.record_id: record for record in corpus.read(house.project, TASK).trainable}
    question = {
        prompts.render(labelled.prompt, record.inputs).text: name for name, record in trainable.items()
    }
    assert len(question) == len(trainable) > 100
    asked_again = [question[said] for said in labelled.asked_after]
    assert len(labelled.stored) == ANSWERED_BEFORE_THE_KILL
    assert set(asked_again) == set(trainable) - labelled.stored
    assert max(Counter(asked_again).values()) == 1
    (manifest,) = artifacts.listing(house.project, "labels", TASK)
    rows = artifacts.read_table(manifest, "labels.parquet").to_pylist()
    assert sorted(row["record_id"] for row in rows) == sorted(trainable)
    assert all(row["output"] for row in rows)


@pytest.fixture(scope="module")
def queue(house: House, labelled: Labelled) -> Queue:
    return queues.open_queue(house.project, TASK, labelled.prompt.number, "owner")


@pytest.fixture(scope="module")
def person(house: House, queue: Queue) -> Iterator[Person]:
    with people.signed_in(house, queue.name) as entered:
        yield entered


@pytest.mark.parametrize("service", ["argilla", "app"])
def test_decisions_taken_while_a_service_is_killed_are_each_stored_once(
    house: House, queue: Queue, person: Person, service: str
) -> None:
    before = house.pid(service)
    with person.deciding(DECISIONS) as warm:
        warm.wait(LIMIT_S)
        os.kill(before, signal.SIGKILL)
    assert_each_stored_once(house, queue, person)
    assert house.pid(service) != before


def test_decisions_outlive_a_kill_of_everything_and_go_on_after_the_next_up(
    house: House, queue: Queue, person: Person
) -> None:
    with person.deciding(DECISIONS) as warm:
        warm.wait(LIMIT_S)
        acknowledged = dict(person.acknowledged)
        assert house.kill_everything() > 6
        assert house.up()["first_password"] is None
        assert {name: person.acknowledged[name] for name in acknowledged} == acknowledged
        assert set(acknowledged) <= set(in_argilla(house, queue))
    assert_each_stored_once(house, queue, person)


def in_argilla(house: House, queue: Queue) -> dict[str, tuple[str, str, str | None, str]]:
    """What stands, by client id: record, decision, output, note. Two of one client id are a failure."""
    found = {}
    for response in argilla_client.connect(house.project).responses(queue.argilla_id):
        read = review_form.read(response.values, response.status)
        assert read.provenance.client_id not in found
        assert (response.username, response.status) == ("owner", "submitted")
        found[read.provenance.client_id] = (response.external_id, read.decision, read.output, read.note)
    return found


def assert_each_stored_once(house: House, queue: Queue, person: Person) -> None:
    sent = {
        body["client_id"]: (body["record_id"], body["decision"], body["output"], body["note"])
        for body in person.sent
    }
    assert in_argilla(house, queue) == sent
    assert set(person.acknowledged) == set(sent)
    assert len({row[0] for row in sent.values()}) == len(sent)


def test_training_ends_by_itself_after_its_worker_was_killed_with_one_run_and_no_step_backwards(
    house: House, queue: Queue
) -> None:
    project = house.project
    scripted.review(project, queue.name, leave=0)
    version = datasets.freeze(project, TASK, created_by="owner")
    assert version.version == "v0001"
    base = small.base(house.folder / "base")
    worker = house.pid("worker-gpu")
    config = small.config(base, max_steps=100)
    job = runs.start(project, TASK, version.version, config, "owner")

    until(lambda: any(each.step > 20 for each in runs.events(project, job.job_id)))
    house.kill_worker_and_job(worker, job.job_id)
    before = runs.events(project, job.job_id)
    until(lambda: jobs.get(project, job.job_id).status in ("interrupted", "waiting"))
    ended = jobs.wait(project, job.job_id, 2 * LIMIT_S)

    assert ended.status == "succeeded", ended.error
    assert ended.attempt == 2
    (run,) = runs.listing(project, TASK)
    assert ended.artifact == run.manifest.reference
    assert run.steps == 100
    events = runs.events(project, run.run_id)
    steps = [each.step for each in events]
    assert steps == sorted(steps)
    (resumed,) = [each for each in events if each.event == "note" and "Resumed" in (each.text or "")]
    assert resumed.step >= 10
    kept = [each for each in before if each.step <= resumed.step]
    assert events[: len(kept)] == kept
    trained = Counter(each.step for each in events if each.event == "train")
    assert max(trained.values()) == 1
    assert artifacts.verify(project) == []
