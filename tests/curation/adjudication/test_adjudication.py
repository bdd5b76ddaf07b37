"""Adjudication in the real Argilla: final, recorded, first at freezing, and open again after a change."""

from __future__ import annotations

import pytest

from curation import adjudication, datasets, flags, reviews
from curation.adjudication import Conflicted, Verdict
from curation.datasets.lineage import lineage
from curation.flags import Flagging
from curation.reviews import Card
from storage.argilla_client import ArgillaClient, read_answer
from storage.errors import Conflict, InvalidInput
from storage.project import Project
from tests.curation import sample_task
from tests.curation.adjudication.conftest import Decide, another
from tests.curation.conftest import Person

pytestmark = pytest.mark.argilla
TASK = sample_task.NAME


def waiting(project: Project) -> list[Conflicted]:
    reviews.mirror(project, TASK)
    return adjudication.conflicts(project, TASK)


def verdict(found: Conflicted, output: str | None, **given: object) -> Verdict:
    seen = {each.review_id: each.version for each in found.versions}
    values = {"client_id": f"c/{found.record_id}/{output}", "seen": seen, **given}
    return Verdict(record_id=found.record_id, queue=found.queue, output=output, **values)  # type: ignore[arg-type]


@pytest.fixture
def cid(person: Person) -> ArgillaClient:
    return person("cid")


@pytest.fixture
def differing(cards: list[Card], decide: Decide) -> Card:
    """The first record approved by Ann and corrected by Ben; the second approved by both."""
    for name in ("ann", "ben"):
        decide(name, cards[1], "approved")
    decide("ann", cards[0], "approved")
    decide("ben", cards[0], "corrected", output=another(cards[0]), note="no pan")
    return cards[0]


def test_a_conflict_shows_both_versions_and_no_names(reviewed: Project, differing: Card) -> None:
    [found] = waiting(reviewed)
    assert (found.record_id, found.teacher_output) == (differing.record_id, differing.output)
    assert {each.output for each in found.versions} == {differing.output, another(differing)}
    assert found.differs
    assert not found.reopened
    assert "ann" not in repr(found)
    assert "ben" not in repr(found)


def test_a_verdict_is_a_response_in_argilla_and_wins_at_freezing(
    reviewed: Project, differing: Card, cid: ArgillaClient
) -> None:
    [found] = waiting(reviewed)
    before = datasets.preview(reviewed, TASK)
    assert (before.approved, before.in_conflict) == (1, 1)
    ruling = adjudication.adjudicate(
        cid, reviewed, cid.me().username, verdict(found, another(differing), why="Ben read it")
    )
    own = cid.item(differing.argilla_id).own
    assert own is not None
    stored = read_answer(own.values)
    assert (stored.decision, stored.output, stored.note) == ("corrected", another(differing), "Ben read it")
    assert {each.reviewer.partition("-")[0] for each in ruling.judged} == {"ann", "ben"}
    assert waiting(reviewed) == []
    made = datasets.freeze(reviewed, TASK, created_by="owner")
    [row] = [row for row in datasets.rows(reviewed, TASK, made.version) if row.record_id == found.record_id]
    assert (row.completion, row.decision, len(row.review_ids)) == (another(differing), "corrected", 3)
    steps = lineage(reviewed, TASK, made.version, found.record_id)
    assert ruling.review_id in {review.review_id for review in steps.reviews}
    assert steps.ruling == ruling


def test_a_third_output_merges_and_a_discard_leaves_the_record_out(
    reviewed: Project, cards: list[Card], decide: Decide, cid: ArgillaClient
) -> None:
    for card in cards[:2]:
        decide("ann", card, "approved")
        decide("ben", card, "corrected", output=another(card))
    first, second = waiting(reviewed)
    third = next(
        label for label in sample_task.LABELS if label not in {each.output for each in first.versions}
    )
    name = cid.me().username
    assert adjudication.adjudicate(cid, reviewed, name, verdict(first, third)).output == third
    assert adjudication.adjudicate(cid, reviewed, name, verdict(second, None)).decision == "discarded"
    seen = datasets.preview(reviewed, TASK)
    assert (seen.corrected, seen.discarded, seen.in_conflict) == (1, 1, 0)


def test_a_change_of_a_judged_review_opens_the_record_again(
    reviewed: Project, differing: Card, decide: Decide, cid: ArgillaClient, person: Person
) -> None:
    [found] = waiting(reviewed)
    adjudication.adjudicate(cid, reviewed, cid.me().username, verdict(found, differing.output))
    own = person("ben").item(differing.argilla_id).own
    assert own is not None
    decide("ben", differing, "discarded", base_version=own.state.version)
    [again] = waiting(reviewed)
    assert again.reopened
    assert len(again.versions) == 3
    adjudication.adjudicate(cid, reviewed, cid.me().username, verdict(again, None))
    assert waiting(reviewed) == []
    assert [ruling.decision for ruling in adjudication.history(reviewed, TASK)] == ["approved", "discarded"]


def test_a_verdict_on_what_was_changed_since_is_refused(
    reviewed: Project, differing: Card, decide: Decide, cid: ArgillaClient, person: Person
) -> None:
    [found] = waiting(reviewed)
    reviews.undo(person("ben"), reviewed, differing.queue, differing.argilla_id)
    with pytest.raises(Conflict, match="changed their decision"):
        adjudication.adjudicate(cid, reviewed, cid.me().username, verdict(found, differing.output))
    assert cid.item(differing.argilla_id).own is None
    assert adjudication.history(reviewed, TASK) == []


def test_a_verdict_sent_twice_counts_once(reviewed: Project, differing: Card, cid: ArgillaClient) -> None:
    [found] = waiting(reviewed)
    sent, name = verdict(found, differing.output), cid.me().username
    first = adjudication.adjudicate(cid, reviewed, name, sent)
    assert adjudication.adjudicate(cid, reviewed, name, sent) == first
    assert len(adjudication.history(reviewed, TASK)) == 1


def test_a_verdict_broken_off_after_argilla_stored_it_is_finished_by_sending_it_again(
    reviewed: Project, differing: Card, cid: ArgillaClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    [found] = waiting(reviewed)
    sent, name = verdict(found, differing.output), cid.me().username
    with monkeypatch.context() as patch:
        patch.setattr("curation.adjudication.keeping.keep", broken_off)
        with pytest.raises(KeyboardInterrupt):
            adjudication.adjudicate(cid, reviewed, name, sent)
    assert len(waiting(reviewed)) == 1
    ruling = adjudication.adjudicate(cid, reviewed, name, sent)
    assert len(ruling.judged) == 2
    assert waiting(reviewed) == []


def broken_off(*_: object) -> None:
    raise KeyboardInterrupt


def test_an_output_outside_the_label_set_is_refused(
    reviewed: Project, differing: Card, cid: ArgillaClient
) -> None:
    [found] = waiting(reviewed)
    with pytest.raises(InvalidInput, match="is not one of the 3 labels"):
        adjudication.adjudicate(cid, reviewed, cid.me().username, verdict(found, "Cooking"))
    assert cid.item(differing.argilla_id).own is None


def test_accuracy_is_how_often_the_ruling_upheld_a_person(
    reviewed: Project, differing: Card, cid: ArgillaClient
) -> None:
    [found] = waiting(reviewed)
    adjudication.adjudicate(cid, reviewed, cid.me().username, verdict(found, another(differing)))
    reviews.mirror(reviewed, TASK)
    ben, ann = adjudication.accuracies(reviewed, TASK)
    assert (ben.reviewer.partition("-")[0], ben.upheld.value, ben.upheld.rows) == ("ben", 1.0, 1)
    assert (ann.upheld.value, ann.upheld.low) == (0.0, 0.0)
    assert 0.7 < ann.upheld.high < 0.8  # Wilson's, after one decision


def test_an_adjudicator_who_had_reviewed_the_record_is_kept_as_they_were_in_the_ruling(
    reviewed: Project, differing: Card, person: Person
) -> None:
    [found] = waiting(reviewed)
    ben = person("ben")
    ruling = adjudication.adjudicate(ben, reviewed, ben.me().username, verdict(found, differing.output))
    assert {each.decision for each in ruling.judged} == {"approved", "corrected"}
    assert waiting(reviewed) == []
    assert [each.reviewer.partition("-")[0] for each in adjudication.accuracies(reviewed, TASK)] == ["ann"]


def test_a_flagged_record_waits_for_an_adjudicator_and_a_verdict_settles_the_flag(
    reviewed: Project, cards: list[Card], person: Person, cid: ArgillaClient
) -> None:
    ann, card = person("ann"), cards[2]
    name = ann.me().username
    wanted = Flagging(card.queue, card.argilla_id, card.record_id, True, "f1", "pan or pot?")
    assert flags.put(ann, reviewed, name, wanted)
    [found] = waiting(reviewed)
    assert (found.flags, found.differs, found.versions) == (("pan or pot?",), False, ())
    assert flags.flagged_by(reviewed, card.queue, name) == {card.record_id}
    adjudication.adjudicate(cid, reviewed, cid.me().username, verdict(found, card.output))
    assert waiting(reviewed) == []
    assert flags.put(ann, reviewed, name, wanted)  # sent again after it was settled: it stays settled
    assert flags.open_flags(reviewed, TASK) == []
