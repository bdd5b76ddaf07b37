"""Progress: counted by hand, and against Argilla's own counts after reviews, an undo and an edit there."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from curation import queues, reviews
from curation.queues import Queue
from curation.review_rows import Review
from curation.reviewing_progress import counted, pace, progress
from curation.reviews import Decision
from storage import argilla_client
from storage.project import Project
from tests.curation import sample_task
from tests.curation.conftest import Person

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
TASK = sample_task.NAME


def review(number: int, seconds: float, reviewer: str = "ann", **given: object) -> Review:
    one = Review(
        review_id=f"r{number}/{reviewer}", record_id=f"r{number}", queue="q", prompt_number=1, label_id="",
        reviewer=reviewer, decision="approved", output="Tea", error_tags=(), note="", seconds_spent=10.0,
        submitted_at=NOON + timedelta(seconds=seconds),
    )  # fmt: skip
    return replace(one, **given)  # type: ignore[arg-type]


def test_pauses_over_five_minutes_are_no_time_of_work() -> None:
    steady = pace([review(number, 30 * number) for number in range(10)])
    assert steady.active_hours == pytest.approx((9 * 30 + 10) / 3600)
    assert steady.per_hour == pytest.approx(10 * 3600 / 280)
    paused = pace([review(0, 0), review(1, 300), review(2, 601)])
    assert paused.active_hours == pytest.approx((10 + 300 + 10) / 3600)


def test_two_people_at_once_spend_the_time_of_two() -> None:
    both = [review(number, 30 * number, who) for number in range(3) for who in ("ann", "ben")]
    assert pace(both).active_hours == pytest.approx(2 * 70 / 3600)


def test_nothing_decided_has_no_pace() -> None:
    assert pace([]).per_hour is None
    assert pace([review(0, 0, seconds_spent=None)]).median_s is None


def test_what_no_card_timed_has_no_part_in_the_pace() -> None:
    timed = [review(number, 30 * number) for number in range(3)]
    program = [review(number, 0, "bot", seconds_spent=0.0) for number in range(100)]
    assert pace([*timed, *program]).per_hour == pace(timed).per_hour
    assert pace([*timed, *program]).decided == 103
    assert pace(program).per_hour is None


def test_lines_are_by_queue_person_and_day_and_tags_by_prompt_version() -> None:
    found = counted(
        [
            review(1, 0, decision="corrected", error_tags=("sibling", "sibling")),
            review(2, 60, decision="discarded", output=None),
            review(3, 86_400, "ben", queue="q2", prompt_number=2, error_tags=("invented",)),
        ]
    )
    assert [(line.queue, line.person, line.day, line.pace.decided) for line in found.lines] == [
        ("q", "ann", date(2026, 1, 1), 2),
        ("q2", "ben", date(2026, 1, 2), 1),
    ]
    assert (found.whole.approved, found.whole.corrected, found.whole.discarded) == (1, 1, 1)
    assert [(tag.prompt_version, tag.code, tag.times, tag.decided) for tag in found.tags] == [
        (1, "sibling", 1, 2), (2, "invented", 1, 1),
    ]  # fmt: skip


@pytest.mark.argilla
def test_the_counts_are_argillas_also_after_an_undo_and_an_edit_in_its_own_form(
    reviewed: Project, person: Person
) -> None:
    main = queues.open_queue(reviewed, TASK, 1, "owner", overlap_rows=4)
    twice = queues.overlap_of(reviewed, main)
    assert twice is not None
    people = {name: person(name) for name in ("ann", "ben")}
    for name, client in people.items():
        for queue in (main, twice):
            for card in reviews.next_cards(client, reviewed, queue.name, limit=3):
                wanted = Decision(queue.name, card.argilla_id, "approved", f"{name}/{card.record_id}")
                reviews.submit(client, reviewed, wanted)
    agrees(reviewed, people, [main, twice])
    ann = people["ann"]
    [gone, edited, dropped] = [item for item in ann_answers(reviewed, ann, twice)][:3]
    reviews.undo(ann, reviewed, twice.name, gone)
    agrees(reviewed, people, [main, twice])
    ann.submit(edited, {"decision": "corrected", "output": "Tea"})  # as Argilla's own form sends it
    ann.submit(dropped, {}, status="discarded")
    found = agrees(reviewed, people, [main, twice])
    assert (found.whole.corrected, found.whole.discarded) == (1, 1)


def ann_answers(project: Project, client: argilla_client.ArgillaClient, queue: Queue) -> list[str]:
    me = client.me().id
    owner = argilla_client.connect(project)
    return [one.record_id for one in owner.responses(queue.argilla_id) if one.user_id == me]


def agrees(project: Project, people: dict[str, argilla_client.ArgillaClient], opened: list[Queue]):
    """That our counts are Argilla's, queue by queue and person by person; the progress."""
    owner = argilla_client.connect(project)
    found = progress(owner, project, TASK)
    ours: Counter[tuple[str | None, str | None]] = Counter()
    for line in found.lines:
        ours[line.queue, line.person] += line.pace.decided
    for queue in opened:
        theirs = owner.progress(queue.argilla_id)
        [state] = [one for one in found.queues if one.queue == queue.name]
        assert (state.total, state.completed, state.pending) == (
            theirs.total,
            theirs.completed,
            theirs.pending,
        )
        for client in people.values():
            mine = client.my_progress(queue.argilla_id)
            assert ours[queue.name, client.me().username] == mine.submitted + mine.discarded
    return found
