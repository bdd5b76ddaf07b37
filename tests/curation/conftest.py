"""A project of one test, reviewed in the session's real Argilla."""

from __future__ import annotations

import secrets as random
from collections.abc import Callable

import pytest

from curation import labelling, prompts, queues, teachers
from curation.queues import Queue
from curation.teachers import RecordedTeacher
from storage import argilla_client, jobs
from storage import project as projects
from storage.argilla_client import ArgillaClient
from storage.project import Project
from tests.argilla_stand import ArgillaStand
from tests.curation import sample_task

Person = Callable[[str], ArgillaClient]


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
    path = labelled.root / projects.SETTINGS_NAME
    name = f"shelf-{random.token_hex(4)}"
    lines = path.read_text().replace('name = "demo"', f'name = "{name}"')
    path.write_text(lines + f'argilla_url = "{argilla_stand.url}"\n')
    monkeypatch.setenv("ARGILLA_API_KEY", argilla_stand.api_key)
    opened = projects.open_project(labelled.root)
    argilla_client.connect(opened).ensure_workspace(name)
    return opened


@pytest.fixture
def queue(reviewed: Project) -> Queue:
    """The opened main queue of prompt v1."""
    return queues.open_queue(reviewed, sample_task.NAME, 1, "owner")


@pytest.fixture
def person(reviewed: Project) -> Person:
    """Signs an annotator of that name in; made at the first call."""
    owner = argilla_client.connect(reviewed)
    signed_in: dict[str, ArgillaClient] = {}

    def sign_in(name: str) -> ArgillaClient:
        if name not in signed_in:
            username, password = f"{name}-{reviewed.name}", random.token_urlsafe(12)
            owner.create_user(username, password, "annotator", [reviewed.name])
            signed_in[name] = argilla_client.connect(reviewed, token=owner.sign_in(username, password))
        return signed_in[name]

    return sign_in
