"""The drill: a project with people and answers is copied, lost, and taken back elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from curation import datasets, erasing, queues, reviews
from storage import argilla_client, audit, database, keeping, people, views
from storage import project as projects
from storage.argilla_client.whole import WholeRecord
from storage.errors import NotAllowed
from storage.keeping import backups
from storage.keeping.backups import Made, Restored
from storage.project import Project
from storage.services import postgres, secrets
from tests.argilla_stand import ArgillaStand, stand_running
from tests.folders import open_folder
from tests.storage.keeping.house import PEOPLE, TASK, House, running
from ui import sign_in

pytestmark = [pytest.mark.argilla, pytest.mark.slow, pytest.mark.timeout(300)]
KEPT_VIEWS = ("imports", "rejects", "records", "duplicates", "teacher_labels", "reviews", "dataset_rows",
              "run_events", "outputs", "scores", "votes", "runs")  # fmt: skip


@dataclass(frozen=True)
class Before:
    """What stood when the backup was made."""

    folder: Path
    made: Made
    answers: dict[str, Any]
    accounts: list[tuple[str, str, tuple[str, ...]]]
    passwords: dict[str, str]
    seen: dict[str, list[dict[str, Any]]]
    log: list[str]
    cookie: str
    owner_key: str


@dataclass(frozen=True)
class After:
    """What was taken back, with its own Argilla running."""

    project: Project
    restored: Restored
    stand: ArgillaStand


def answers(project: Project) -> dict[str, Any]:
    """Every record of the queue with all that hangs on it, ids and times too."""
    client = argilla_client.connect(project)
    names = {user_id: each.username for user_id, each in client.accounts(project.name).items()}
    (queue,) = queues.listing(project, TASK)
    records: dict[str, WholeRecord] = {
        each.key: each for each in client.whole_records(queue.argilla_id, names)
    }
    return {key: record.model_dump() for key, record in records.items()}


def accounts(project: Project) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(each.username, each.role, each.workspaces) for each in people.listing(project)]


def all_views(project: Project) -> dict[str, list[dict[str, Any]]]:
    return {view: views.rows(project, f'SELECT * FROM "{view}" ORDER BY ALL') for view in KEPT_VIEWS}


def seen_before(house: House, folder: Path) -> Before:
    project = house.project
    cookie = sign_in.enter(project, "ann", house.passwords["ann"]).cookie
    made = backups.backup(project, folder / "backups" / "first.tar")
    return Before(
        folder, made, answers(project), accounts(project), dict(house.passwords), all_views(project),
        [line.hash for line in audit.listing(project)], cookie, house.stand.api_key,
    )  # fmt: skip


@pytest.fixture(scope="module")
def before() -> Iterator[Before]:
    """A project in full work is backed up; then all of it ends."""
    with open_folder() as folder:
        with running(folder, "first") as house:
            found = seen_before(house, folder)
        yield found


@pytest.fixture(scope="module")
def after(before: Before) -> Iterator[After]:
    """The backup, restored into another folder, and what runs there."""
    restored = backups.restore(before.made.path, before.folder / "elsewhere" / "again")
    project = restored.project
    with postgres.running(project), stand_running(project) as stand:
        yield After(project, restored, stand)
        database.engine(project).dispose()


def test_the_restored_project_is_sound(before: Before, after: After) -> None:
    report = keeping.verify(after.project)
    assert report.faults == ()
    assert report.database == ""
    assert report.artifacts == before.made.artifacts > 8
    assert after.restored.report.artifacts == report.artifacts
    assert after.project.name == "first"


def test_the_same_people_sign_in_with_the_passwords_they_had(before: Before, after: After) -> None:
    assert accounts(after.project) == before.accounts
    for name in PEOPLE:
        entered = sign_in.enter(after.project, name, before.passwords[name])
        assert (entered.person.username, entered.person.role) == (name, "annotator")
    with pytest.raises(NotAllowed):
        sign_in.enter(after.project, "ann", before.passwords["ben"])


def test_nobody_comes_in_with_a_session_or_a_key_from_before(before: Before, after: After) -> None:
    assert sign_in.person_of(after.project, before.cookie) is None
    assert after.stand.api_key != before.owner_key
    assert argilla_client.connect(after.project).me().username == secrets.OWNER_USERNAME
    with pytest.raises(NotAllowed):
        argilla_client.ArgillaClient(after.stand.url, api_key=before.owner_key).me()


def test_the_answers_are_the_same_down_to_their_ids_and_times(before: Before, after: After) -> None:
    found = answers(after.project)
    assert sum(len(record["responses"]) for record in found.values()) == 16
    assert found == before.answers


def test_every_view_has_the_same_rows(before: Before, after: After) -> None:
    found = all_views(after.project)
    assert {view for view, rows in found.items() if not rows} == set()
    assert found == before.seen


def test_the_audit_log_is_whole_and_goes_on(before: Before, after: After) -> None:
    verdict = audit.verify(after.project)
    assert verdict.intact, verdict.findings
    lines = audit.listing(after.project)
    assert [line.hash for line in lines][-len(before.log) :] == before.log
    (restored,) = [line for line in lines if line.action == "project.restore"]
    assert restored.subject == before.made.backup_id


def test_work_goes_on_where_it_was(before: Before, after: After) -> None:
    assert reviews.mirror(after.project, TASK) is None
    again = datasets.freeze(after.project, TASK, created_by="owner")
    assert again.version == "v0001"
    client = argilla_client.connect(after.project)
    (queue,) = queues.listing(after.project, TASK)
    ann = argilla_client.connect(after.project, token=client.sign_in("ann", before.passwords["ann"]))
    (card,) = reviews.next_cards(ann, after.project, queue.name, limit=1)
    reviews.submit(ann, after.project, reviews.Decision(queue.name, card.argilla_id, "approved", "later/1"))
    assert reviews.mirror(after.project, TASK) is not None
    assert datasets.freeze(after.project, TASK, created_by="owner").version == "v0002"
    assert keeping.verify(after.project).sound


def test_a_record_is_found_wherever_it_stands(before: Before, after: After) -> None:
    (review, *_) = views.rows(after.project, "SELECT * FROM reviews WHERE decision = 'approved' ORDER BY ALL")
    record = review["record_id"]
    found = erasing.find(after.project, record_ids=[record], backups=[before.made.path])
    rows = {(place.kind, place.where.split("/")[1]): place.rows for place in found.places
            if place.kind == "artifact"}  # fmt: skip
    assert rows == {("artifact", kind): 1 for kind in
                    ("imports", "records", "duplicates", "labels", "reviews", "datasets")}  # fmt: skip
    tables = {place.where for place in found.places if place.kind == "database"}
    assert {"public.queue_records", "public.leases"} <= tables
    (queue,) = queues.listing(after.project, TASK)
    assert [place.where for place in found.places if place.kind == "argilla"] == [queue.argilla_id]
    (backup,) = found.backups
    assert (backup.path, backup.artifacts) == (str(before.made.path), 6)


def test_the_first_start_finds_an_owner_and_makes_no_password(after: After) -> None:
    assert (after.project.services_dir / "argilla" / "owner-made").exists()
    assert secrets.peek_first_password(after.project) is None
    assert projects.open_project(after.project.root).settings.services.postgres_url == ""
