"""Orders and leases through the real Argilla and PostgreSQL: who gets which record, and when again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from curation import ordering, queues, reviews
from curation.ordering import places
from curation.queues import Queue
from curation.reviews import Card, Decision
from storage import database
from storage.argilla_client import ArgillaClient
from storage.errors import Conflict, InvalidInput
from storage.project import Project
from tests.curation import sample_task
from tests.curation.conftest import Person, label

pytestmark = pytest.mark.argilla
TASK = sample_task.NAME


def fetched(client: ArgillaClient, project: Project, queue: Queue, limit: int, **given: object) -> list[Card]:
    return reviews.next_cards(client, project, queue.name, limit, **given)  # type: ignore[arg-type]


def ids(cards: list[Card]) -> list[str]:
    return [card.record_id for card in cards]


def decide(client: ArgillaClient, project: Project, card: Card, decision: str = "approved") -> None:
    reviews.submit(
        client, project, Decision(card.queue, card.argilla_id, decision, client_id=f"{card.record_id}/x")
    )


def let_time_pass(project: Project) -> None:
    """Every lease is as old as if its quarter of an hour were over."""
    with database.engine(project).begin() as connection:
        connection.execute(text("UPDATE leases SET until = until - interval '16 minutes'"))


def test_two_people_get_no_record_of_each_other_while_there_are_enough(
    reviewed: Project, queue: Queue, person: Person
) -> None:
    ann = ids(fetched(person("ann"), reviewed, queue, 5))
    ben = ids(fetched(person("ben"), reviewed, queue, 5))
    assert len(ann) == len(ben) == 5
    assert not set(ann) & set(ben)
    assert ids(fetched(person("ann"), reviewed, queue, 5)) == ann  # a reload: the same ones again


def test_many_at_once_share_the_queue_out_without_overlap(
    reviewed: Project, queue: Queue, person: Person
) -> None:
    clients = [person(f"p{number}") for number in range(4)]
    with ThreadPoolExecutor(4) as pool:
        got = list(pool.map(lambda client: ids(fetched(client, reviewed, queue, 3)), clients))
    assert sorted(name for each in got for name in each) == [f"rec_{number:04d}" for number in range(12)]


def test_what_is_given_back_goes_to_the_next_and_what_is_held_stays(
    reviewed: Project, queue: Queue, person: Person
) -> None:
    ann = fetched(person("ann"), reviewed, queue, 12)
    name = person("ann").me().username
    back = ids(ann)[:2]
    reviews.hold(reviewed, queue.name, name, keep=ids(ann)[2:], let_go=back)
    assert set(ids(fetched(person("ben"), reviewed, queue, 12))) == set(back)


def test_a_browser_that_died_blocks_nobody_for_longer_than_the_lease(
    reviewed: Project, queue: Queue, person: Person
) -> None:
    ann = ids(fetched(person("ann"), reviewed, queue, 10))
    assert len(fetched(person("ben"), reviewed, queue, 12)) == 2
    let_time_pass(reviewed)
    assert set(ann) <= set(ids(fetched(person("ben"), reviewed, queue, 12)))


def test_the_next_fetch_renews_what_its_page_still_holds(
    reviewed: Project, queue: Queue, person: Person
) -> None:
    ann = ids(fetched(person("ann"), reviewed, queue, 6))
    with database.engine(reviewed).begin() as connection:
        connection.execute(text("UPDATE leases SET until = now() + interval '5 seconds'"))
    fetched(person("ann"), reviewed, queue, 2, exclude=ann)
    with database.engine(reviewed).begin() as connection:
        soon = text("SELECT count(*) FROM leases WHERE until < now() + interval '10 minutes'")
        assert connection.execute(soon).scalar_one() == 0


def test_when_nothing_else_is_left_a_card_in_other_hands_is_given_and_says_so(
    reviewed: Project, queue: Queue, person: Person
) -> None:
    mine = fetched(person("ann"), reviewed, queue, 12)
    assert not any(card.also_open for card in mine)
    given = fetched(person("ben"), reviewed, queue, 3)
    assert len(given) == 3
    assert all(card.also_open for card in given)
    decide(person("ben"), reviewed, given[0])
    assert given[0].record_id not in ids(fetched(person("ann"), reviewed, queue, 12))


def test_somebody_with_cards_in_hand_gets_none_of_anothers(
    reviewed: Project, queue: Queue, person: Person
) -> None:
    fetched(person("ann"), reviewed, queue, 10)
    ben = ids(fetched(person("ben"), reviewed, queue, 2))
    assert fetched(person("ben"), reviewed, queue, 2, exclude=ben) == []


def test_an_overlap_queue_hands_a_record_to_as_many_as_it_waits_for(
    reviewed: Project, person: Person
) -> None:
    main = queues.open_queue(reviewed, TASK, 1, "owner", overlap_rows=4)
    twice = queues.overlap_of(reviewed, main)
    assert twice is not None
    for name in ("ann", "ben"):
        cards = fetched(person(name), reviewed, twice, 4)
        assert len(cards) == 4
        assert not any(card.also_open for card in cards)
    third = fetched(person("cay"), reviewed, twice, 4)
    assert all(card.also_open for card in third)
    for name in ("ann", "ben"):
        for card in third:
            decide(person(name), reviewed, card)
    assert fetched(person("cay"), reviewed, twice, 4) == []


def test_what_was_decided_elsewhere_is_passed_by_and_comes_back_when_undone(
    reviewed: Project, queue: Queue, person: Person
) -> None:
    ann = person("ann")
    cards = {card.record_id: card for card in fetched(ann, reviewed, queue, 12)}
    for card in list(cards.values())[:9]:
        values = {"decision": "discarded"}
        ann.submit(card.argilla_id, values)  # in Argilla's own UI: nothing is noted here
    let_time_pass(reviewed)
    left = set(ids(fetched(person("ben"), reviewed, queue, 12)))
    assert left == set(list(cards)[9:])
    reviews.undo(ann, reviewed, queue.name, next(iter(cards.values())).argilla_id)
    let_time_pass(reviewed)
    assert next(iter(cards)) in ids(fetched(person("ben"), reviewed, queue, 12))


def test_newest_first_and_random_are_stable(reviewed: Project, queue: Queue, person: Person) -> None:
    ann = person("ann")
    newest = ids(fetched(ann, reviewed, queue, 12, order="newest"))
    assert newest == sorted(newest, reverse=True)
    random = ids(fetched(ann, reviewed, queue, 12))
    assert sorted(random) == sorted(newest)
    assert random not in (newest, newest[::-1])
    assert ids(fetched(ann, reviewed, queue, 12, order="random")) == random


def test_the_least_certain_come_first(reviewed: Project, person: Person) -> None:
    rows = [
        sample_task.record(40, extras={"teacher_v1": "Tea", "confidence": "0.2"}),
        sample_task.record(41, extras={"teacher_v1": "Tea", "confidence": "0.9"}),
        sample_task.record(42, extras={"teacher_v1": "Tea"}),
    ]
    sample_task.publish_records(reviewed, rows, name="rec_b")
    label(reviewed, 2, "Title: {title}")
    queue = queues.open_queue(reviewed, TASK, 2, "owner")
    found = ids(fetched(person("ann"), reviewed, queue, 15, order="uncertain"))
    assert found[:2] == ["rec_0040", "rec_0041"]


def test_records_on_which_teachers_differ_are_in_doubt(reviewed: Project) -> None:
    record = next(iter(places.Record(**vars(one)) for one in _records(reviewed)))
    same = places.doubt(sample_task.TASK, record, "Tea", ["Tea", "Tea"])
    differ = places.doubt(sample_task.TASK, record, "Tea", ["Tea", "Tea", "Bakeware"])
    assert (same, round(differ, 3)) == (0.0, 0.333)


def _records(project: Project) -> list[places.Record]:
    from curation import corpus

    return list(corpus.read(project, TASK).records)


def test_a_slice_comes_first_and_only_by_columns_that_people_may_see(
    reviewed: Project, queue: Queue, person: Person
) -> None:
    ann = person("ann")
    titled = fetched(ann, reviewed, queue, 12, order="slice:title")
    assert [card.inputs["title"] for card in titled] == sorted(card.inputs["title"] for card in titled)
    first = fetched(ann, reviewed, queue, 12, order="slice:title=Tea no. 5")
    assert first[0].inputs["title"] == "Tea no. 5"
    with pytest.raises(InvalidInput, match="cannot be ordered by 'teacher_v1'"):
        fetched(ann, reviewed, queue, 2, order="slice:teacher_v1")
    with pytest.raises(InvalidInput, match="no order of cards"):
        fetched(ann, reviewed, queue, 2, order="best")


def test_the_queues_own_order_is_a_setting_that_a_stale_edit_does_not_replace(
    reviewed: Project, queue: Queue, person: Person
) -> None:
    stands = ordering.of(reviewed, queue.name)
    wanted = stands.handing.model_copy(update={"order": "newest"})
    ordering.change(reviewed, queue.name, wanted, based_on=stands.revision)
    assert ids(fetched(person("ann"), reviewed, queue, 1)) == ["rec_0011"]
    with pytest.raises(Conflict, match="differs in order"):
        ordering.change(reviewed, queue.name, stands.handing, based_on=stands.revision)


@pytest.mark.parametrize("per", ["day", "all"])
def test_a_target_counts_what_a_person_decided(
    reviewed: Project, queue: Queue, person: Person, per: str
) -> None:
    ann, name = person("ann"), person("ann").me().username
    stands = ordering.of(reviewed, queue.name)
    targets = {"": {"count": 300, "per": per}, name: {"count": 7, "per": per}}
    wanted = ordering.changed(stands.handing, targets=targets)
    ordering.change(reviewed, queue.name, wanted, based_on=stands.revision)
    cards = fetched(ann, reviewed, queue, 3)
    for card in cards[:2]:
        decide(ann, reviewed, card)
    reached = reviews.progress(ann, reviewed, queue.name, person=name).target
    assert reached == reviews.TargetReached(7, per, 2)
    reviews.undo(ann, reviewed, queue.name, cards[0].argilla_id)
    reached = reviews.progress(ann, reviewed, queue.name, person=name).target
    assert reached is not None
    assert reached.done == 1
    other = reviews.progress(person("ben"), reviewed, queue.name, person="ben").target
    assert other == reviews.TargetReached(300, per, 0)


@pytest.mark.parametrize(
    ("given", "said"),
    [({"lease_minutes": 0}, "lease_minutes is 0"), ({"order": "best"}, "no order of cards")],
)
def test_a_setting_that_cannot_stand_is_refused(given: dict[str, object], said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        ordering.changed(ordering.Handing(), **given)
