"""What helps to decide, at the real Argilla: what is shown, and what is kept from whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from curation import context, queues, reviews
from curation.context import looking, shapes
from curation.queues import Queue
from curation.reviews import Card, Decision
from curation.reviews.shown import shown
from storage import artifacts, schemas
from storage.argilla_client import ArgillaClient, RecordGone
from storage.project import Project
from tests.curation import sample_task
from tests.curation.conftest import Person, label

pytestmark = pytest.mark.argilla


@pytest.fixture
def ann(person: Person) -> ArgillaClient:
    return person("ann")


def name(project: Project, person: str) -> str:
    return f"{person}-{project.name}"


def card_of(client: ArgillaClient, project: Project, queue: Queue, record_id: str) -> Card:
    cards = reviews.next_cards(client, project, queue.name, limit=12)
    return next(card for card in cards if card.record_id == record_id)


def decide(client: ArgillaClient, project: Project, card: Card, decision: str, **given: object) -> None:
    sent = Decision(card.queue, card.argilla_id, decision, f"c-{card.record_id}", **given)  # type: ignore[arg-type]
    reviews.submit(client, project, sent)


def looked(client: ArgillaClient, project: Project, card: Card, person: str = "ann") -> context.Context:
    return context.of(client, project, name(project, person), card.queue, card.argilla_id)


def test_near_duplicates_tell_how_each_was_decided_also_before_any_mirror(
    reviewed: Project, queue: Queue, ann: ArgillaClient
) -> None:
    sample_task.publish_duplicates(reviewed, [["rec_0000", "rec_0003", "rec_0006"], ["rec_0001"]])
    cards = {card.record_id: card for card in reviews.next_cards(ann, reviewed, queue.name, limit=12)}
    decide(ann, reviewed, cards["rec_0003"], "corrected", output="Tea")
    found = looked(ann, reviewed, cards["rec_0000"]).near_duplicates
    assert [(near.record_id, near.decision, near.output) for near in found] == [
        ("rec_0003", "corrected", "Tea"),
        ("rec_0006", "", None),
    ]
    assert found[0].by == name(reviewed, "ann")
    assert [near.argilla_id for near in found] == [
        cards["rec_0003"].argilla_id,
        cards["rec_0006"].argilla_id,
    ]
    assert 0.8 < found[0].similarity < 1
    assert looked(ann, reviewed, cards["rec_0001"]).near_duplicates == ()


def test_of_a_neighbour_only_the_beginning_is_compared_and_told(
    reviewed: Project, queue: Queue, ann: ArgillaClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample_task.publish_duplicates(reviewed, [["rec_0000", "rec_0003"]])
    card = card_of(ann, reviewed, queue, "rec_0000")
    monkeypatch.setattr(shapes, "SHOWN_CHARACTERS", 4)
    [whole] = looked(ann, reviewed, card).near_duplicates
    assert whole.inputs
    assert all(len(text) <= 4 for text in whole.inputs.values())
    monkeypatch.setattr(looking, "COMPARED_CHARACTERS", 4)
    [beginning] = looked(ann, reviewed, card).near_duplicates
    assert whole.similarity < beginning.similarity == 1


def test_other_outputs_are_those_that_say_something_else(
    reviewed: Project, queue: Queue, ann: ArgillaClient
) -> None:
    card = card_of(ann, reviewed, queue, "rec_0000")
    label(reviewed, 2, "{title}!")  # says the same under another prompt
    assert looked(ann, reviewed, card).others == ()
    said(reviewed, "lab_other", "rec_0000", "Tea")
    assert looked(ann, reviewed, card).others == (context.Other("lab_other", "second", 3, "Tea"),)
    assert looked(ann, reviewed, card_of(ann, reviewed, queue, "rec_0001")).others == ()


def said(project: Project, label_id: str, record_id: str, output: str) -> None:
    """A label that another teacher gave, as its job leaves it."""
    row = {
        "label_id": label_id, "record_id": record_id, "prompt_version": 3, "teacher": "second", "model": "m",
        "output": output, "created_at": datetime(2026, 2, 1, tzinfo=UTC),
    }  # fmt: skip
    with artifacts.draft(project, "labels", sample_task.NAME, label_id) as draft:
        draft.write_table("labels.parquet", schemas.from_rows([row], "labels"), "labels")
        draft.publish(facts={})


def test_five_approved_records_that_read_alike_most_alike_first_without_the_record_itself(
    reviewed: Project, queue: Queue, ann: ArgillaClient
) -> None:
    cards = reviews.next_cards(ann, reviewed, queue.name, limit=12)
    for card in cards[:10]:
        decide(ann, reviewed, card, "approved")
    decide(ann, reviewed, cards[10], "discarded")
    waiting = cards[11]
    assert looked(ann, reviewed, waiting).similar == ()
    reviews.mirror(reviewed, sample_task.NAME)
    found = looked(ann, reviewed, waiting).similar
    assert len(found) == 5
    shares = [near.similarity for near in found]
    assert shares == sorted(shares, reverse=True)
    assert all(0.1 <= share < 1 for share in shares)
    assert found[0].output == waiting.output  # titles of the same shelf
    assert not {waiting.record_id, cards[10].record_id} & {near.record_id for near in found}


def test_what_people_disagree_on_is_no_example(reviewed: Project) -> None:
    sample_task.publish_reviews(
        reviewed,
        [
            sample_task.review("rec_0000", "ann", output="Cookware"),
            sample_task.review("rec_0000", "bob", output="Tea", decision="corrected"),
            sample_task.review("rec_0003", "ann", output="Cookware"),
            sample_task.review("rec_0006", "ann", output="Cookware", deleted=True),
            sample_task.review("rec_0009", "ann", decision="discarded"),
        ],
    )
    found = context.nearest_approved(reviewed, sample_task.NAME, "Cookware no. 1 Lodge")
    assert [(near.record_id, near.output, near.by) for near in found] == [("rec_0003", "Cookware", "ann")]
    again = context.nearest_approved(reviewed, sample_task.NAME, "Cookware no. 1 Lodge", without=["rec_0003"])
    assert again == []
    assert context.nearest_approved(reviewed, sample_task.NAME, "zzz qqq") == []


def test_the_history_goes_over_all_queues_newest_first(
    reviewed: Project, queue: Queue, ann: ArgillaClient
) -> None:
    card = card_of(ann, reviewed, queue, "rec_0000")
    decide(ann, reviewed, card, "discarded", note="blurred", error_tags=("sibling",))
    reviews.mirror(reviewed, sample_task.NAME)
    label(reviewed, 2, "{title}!")
    second = queues.open_queue(reviewed, sample_task.NAME, 2, "owner")
    again = card_of(ann, reviewed, second, "rec_0000")
    decide(ann, reviewed, again, "approved")
    found = looked(ann, reviewed, again).history
    assert [(past.queue, past.decision, past.note, past.error_tags) for past in found] == [
        (second.name, "approved", "", ()),
        (queue.name, "discarded", "blurred", ("sibling",)),
    ]
    assert found[0].at > found[1].at


def test_of_an_overlap_queue_nobody_is_shown_what_the_other_reviewer_said(
    reviewed: Project, person: Person
) -> None:
    sample_task.publish_duplicates(reviewed, [["rec_0000", "rec_0003"]])
    queues.open_queue(reviewed, sample_task.NAME, 1, "owner", overlap_rows=12)
    twice = queues.get(reviewed, f"{sample_task.NAME}.prompt-v1.overlap")
    ann, bob = person("ann"), person("bob")
    decide(bob, reviewed, card_of(bob, reviewed, twice, "rec_0000"), "corrected", output="Tea")
    reviews.mirror(reviewed, sample_task.NAME)
    card = card_of(ann, reviewed, twice, "rec_0000")
    assert looked(ann, reviewed, card).history == ()
    assert [past.output for past in looked(bob, reviewed, card, "bob").history] == ["Tea"]


def test_a_blind_card_has_no_context_and_one_that_measures_people_no_history_of_others(
    reviewed: Project, queue: Queue, ann: ArgillaClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample_task.publish_duplicates(reviewed, [["rec_0000", "rec_0003"]])
    sample_task.publish_reviews(
        reviewed, [sample_task.review("rec_0000", "bob", prompt=2, decision="corrected", output="Tea")]
    )
    card = card_of(ann, reviewed, queue, "rec_0000")
    open_one = looked(ann, reviewed, card)
    assert (len(open_one.near_duplicates), [past.output for past in open_one.history]) == (1, ["Tea"])
    [seen] = shown(reviewed, queue, sample_task.TASK, [ann.item(card.argilla_id)])
    monkeypatch.setattr(looking, "shown", lambda *given: [replace(seen, untold=True)])
    assert looked(ann, reviewed, card).history == ()
    blind = replace(seen, card=replace(seen.card, blind=True, output=""))
    monkeypatch.setattr(looking, "shown", lambda *given: [blind])
    assert looked(ann, reviewed, card) == context.Context()


def test_a_record_of_another_queue_has_none(reviewed: Project, queue: Queue, ann: ArgillaClient) -> None:
    with pytest.raises(RecordGone):
        context.of(ann, reviewed, "ann", queue.name, "00000000-0000-0000-0000-000000000000")
