"""People who sign in through the real form, at a real Argilla, in a project of one test."""

from __future__ import annotations

import secrets as random
from collections.abc import Callable, Iterator

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from curation import labelling, prompts, queues, teachers
from curation.queues import Queue
from curation.teachers import RecordedTeacher
from storage import argilla_client, jobs
from storage import project as projects
from storage.project import Project
from storage.services import ports
from tests.argilla_stand import ArgillaStand
from tests.curation import sample_task
from tests.settled import settled
from ui.routes import all_routes
from ui.routes.middleware import PlainHeaders, SignInFirst

ORIGIN = "http://testserver"
SignedIn = Callable[[str], TestClient]


@pytest.fixture
def house(
    project: Project,
    argilla_stand: ArgillaStand,
    monkeypatch: pytest.MonkeyPatch,
) -> Project:
    """`project`, with a workspace of its own in the running Argilla."""
    monkeypatch.setenv(projects.PROJECT_VARIABLE, str(project.root))
    return settled(project, argilla_stand, monkeypatch, "ui")


@pytest.fixture
def own_house(house: Project, argilla_stand: ArgillaStand) -> Project:
    """`house`, for which the running Argilla is its own: with its database, its secrets and its port."""
    path = house.root / projects.SETTINGS_NAME
    lines = [line for line in path.read_text().splitlines() if not line.startswith("argilla_url")]
    path.write_text("\n".join(lines) + "\n")
    kept = argilla_stand.project.services_dir / "secrets.json"
    house.services_dir.mkdir(exist_ok=True)
    (house.services_dir / "secrets.json").write_text(kept.read_text())
    ports.remember(house, "argilla", argilla_stand.port)
    return projects.open_project(house.root)


@pytest.fixture
def site(house: Project) -> Starlette:
    """Our routes and middleware, without Streamlit's pages."""
    middleware = [Middleware(PlainHeaders), Middleware(SignInFirst, project=house)]
    return Starlette(routes=all_routes(house), middleware=middleware)


@pytest.fixture
def signed_in(house: Project, site: Starlette) -> Iterator[SignedIn]:
    """A browser of a person with that role, signed in by the form."""
    opened: list[TestClient] = []

    def enter(role: str) -> TestClient:
        username, password = f"{role}-{house.name}", random.token_urlsafe(12)
        argilla_client.connect(house).create_user(username, password, role, [house.name])  # type: ignore[arg-type]
        client = TestClient(site, base_url=ORIGIN, follow_redirects=False)
        opened.append(client)
        answer = client.post(
            "/sign-in", data={"username": username, "password": password}, headers={"Origin": ORIGIN}
        )
        assert answer.status_code == 303, answer.text
        return client

    yield enter
    for client in opened:
        client.close()


@pytest.fixture
def labelled(house: Project) -> Project:
    """Twelve records of a small task, labelled under prompt v1."""
    sample_task.made(house)
    sample_task.publish_records(house, [sample_task.record(number) for number in range(12)])
    prompts.create(house, sample_task.NAME, system="", template="{title}", reason="first", created_by="owner")
    teachers.save(house, RecordedTeacher(name="recorded", column="teacher_v1"))
    job = labelling.start(house, sample_task.NAME, 1, "recorded", "owner")
    assert jobs.run_inline(house, job.job_id).status == "succeeded"
    return house


@pytest.fixture
def queue(labelled: Project) -> Queue:
    """The review queue of prompt v1."""
    return queues.open_queue(labelled, sample_task.NAME, 1, "owner")
