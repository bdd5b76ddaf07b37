from __future__ import annotations

import pytest

from storage import jobs
from storage.project import Project
from tests.ui.views.conftest import Opened, said

pytestmark = pytest.mark.argilla


def submitted(project: Project, **args: object) -> str:
    job = jobs.submit(
        project,
        kind="noop",
        function="storage.jobs.noop:run",
        args={"steps": 3, **args},
        title="Count to three",
        created_by="owner",
    )
    return job.job_id


def test_before_the_first_job_the_page_says_what_will_be_here(opened: Opened) -> None:
    assert "Nothing has run yet" in said(opened("jobs"))


def test_a_waiting_job_is_cancelled_by_its_button(house: Project, opened: Opened) -> None:
    job_id = submitted(house)
    page = opened("jobs", job=job_id)
    page.button(key=f"jobs.cancel.{job_id}").click().run()
    assert jobs.get(house, job_id).status == "cancelled"
    assert "Cancelled" in said(page)


def test_a_failed_job_shows_why_and_resumes(house: Project, opened: Opened) -> None:
    job_id = submitted(house, fail_at=1)
    jobs.run_inline(house, job_id)
    page = opened("jobs", job=job_id)
    assert "Step 1 was told to fail." in said(page)
    page.button(key=f"jobs.resume.{job_id}").click().run()
    assert jobs.get(house, job_id).status == "waiting"


def test_the_open_job_stands_in_the_address(house: Project, opened: Opened) -> None:
    job_id = submitted(house)
    page = opened("jobs")
    page.button(key=f"jobs.open.{job_id}").click().run()
    assert page.query_params["job"] == job_id
    page.button(key="jobs.close").click().run()
    assert "job" not in page.query_params


def test_an_annotator_sees_jobs_and_no_buttons_that_change_them(house: Project, opened: Opened) -> None:
    job_id = submitted(house)
    page = opened("jobs", role="annotator", job=job_id)
    assert "Count to three" in said(page)
    assert f"jobs.cancel.{job_id}" not in {button.key for button in page.button}


def test_a_job_that_is_not_there_is_a_sentence(opened: Opened, house: Project) -> None:
    submitted(house)
    assert "no job" in said(opened("jobs", job="job_gone"))
