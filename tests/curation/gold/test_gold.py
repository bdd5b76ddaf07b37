"""Hidden gold: known records among the others, which nothing tells apart, and what they measure."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import timedelta

import pytest

from curation import adjudication, datasets, ordering, queues, review_rows, reviews, tasks
from curation.gold import drift, known, probing, right
from curation.ordering import places
from curation.queues import Queue
from curation.reviews import Card, Decision
from storage import argilla_client
from storage.argilla_client import ArgillaClient
from storage.errors import InvalidInput, NotFound
from storage.identifiers import now
from storage.project import Project
from tests.curation import sample_task
from tests.curation.conftest import Person, label

pytestmark = pytest.mark.argilla
TASK = sample_task.NAME
GOLD = ordering.Handing(gold_share=0.25)


def decide(client: ArgillaClient, project: Project, card: Card, decision: str, **given: object) -> None:
    wanted = Decision(card.queue, card.argilla_id, decision, client_id=card.record_id, **given)  # type: ignore[arg-type]
    reviews.submit(client, project, wanted)


@pytest.fixture
def probed(reviewed: Project, queue: Queue, person: Person) -> Queue:
    """The queue of prompt v2: six records are approved under v1, two of them named as gold."""
    ann = person("ann")
    for card in reviews.next_cards(ann, reviewed, queue.name, 12):
        if card.record_id < "rec_0006":
            decide(ann, reviewed, card, "approved")
    reviews.mirror(reviewed, TASK)
    for record_id, output in (("rec_0000", "Cookware"), ("rec_0001", "Tea")):
        assert right.mark(reviewed, TASK, record_id, "owner", output=output) == output
    label(reviewed, 2, "Title: {title}")
    return queues.open_queue(reviewed, TASK, 2, "owner", handing=GOLD)


def test_known_records_that_were_settled_come_in_until_they_make_the_share(
    reviewed: Project, probed: Queue
) -> None:
    there = argilla_client.connect(reviewed).record_ids(probed.argilla_id)
    assert set(there) == {f"rec_{number:04d}" for number in (0, 1, 6, 7, 8, 9, 10, 11)}  # 2 of 8
    assert {name for _, name in places.probes(reviewed, TASK)} == {"rec_0000", "rec_0001"}
    queues.open_queue(reviewed, TASK, 2, "owner")
    assert set(argilla_client.connect(reviewed).record_ids(probed.argilla_id)) == set(there)


def test_nothing_an_annotator_gets_tells_a_known_record_from_another(
    reviewed: Project, probed: Queue, person: Person
) -> None:
    ben = person("ben")
    cards = {card.record_id: card for card in reviews.next_cards(ben, reviewed, probed.name, 50)}
    assert len(cards) == 8
    gold, other = shape(cards["rec_0000"]), shape(cards["rec_0006"])
    assert gold == other
    raw = {}
    for hit in ben._search(
        probed.argilla_id, {}, mine=True, limit=50, include=("suggestions", "responses")
    ).items:
        raw[hit.record.external_id] = hit.record
    for name in ("rec_0000", "rec_0006"):
        told = ben._http.request("GET", f"/records/{raw[name].id}").json()
        raw[name] = neutral(told, f"no. {int(name[-4:])}", raw[name].id)
    assert raw["rec_0000"] == raw["rec_0006"]
    assert "gold" not in json.dumps(raw["rec_0000"])
    assert "probe" not in json.dumps(raw["rec_0000"])


def shape(card: Card) -> dict[str, object]:
    """A card without what differs from record to record anyway."""
    apart = {"argilla_id", "record_id", "label_id"}
    told = {name: value for name, value in asdict(card).items() if name not in apart}
    return json.loads(json.dumps(told).replace("no. 0", "").replace("no. 6", ""))  # type: ignore[no-any-return]


def neutral(told: dict[str, object], title: str, record_id: str) -> object:
    """What Argilla's API says of a record, without ids and times."""
    metadata = told.get("metadata")
    assert isinstance(metadata, dict)
    assert set(metadata) == {"label_id"}
    told["metadata"] = {"label_id": "…"}
    for name in ("id", "external_id", "inserted_at", "updated_at"):
        told.pop(name)
    for suggestion in told["suggestions"]:  # type: ignore[attr-defined]
        for name in ("id", "record_id", "inserted_at", "updated_at"):
            suggestion.pop(name, None)
    return json.loads(json.dumps(told).replace(title, "").replace(record_id, ""))


def test_known_records_are_spread_among_the_others_as_often_as_the_share_says(
    reviewed: Project, probed: Queue, person: Person
) -> None:
    ben = person("ben")
    held: list[str] = []
    while cards := reviews.next_cards(ben, reviewed, probed.name, 2, exclude=held):
        held += [card.record_id for card in cards]
    assert len(held) == len(set(held)) == 8


def test_what_is_said_to_a_probe_measures_and_decides_nothing(
    reviewed: Project, probed: Queue, person: Person
) -> None:
    ben = person("ben")
    cards = {card.record_id: card for card in reviews.next_cards(ben, reviewed, probed.name, 50)}
    decide(ben, reviewed, cards["rec_0000"], "approved")
    decide(ben, reviewed, cards["rec_0001"], "approved")  # the teacher's Bakeware; Tea is right
    decide(ben, reviewed, cards["rec_0006"], "discarded")
    reviews.mirror(reviewed, TASK)
    [week] = drift.drift(reviewed, TASK)
    assert week.reviewer == ben.me().username
    assert (week.accuracy.rows, week.accuracy.value) == (2, 0.5)
    assert week.week.weekday() == 0
    assert timedelta(0) <= now().date() - week.week < timedelta(days=7)
    mirrored = review_rows.of(review_rows.newest_mirror(reviewed, TASK))
    assert len(mirrored) == 9
    counting = probing.without_probes(reviewed, TASK, mirrored)
    assert {each.prompt_number for each in counting if each.record_id == "rec_0000"} == {1}
    made = datasets.preview(reviewed, TASK)
    assert made is not None


def test_a_mark_is_checked_and_replaced_and_taken_back(reviewed: Project) -> None:
    with pytest.raises(NotFound, match="no record 'rec_9'"):
        right.mark(reviewed, TASK, "rec_9", "owner")
    with pytest.raises(InvalidInput, match="no reference for rec_0000"):
        right.mark(reviewed, TASK, "rec_0000", "owner")
    with pytest.raises(InvalidInput, match="not one of the 3 labels"):
        right.mark(reviewed, TASK, "rec_0000", "owner", output="Pots")
    right.mark(reviewed, TASK, "rec_0000", "owner", output="Tea")
    right.mark(reviewed, TASK, "rec_0000", "owner", discard=True)
    assert known.marked(reviewed, TASK)["rec_0000"].output is None
    assert known.unmark(reviewed, TASK, "rec_0000")
    assert not known.unmark(reviewed, TASK, "rec_0000")
    assert tasks.get(reviewed, TASK).name == TASK
    assert adjudication.rulings(reviewed, TASK) == {}
