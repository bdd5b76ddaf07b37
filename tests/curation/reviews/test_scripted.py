"""The scripted reviewers of the sample, through the real Argilla."""

from __future__ import annotations

from collections import Counter

import pytest

from curation import labelling, prompts, queues, review_rows, reviews, tasks, teachers
from curation.reviews import scripted
from curation.sample import product_categories
from curation.sample.scripted import REVIEWERS, TEACHER_COLUMN
from curation.teachers import RecordedTeacher
from storage import jobs
from storage.errors import InvalidInput
from storage.project import Project
from tests.curation import sample_task
from tests.curation.conftest import Person

pytestmark = [pytest.mark.argilla, pytest.mark.slow]
ROWS, OVERLAP, LEFT = 120, 30, 20
HOPELESS = range(40, 52)


@pytest.fixture
def sampled(reviewed: Project) -> Project:
    """The first rows of the sample, labelled by its recorded teacher."""
    task = tasks.create(reviewed, product_categories.task())
    listings = product_categories.generate().listings[:ROWS]
    rows = [
        sample_task.record(
            number,
            inputs={column: getattr(listing, column) for column in task.input_columns},
            extras={
                TEACHER_COLUMN: listing.teacher_v1,
                **{each.column: getattr(listing, each.column) for each in REVIEWERS},
            },
        )
        for number, listing in enumerate(listings)
    ]
    for number in HOPELESS:
        rows[number]["inputs"] = {"title": "", "brand": f"Brand {number}", "description": "glazed rim"}
    sample_task.publish_records(reviewed, rows, task=task.name)
    prompts.create(
        reviewed,
        task.name,
        system=product_categories.PROMPT_SYSTEM,
        template=product_categories.PROMPT_TEMPLATE,
        reason=product_categories.PROMPT_REASON,
        created_by="owner",
    )
    teachers.save(reviewed, RecordedTeacher(name="recorded", column=TEACHER_COLUMN))
    job = labelling.start(reviewed, task.name, 1, "recorded", "owner")
    assert jobs.run_inline(reviewed, job.job_id).status == "succeeded"
    return reviewed


def test_they_overlap_on_what_was_set_apart_share_the_rest_and_leave_a_person_exactly_their_rows(
    sampled: Project, person: Person
) -> None:
    main = queues.open_queue(sampled, product_categories.NAME, 1, "owner", overlap_rows=OVERLAP)
    outcome = scripted.review(sampled, main.name, leave=LEFT)
    shared = (ROWS - OVERLAP - LEFT) // 2
    assert outcome.decisions == {each.username: shared + OVERLAP for each in REVIEWERS}
    assert outcome.left_for_people == LEFT
    assert reviews.progress(person("ann"), sampled, main.name).pending == LEFT

    standing = review_rows.of(reviews.mirror(sampled, product_categories.NAME))
    by_record = Counter(review.record_id for review in standing)
    assert Counter(by_record.values()) == {1: 2 * shared, 2: OVERLAP}
    assert {review.reviewer for review in standing} == {each.username for each in REVIEWERS}
    labels = labelling.by_id(sampled, product_categories.NAME)
    for review in standing:
        output = labels[review.label_id].output
        if review.decision != "discarded":
            assert (review.decision == "approved") == (review.output == output)
        assert bool(review.error_tags) == (review.decision == "corrected")
    discarded = {review.record_id for review in standing if review.decision == "discarded"}
    without_title = {f"rec_{number:04d}" for number in HOPELESS} & set(by_record)
    assert without_title
    assert without_title <= discarded
    assert len(discarded) < 20


def test_run_again_they_find_nothing_left_to_do(sampled: Project) -> None:
    main = queues.open_queue(sampled, product_categories.NAME, 1, "owner", overlap_rows=OVERLAP)
    scripted.review(sampled, main.name, leave=LEFT)
    first = reviews.mirror(sampled, product_categories.NAME)
    again = scripted.review(sampled, main.name, leave=LEFT)
    assert set(again.decisions.values()) == {0}
    assert first is not None
    assert reviews.mirror(sampled, product_categories.NAME) is None


def test_records_that_are_not_the_samples_are_refused(reviewed: Project) -> None:
    main = queues.open_queue(reviewed, sample_task.NAME, 1, "owner")
    with pytest.raises(InvalidInput, match="know only the sample"):
        scripted.review(reviewed, main.name, leave=0)
