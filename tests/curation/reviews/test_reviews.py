"""Reviews through the real Argilla: cards, decisions, undo, progress and the mirror."""

from __future__ import annotations

import dataclasses
import signal

import pytest

from curation import queues, review_rows, reviews
from curation.queues import Queue
from curation.reviews import Card, Decision, Saved
from storage.argilla_client import ArgillaClient
from storage.errors import Conflict, InvalidInput, NotFound, ServiceUnavailable
from storage.project import Project
from tests.argilla_stand import ArgillaStand
from tests.curation import sample_task
from tests.curation.conftest import Person, label

pytestmark = pytest.mark.argilla
TASK = sample_task.NAME


def decide(client: ArgillaClient, project: Project, card: Card, decision: str, **given: object) -> Saved:
    values = {"client_id": f"{card.record_id}/{decision}", **given}
    return reviews.submit(
        client,
        project,
        Decision(queue=card.queue, argilla_id=card.argilla_id, decision=decision, **values),  # type: ignore[arg-type]
    )


def cards_of(client: ArgillaClient, project: Project, queue: Queue) -> dict[str, Card]:
    found = reviews.next_cards(client, project, queue.name, limit=100)
    return {card.record_id: card for card in found}


def test_a_card_shows_the_inputs_by_column_and_the_label_it_was_made_of(
    reviewed: Project, queue: Queue, person: Person
) -> None:
    card = cards_of(person("ann"), reviewed, queue)["rec_0001"]
    assert card.inputs == {"title": "Bakeware no. 1", "Brand name": "Lodge"}
    assert (card.output, card.is_valid, card.prompt_version) == ("Bakeware", True, 1)
    assert card.label_id.startswith("lab_")


def test_cards_leave_out_what_the_browser_has_decided_already(
    reviewed: Project, queue: Queue, person: Person
) -> None:
    ann = person("ann")
    exclude = {f"rec_{number:04d}" for number in range(10)}
    found = reviews.next_cards(ann, reviewed, queue.name, limit=2, exclude=exclude)
    assert {card.record_id for card in found} == {"rec_0010", "rec_0011"}


def test_a_decision_is_stored_as_that_person_with_what_they_saw(
    reviewed: Project, queue: Queue, person: Person
) -> None:
    ann = person("ann")
    card = cards_of(ann, reviewed, queue)["rec_0000"]
    saved = decide(
        ann,
        reviewed,
        card,
        "corrected",
        output="Tea",
        error_tags=("sibling",),
        note=" hm ",
        seconds_spent=2.5,
    )
    mirror = reviews.mirror(reviewed, TASK)
    assert mirror is not None
    [review] = review_rows.of(mirror)
    assert (review.review_id, review.record_id, review.label_id) == (
        saved.review_id,
        "rec_0000",
        card.label_id,
    )
    assert (review.decision, review.output, review.error_tags) == ("corrected", "Tea", ("sibling",))
    assert (review.note, review.seconds_spent, review.reviewer) == ("hm", 2.5, f"ann-{reviewed.name}")
    assert "rec_0000" not in cards_of(ann, reviewed, queue)
    assert "rec_0000" not in cards_of(person("ben"), reviewed, queue)


def test_the_same_decision_sent_again_counts_once(reviewed: Project, queue: Queue, person: Person) -> None:
    ann = person("ann")
    card = cards_of(ann, reviewed, queue)["rec_0000"]
    first = decide(ann, reviewed, card, "approved")
    again = decide(ann, reviewed, card, "approved")
    assert again.review_id == first.review_id
    assert reviews.progress(ann, reviewed, queue.name).mine == 1


def test_another_decision_of_the_same_person_needs_to_name_the_one_it_replaces(
    reviewed: Project, queue: Queue, person: Person
) -> None:
    ann = person("ann")
    card = cards_of(ann, reviewed, queue)["rec_0000"]
    first = decide(ann, reviewed, card, "approved")
    with pytest.raises(Conflict, match='decided on this record before: approved "Cookware"'):
        decide(ann, reviewed, card, "discarded")
    second = decide(ann, reviewed, card, "discarded", base_version=first.version)
    assert second.review_id == first.review_id
    with pytest.raises(Conflict, match="before: discarded"):
        decide(ann, reviewed, card, "corrected", output="Tea", base_version=first.version)


def test_an_undone_decision_leaves_the_record_to_be_decided_again(
    reviewed: Project, queue: Queue, person: Person
) -> None:
    ann = person("ann")
    card = cards_of(ann, reviewed, queue)["rec_0000"]
    decide(ann, reviewed, card, "approved")
    assert reviews.undo(ann, reviewed, queue.name, card.argilla_id).record_id == "rec_0000"
    reviews.undo(ann, reviewed, queue.name, card.argilla_id)
    assert reviews.progress(ann, reviewed, queue.name) == reviews.ReviewProgress(12, 0, 12, 0)
    decide(ann, reviewed, cards_of(ann, reviewed, queue)["rec_0000"], "discarded")
    assert reviews.progress(ann, reviewed, queue.name) == reviews.ReviewProgress(12, 1, 11, 1)


@pytest.mark.parametrize(
    ("decision", "given", "said"),
    [
        ("corrected", {"output": "Cooking"}, '"Cooking" is not one of the 3 labels'),
        ("corrected", {"output": " "}, "no output to keep"),
        ("corrected", {"output": "Cookware"}, "nothing is corrected"),
        ("approved", {"error_tags": ("spelling",)}, "'spelling' is not an error tag"),
        ("approved", {"client_id": ""}, "no id of its own"),
        ("waved through", {}, "'waved through' is not a decision"),
    ],
)
def test_a_decision_that_cannot_stand_is_refused_and_nothing_is_stored(
    reviewed: Project, queue: Queue, person: Person, decision: str, given: dict[str, object], said: str
) -> None:
    ann = person("ann")
    card = cards_of(ann, reviewed, queue)["rec_0000"]
    with pytest.raises(InvalidInput, match=said):
        decide(ann, reviewed, card, decision, **given)
    assert reviews.progress(ann, reviewed, queue.name).completed == 0


def test_an_invented_label_cannot_be_approved(reviewed: Project, person: Person) -> None:
    invented = sample_task.record(90, extras={"teacher_v1": "Home"})
    sample_task.publish_records(reviewed, [invented], name="rec_b")
    label(reviewed, 2, "Title: {title}")
    opened = queues.open_queue(reviewed, TASK, 2, "owner")
    card = cards_of(person("ann"), reviewed, opened)["rec_0090"]
    assert not card.is_valid
    with pytest.raises(
        InvalidInput, match=r'Cannot approve it as it stands\. "Home" is not one of the 3 labels\. Correct or'
    ):
        decide(person("ann"), reviewed, card, "approved")
    assert decide(person("ann"), reviewed, card, "corrected", output="Tea").output == "Tea"


def test_a_record_cannot_be_decided_by_the_rules_of_another_queue(
    reviewed: Project, queue: Queue, person: Person
) -> None:
    label(reviewed, 2, "Title: {title}")
    other = queues.open_queue(reviewed, TASK, 2, "owner")
    card = cards_of(person("ann"), reviewed, queue)["rec_0000"]
    with pytest.raises(NotFound, match="queue has no record"):
        decide(person("ann"), reviewed, dataclasses.replace(card, queue=other.name), "approved")


def test_an_overlap_queue_waits_for_two_people_and_shares_no_record_with_the_main_one(
    reviewed: Project, person: Person
) -> None:
    main = queues.open_queue(reviewed, TASK, 1, "owner", overlap_rows=4)
    twice = queues.overlap_of(reviewed, main)
    assert twice is not None
    apart = cards_of(person("ann"), reviewed, twice)
    assert len(apart) == 4
    assert len(cards_of(person("ann"), reviewed, main)) == 8
    assert not set(apart) & set(cards_of(person("ann"), reviewed, main))
    for name in ("ann", "ben"):
        assert set(cards_of(person(name), reviewed, twice)) == set(apart)
        for card in apart.values():
            decide(person(name), reviewed, card, "approved")
    assert reviews.progress(person("ann"), reviewed, twice.name).completed == 4


def test_opening_a_queue_again_adds_only_what_came_since(
    reviewed: Project, queue: Queue, person: Person
) -> None:
    ann = person("ann")
    decide(ann, reviewed, cards_of(ann, reviewed, queue)["rec_0000"], "approved")
    sample_task.publish_records(reviewed, [sample_task.record(number) for number in (20, 21)], name="rec_b")
    label(reviewed, 1, "{title}")
    assert queues.open_queue(reviewed, TASK, 1, "owner") == queue
    assert reviews.progress(ann, reviewed, queue.name) == reviews.ReviewProgress(14, 1, 13, 1)


def test_the_next_prompts_queue_leaves_out_what_is_approved_or_corrected_already(
    reviewed: Project, queue: Queue, person: Person
) -> None:
    ann, cards = person("ann"), cards_of(person("ann"), reviewed, queue)
    decide(ann, reviewed, cards["rec_0000"], "approved")
    decide(ann, reviewed, cards["rec_0001"], "corrected", output="Tea")
    decide(ann, reviewed, cards["rec_0002"], "discarded")
    reviews.mirror(reviewed, TASK)
    label(reviewed, 2, "Title: {title}")
    second = queues.open_queue(reviewed, TASK, 2, "owner")
    assert set(cards_of(ann, reviewed, second)) == set(cards) - {"rec_0000", "rec_0001"}


def test_a_queue_without_labels_is_refused(reviewed: Project) -> None:
    label(reviewed, 2, "Title: {title}")
    with pytest.raises(NotFound, match="no prompt v3"):
        queues.open_queue(reviewed, TASK, 3, "owner")
    with pytest.raises(NotFound, match="no review queue 'x'"):
        queues.get(reviewed, "x")


def test_a_mirror_is_published_only_when_something_changed_and_keeps_what_was_withdrawn(
    reviewed: Project, queue: Queue, person: Person
) -> None:
    ann, cards = person("ann"), cards_of(person("ann"), reviewed, queue)
    assert reviews.mirror(reviewed, TASK) is None
    decide(ann, reviewed, cards["rec_0000"], "approved")
    first = reviews.mirror(reviewed, TASK)
    assert first is not None
    assert first.artifact_id == "g0001"
    assert reviews.mirror(reviewed, TASK) is None
    reviews.undo(ann, reviewed, queue.name, cards["rec_0000"].argilla_id)
    decide(ann, reviewed, cards["rec_0001"], "approved")
    second = reviews.mirror(reviewed, TASK)
    assert second is not None
    assert (second.artifact_id, second.facts["reviews"], second.facts["deleted"]) == ("g0002", 1, 1)
    assert [review.record_id for review in review_rows.of(second)] == ["rec_0001"]


def test_an_answer_given_in_argillas_own_form_is_mirrored_too(
    reviewed: Project, queue: Queue, person: Person
) -> None:
    ann, cards = person("ann"), cards_of(person("ann"), reviewed, queue)
    ann.submit(cards["rec_0000"].argilla_id, {"decision": "approved"})
    ann.submit(
        cards["rec_0001"].argilla_id, {"decision": "corrected", "output": "Tea", "error_tags": "sibling, odd"}
    )
    ann.submit(cards["rec_0002"].argilla_id, {}, status="discarded")
    ann.submit(cards["rec_0003"].argilla_id, {"output": "Tea"}, status="draft")
    found = {review.record_id: review for review in review_rows.of(reviews.mirror(reviewed, TASK))}
    assert set(found) == {"rec_0000", "rec_0001", "rec_0002"}
    assert (found["rec_0000"].output, found["rec_0000"].label_id) == ("Cookware", cards["rec_0000"].label_id)
    assert found["rec_0001"].error_tags == ("sibling", "odd")
    assert found["rec_0002"].decision == "discarded"


def test_everything_acknowledged_before_argilla_is_killed_is_still_there_and_the_rest_can_be_sent_again(
    reviewed: Project, queue: Queue, person: Person, argilla_stand: ArgillaStand
) -> None:
    ann = person("ann")
    cards = list(cards_of(ann, reviewed, queue).values())
    acknowledged = {card.record_id: decide(ann, reviewed, card, "approved") for card in cards[:5]}
    argilla_stand.end(signal.SIGKILL)
    with pytest.raises(ServiceUnavailable, match=r"Connection refused.*argilla_url"):
        decide(ann, reviewed, cards[5], "approved")
    argilla_stand.start()
    for card in cards[3:7]:
        decide(ann, reviewed, card, "approved")
    found = {review.record_id: review for review in review_rows.of(reviews.mirror(reviewed, TASK))}
    assert set(found) == {card.record_id for card in cards[:7]}
    assert all(found[name].review_id == saved.review_id for name, saved in acknowledged.items())
