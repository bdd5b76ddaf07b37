"""Agreement by question and pair, from reviews as the mirror has them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from curation.agreement.measuring import before_rulings, measured
from curation.datasets.decisions.rulings import Judged, Ruling
from curation.review_rows import Review
from curation.tasks import ErrorTag, Rating
from tests.curation import sample_task

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
TASK = sample_task.TASK.model_copy(update={"ratings": (Rating(code="tone", name="Tone"),)})


def review(record: str, reviewer: str, output: str | None, **given: object) -> Review:
    decision = "discarded" if output is None else "approved"
    values = {"decision": decision, "error_tags": (), "ratings": {}, "queue": "q", **given}
    return Review(
        review_id=f"{record}/{reviewer}", record_id=record, prompt_number=1, label_id="", reviewer=reviewer,
        output=output, note="", seconds_spent=1.0, submitted_at=NOON, **values,  # type: ignore[arg-type]
    )  # fmt: skip


def of(reviews: list[Review], question: str, *people: str):
    found = measured(TASK, "q", reviews)
    assert found is not None
    return next(one for one in found.measures if one.question == question and one.people == people)


def test_a_queue_without_shared_records_has_no_agreement() -> None:
    assert measured(TASK, "q", [review("r1", "ann", "Tea"), review("r2", "ben", "Tea")]) is None


def test_each_pair_is_measured_on_the_records_both_decided_on() -> None:
    reviews = [review(f"r{n}", who, "Tea") for n in range(4) for who in ("ann", "ben")]
    reviews += [review("r0", "cid", "Bakeware"), review("r9", "cid", "Tea")]
    assert of(reviews, "output", "ann", "ben").percent.value == 1.0
    third = of(reviews, "output", "ann", "cid")
    assert (third.records, third.percent.value, third.differing) == (1, 0.0, ("r0",))
    everybody = of(reviews, "output", "ann", "ben", "cid")
    assert (everybody.records, everybody.pair) == (4, False)
    assert everybody.percent.value == pytest.approx((3 + 1 / 3) / 4)


def test_discarded_records_disagree_by_decision_and_have_no_output_to_compare() -> None:
    reviews = [review("r1", "ann", "Tea"), review("r1", "ben", None)]
    reviews += [review("r2", "ann", "Tea"), review("r2", "ben", "Tea")]
    assert of(reviews, "decision", "ann", "ben").percent.value == 0.5
    output = of(reviews, "output", "ann", "ben")
    assert (output.records, output.percent.value) == (1, 1.0)


def test_tags_agree_as_sets_and_a_merged_tag_is_the_one_it_was_merged_into() -> None:
    merged = ErrorTag(code="cousin", name="Cousin", merged_into="sibling")
    task = TASK.model_copy(update={"error_tags": (*TASK.error_tags, merged)})
    reviews = [
        review("r1", "ann", "Tea", error_tags=("invented", "cousin")),
        review("r1", "ben", "Tea", error_tags=("sibling", "invented")),
        review("r2", "ann", "Tea", error_tags=("sibling",)),
        review("r2", "ben", "Tea"),
    ]
    found = measured(task, "q", reviews)
    assert found is not None
    [tags] = [one for one in found.measures if one.question == "tags" and one.pair]
    assert (tags.percent.value, tags.differing) == (0.5, ("r2",))


def test_ratings_are_ordinal_and_only_where_both_gave_one() -> None:
    given = [(1, 2), (4, 5), (3, 3), (5, 5), (2, 2)]
    reviews = []
    for number, (ann, ben) in enumerate(given):
        reviews += [review(f"r{number}", "ann", "Tea", ratings={"tone": ann})]
        reviews += [review(f"r{number}", "ben", "Tea", ratings={"tone": ben})]
    reviews += [review("r9", "ann", "Tea", ratings={"tone": 1}), review("r9", "ben", "Tea")]
    tone = of(reviews, "rating:tone", "ann", "ben")
    assert tone.records == 5
    assert tone.alpha is not None
    assert tone.kappa is not None
    assert tone.alpha.value > tone.kappa.value  # off by one is nearly right, but not the same


def test_what_an_adjudicator_answered_is_no_vote_and_what_they_said_before_is() -> None:
    ruling = Ruling(
        record_id="r1", queue="q", adjudicator="ben", decision="approved", output="Tea", why="",
        review_id="r1/ben", review_version="", at=NOON,
        judged=(
            Judged("r1/ben", "ben", "", "corrected", "Bakeware"),
            Judged("r1/ann", "ann", "", "approved", "Tea"),
        ),
    )  # fmt: skip
    reviews = [review("r1", "ann", "Tea"), review("r1", "ben", "Tea")]
    assert {each.output for each in before_rulings(reviews, [ruling])} == {"Tea", "Bakeware"}
    outsider = Ruling(**{**vars(ruling), "adjudicator": "cid", "review_id": "r1/cid"})
    assert len(before_rulings([*reviews, review("r1", "cid", "Tea")], [outsider])) == 2
