"""A project of one test, reviewed in the session's real Argilla."""

from __future__ import annotations

import pytest

from curation import labelling, prompts, queues, teachers
from curation.queues import Queue
from curation.teachers import RecordedTeacher
from storage import jobs
from storage.project import Project
from tests.argilla_stand import ArgillaStand
from tests.curation import sample_task
from tests.settled import Person as Person
from tests.settled import annotators, settled


@pytest.fixture
def labelled(project: Project) -> Project:
    """A project with 12 records of the sample task, labelled under prompt v1; no Argilla needed."""
    sample_task.made(project)
    sample_task.publish_records(project, [sample_task.record(number) for number in range(12)])
    label(project, 1, "{title}")
    return project


def label(project: Project, number: int, template: str) -> None:
    """Make prompt `number` and copy the recorded labels under it."""
    prompts.create(
        project, sample_task.NAME, system="", template=template, reason="better", created_by="owner"
    )
    teachers.save(project, RecordedTeacher(name="recorded", column="teacher_v1"))
    job = labelling.start(project, sample_task.NAME, number, "recorded", "owner")
    assert jobs.run_inline(project, job.job_id).status == "succeeded"


@pytest.fixture
def reviewed(
    labelled: Project,
    argilla_stand: ArgillaStand,
    monkeypatch: pytest.MonkeyPatch,
) -> Project:
    """`labelled`, with a workspace of its own in the running Argilla."""
    return settled(labelled, argilla_stand, monkeypatch, "shelf")


@pytest.fixture
def queue(reviewed: Project) -> Queue:
    """The opened main queue of prompt v1."""
    return queues.open_queue(reviewed, sample_task.NAME, 1, "owner")


@pytest.fixture
def person(reviewed: Project) -> Person:
    """Signs an annotator of that name in; made at the first call."""
    return annotators(reviewed)
