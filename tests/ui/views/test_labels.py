from __future__ import annotations

import pytest

from curation import labelling, prompts, queues, teachers
from curation.teachers import RecordedTeacher
from storage import jobs
from storage.project import Project
from tests.curation import sample_task
from tests.ui.views.conftest import Opened, said

pytestmark = pytest.mark.argilla


@pytest.fixture
def with_records(house: Project) -> Project:
    sample_task.made(house)
    sample_task.publish_records(house, [sample_task.record(number) for number in range(6)])
    return house


def test_without_records_the_page_leads_to_the_import(house: Project, opened: Opened) -> None:
    sample_task.made(house)
    assert "Nothing to label yet" in said(opened("labels"))


def test_the_first_prompt_begins_with_a_template_that_fits_the_task(
    with_records: Project, opened: Opened
) -> None:
    page = opened("labels")
    template = page.text_area(key="labels.template").value
    assert "{labels}" in template
    assert "{Brand name}" in template
    page.button(key="labels.save_prompt").click().run()
    (made,) = prompts.listing(with_records, "shelf")
    assert all(f"- {label}\n" in made.template for label in sample_task.LABELS)


def test_an_unknown_column_is_refused_with_those_there_are(with_records: Project, opened: Opened) -> None:
    page = opened("labels")
    page.text_area(key="labels.template").input("Sort {name}")
    page.button(key="labels.save_prompt").click().run()
    assert "{name}" in said(page)
    assert "{title}" in said(page)
    assert prompts.listing(with_records, "shelf") == []


def test_labels_are_asked_for_then_put_before_reviewers(with_records: Project, opened: Opened) -> None:
    prompts.create(
        with_records, "shelf", system="", template="Sort {title}", reason="first", created_by="owner"
    )
    teachers.save(with_records, RecordedTeacher(name="recorded", column="teacher_v1"))
    page = opened("labels")
    assert "Sort Cookware no. 0" in [code.value for code in page.code]
    assert page.button(key="labels.start").label == "Label 6 records"
    page.button(key="labels.start").click().run()
    (job,) = jobs.listing(with_records)
    jobs.run_inline(with_records, job.job_id)
    assert labelling.counts(with_records, "shelf")[0].labelled == 6
    page = opened("labels")
    page.button(key="labels.queue").click().run()
    job = jobs.listing(with_records)[0]
    assert jobs.run_inline(with_records, job.job_id).summary == {"queue": "shelf.prompt-v1"}
    assert [queue.name for queue in queues.listing(with_records, "shelf")] == ["shelf.prompt-v1"]
    assert opened("labels").button(key="labels.review").label == "Review v1"


def test_a_second_version_needs_its_reason_and_stands_in_the_address(
    with_records: Project, opened: Opened
) -> None:
    prompts.create(with_records, "shelf", system="", template="{title}", reason="first", created_by="owner")
    page = opened("labels")
    page.text_area(key="labels.template").input("Sort {title}")
    page.button(key="labels.save_prompt").click().run()
    assert "needs its reason" in said(page)
    page.text_input(key="labels.reason").input("Say what to do")
    page.button(key="labels.save_prompt").click().run()
    assert [prompt.version for prompt in prompts.listing(with_records, "shelf")] == ["v1", "v2"]
    assert page.query_params["prompt"] == "v2"
