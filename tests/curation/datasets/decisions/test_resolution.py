"""From what people decided to what may be trained on."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from curation.datasets.decisions.resolution import resolve
from curation.datasets.decisions.rulings import Ruling, judged, version_of
from curation.review_rows import Review
from curation.tasks import Task

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
LABELS = ("Cookware", "Bakeware", "Tea")
TASK = Task(name="shelf", title="Shelf", input_columns=("title",), labels=LABELS)
FREE = Task(name="titles", title="Titles", kind="generation", input_columns=("text",))
TOPICS = Task(name="topics", title="Topics", input_columns=("text",), labels=LABELS, multi_label=True)
CLAIMS = Task(name="claims", title="Claims", kind="extraction", input_columns=("text",))


def review(
    record: str, reviewer: str, decision: str, output: str | None, *, prompt: int = 1, minute: int = 0
) -> Review:
    return Review(
        review_id=f"{record}/{reviewer}/{prompt}/{minute}",
        record_id=record,
        queue=f"t.prompt-v{prompt}",
        prompt_number=prompt,
        label_id=f"lab_{record}_v{prompt}",
        reviewer=reviewer,
        decision=decision,
        output=output,
        error_tags=(),
        note="",
        seconds_spent=1.0,
        submitted_at=NOON + timedelta(minutes=minute),
    )


def test_an_approved_record_keeps_the_teachers_output_and_names_who_and_what_led_there() -> None:
    [row] = resolve([review("r1", "ann", "approved", "Cookware")], TASK).rows
    assert (row.decision, row.completion, row.reviewers, row.label_id) == (
        "approved", "Cookware", ("ann",), "lab_r1_v1",
    )  # fmt: skip
    assert row.review_ids == ("r1/ann/1/0",)


def test_two_people_of_one_mind_make_one_row_and_a_correction_by_either_shows() -> None:
    both = [review("r1", "ann", "corrected", "Bakeware"), review("r1", "ben", "corrected", " Bakeware ")]
    [row] = resolve(both, TASK).rows
    assert (row.decision, row.completion, row.reviewers) == ("corrected", "Bakeware", ("ann", "ben"))


def test_people_who_disagree_leave_the_record_in_conflict() -> None:
    found = resolve(
        [review("r1", "ann", "approved", "Cookware"), review("r1", "ben", "corrected", "Tea")], TASK
    )
    assert (found.rows, found.in_conflict) == ((), ("r1",))


def test_one_discarding_what_another_keeps_is_a_conflict_too() -> None:
    found = resolve(
        [review("r1", "ann", "approved", "Cookware"), review("r1", "ben", "discarded", None)], TASK
    )
    assert found.in_conflict == ("r1",)


def test_a_discarded_record_makes_no_row() -> None:
    found = resolve([review("r1", "ann", "discarded", None), review("r1", "ben", "discarded", None)], TASK)
    assert (found.rows, found.discarded) == ((), ("r1",))


def test_the_last_decision_of_a_person_counts() -> None:
    found = resolve(
        [review("r1", "ann", "corrected", "Tea", minute=5), review("r1", "ann", "discarded", None, minute=1)],
        TASK,
    )
    assert found.rows[0].completion == "Tea"


def test_only_the_newest_prompt_version_that_was_reviewed_counts() -> None:
    found = resolve(
        [
            review("r1", "ann", "discarded", None, prompt=1, minute=9),
            review("r1", "ben", "approved", "Cookware", prompt=2),
        ],
        TASK,
    )
    assert [(row.completion, row.prompt_number) for row in found.rows] == [("Cookware", 2)]


def test_an_output_outside_the_label_set_never_becomes_a_row() -> None:
    found = resolve([review("r1", "ann", "corrected", "Cooking"), review("r2", "ann", "approved", " ")], TASK)
    assert (found.rows, found.unusable) == ((), ("r1", "r2"))


def test_people_agree_who_say_the_same_however_it_is_written() -> None:
    labels = [
        review("r1", "ann", "corrected", "Tea\nCookware"),
        review("r1", "ben", "approved", '["Cookware","Tea"]'),
    ]
    assert [row.completion for row in resolve(labels, TOPICS).rows] == ['["Cookware", "Tea"]']
    values = [
        review("r1", "ann", "corrected", '{"a":1,"b":2}'),
        review("r1", "ben", "approved", '{"b":2, "a":1}'),
    ]
    assert [row.completion for row in resolve(values, CLAIMS).rows] == ['{"a": 1, "b": 2}']
    apart = [review("r1", "ann", "corrected", '{"a":1}'), review("r1", "ben", "approved", '{"a":"1"}')]
    assert resolve(apart, CLAIMS).in_conflict == ("r1",)
    assert resolve([review("r1", "ann", "corrected", "{")], CLAIMS).unusable == ("r1",)


def test_a_task_without_a_label_set_takes_any_text_but_none() -> None:
    found = resolve([review("r1", "ann", "corrected", "Pan news"), review("r2", "ann", "approved", "")], FREE)
    assert ([row.completion for row in found.rows], found.unusable) == (["Pan news"], ("r2",))


def test_every_reviewed_record_is_in_exactly_one_place_whatever_the_order() -> None:
    dice = random.Random(7)
    reviews = [
        review(
            f"r{n}", who, dice.choice(["approved", "corrected", "discarded"]), dice.choice([*LABELS, "odd"])
        )
        for n in range(200)
        for who in dice.sample(["ann", "ben", "cid"], dice.randint(1, 3))
    ]
    found = resolve(reviews, TASK)
    places = [*(row.record_id for row in found.rows), *found.discarded, *found.in_conflict, *found.unusable]
    assert sorted(places) == sorted({each.record_id for each in reviews})
    dice.shuffle(reviews)
    assert resolve(reviews, TASK) == found


def ruled(*judged_: Review, own: Review, decision: str, output: str | None) -> dict[str, Ruling]:
    ruling = Ruling(
        record_id=own.record_id, queue="q", adjudicator=own.reviewer, decision=decision, output=output,
        why="",
        review_id=own.review_id, review_version=version_of(own),
        judged=tuple(judged(each) for each in judged_), at=NOON,
    )  # fmt: skip
    return {own.record_id: ruling}


def test_a_ruling_wins_over_those_it_judged_until_one_of_them_changes() -> None:
    ann, ben = review("r1", "ann", "approved", "Cookware"), review("r1", "ben", "corrected", "Tea")
    own = review("r1", "cid", "approved", "Cookware", minute=9)
    rulings = ruled(ann, ben, own=own, decision="approved", output="Cookware")
    [row] = resolve([ann, ben, own], TASK, rulings).rows
    assert (row.completion, row.decision, row.reviewers) == ("Cookware", "approved", ("ann", "ben", "cid"))
    changed = replace(ben, decision="discarded", output=None, submitted_at=NOON + timedelta(minutes=20))
    for reviews in (
        [ann, changed, own],
        [ann, ben, own, review("r1", "dan", "corrected", "Tea")],
        [ann, ben],
    ):
        assert resolve(reviews, TASK, rulings).in_conflict == ("r1",)


def test_a_ruling_may_discard_what_others_keep_and_falls_with_its_own_answer() -> None:
    ann, ben = review("r1", "ann", "approved", "Cookware"), review("r1", "ben", "corrected", "Tea")
    own = review("r1", "cid", "discarded", None)
    rulings = ruled(ann, ben, own=own, decision="discarded", output=None)
    assert resolve([ann, ben, own], TASK, rulings).discarded == ("r1",)
    edited = replace(own, decision="approved", output="Tea", submitted_at=NOON + timedelta(minutes=3))
    assert resolve([ann, ben, edited], TASK, rulings).in_conflict == ("r1",)


def test_a_ruling_is_of_the_prompt_version_it_judged() -> None:
    ann, ben = review("r1", "ann", "approved", "Cookware"), review("r1", "ben", "corrected", "Tea")
    own = review("r1", "cid", "approved", "Cookware")
    later = review("r1", "ann", "corrected", "Bakeware", prompt=2)
    found = resolve(
        [ann, ben, own, later], TASK, ruled(ann, ben, own=own, decision="approved", output="Cookware")
    )
    assert [row.completion for row in found.rows] == ["Bakeware"]


def test_an_output_of_several_labels_is_not_held_against_the_single_ones() -> None:
    both = review("r1", "ann", "corrected", '["Cookware", "Tea"]')
    assert [row.completion for row in resolve([both], TOPICS).rows] == ['["Cookware", "Tea"]']
    assert resolve([both], TASK).unusable == ("r1",)
