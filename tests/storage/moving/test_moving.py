"""Queues, answers and accounts on their way from one real Argilla to another."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from curation import queues, review_rows, reviews
from curation.queues import Queue
from curation.reviews import Decision
from storage import argilla_client, moving, people
from storage.argilla_client import ArgillaClient
from storage.argilla_client.whole import WholeRecord
from storage.errors import Conflict, NotAllowed
from storage.project import Project
from tests.argilla_stand import ArgillaStand
from tests.curation import sample_task
from tests.curation.conftest import Person
from tests.storage.moving.conftest import OTHER_KEY, Elsewhere, make_person, pointed_at

pytestmark = pytest.mark.argilla
TASK = sample_task.NAME


def decide(client: ArgillaClient, project: Project, queue: Queue, record_id: str, decision: str) -> None:
    cards = {card.record_id: card for card in reviews.next_cards(client, project, queue.name, limit=100)}
    output = "Tea" if decision == "corrected" and cards[record_id].output != "Tea" else None
    given = Decision(queue.name, cards[record_id].argilla_id, decision, f"{record_id}/1", output=output)
    reviews.submit(client, project, given)


def whole(project: Project, queue: Queue) -> dict[str, WholeRecord]:
    client = argilla_client.connect(project)
    names = {user_id: each.username for user_id, each in client.accounts(project.name).items()}
    return {record.key: record for record in client.whole_records(queue.argilla_id, names)}


def plain(records: Mapping[str, WholeRecord]) -> dict[str, Any]:
    """Records without what no other Argilla can be told: ids and times."""
    times = {"inserted_at": True, "responses": {"__all__": {"id", "inserted_at", "updated_at"}}}
    return {key: record.model_dump(exclude=times) for key, record in records.items()}  # type: ignore[arg-type]


@pytest.fixture
def answered(reviewed: Project, queue: Queue, person: Person) -> Project:
    """A queue with decisions of two people, a draft and one of Argilla's own discards."""
    ann, ben = person("ann"), person("ben")
    for number, decision in enumerate(("approved", "corrected", "discarded", "approved")):
        decide(ann if number % 2 else ben, reviewed, queue, f"rec_{number:04d}", decision)
    cards = {card.record_id: card for card in reviews.next_cards(ann, reviewed, queue.name, limit=100)}
    ann.submit(cards["rec_0005"].argilla_id, {"note": "is this tea?"}, status="draft")
    ben.submit(cards["rec_0006"].argilla_id, {}, status="discarded")
    reviews.mirror(reviewed, TASK)
    return reviewed


def test_what_was_moved_is_the_same_there_down_to_the_mirror(
    answered: Project, queue: Queue, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    before, mirrored = whole(answered, queue), reviews.newest_mirror(answered, TASK)
    exported = moving.export(answered, tmp_path / "export")
    there = elsewhere(answered)
    imported = moving.import_folder(there, tmp_path / "export")
    moving.handed_over(there)

    (moved,) = imported.queues
    assert (moved.records, moved.new_records, moved.new_responses, moved.gone_on) == (12, 12, 6, 0)
    assert moved.linked
    assert moved.content_sha256 == exported.queues[0].content_sha256
    now = queues.get(there, queue.name)
    assert now.argilla_id == moved.queue_id != queue.argilla_id
    assert plain(whole(there, now)) == plain(before)
    source, target = argilla_client.connect(answered), argilla_client.connect(there)
    assert source.progress(queue.argilla_id) == target.progress(now.argilla_id)
    one, other = source.queue_settings(queue.argilla_id), target.queue_settings(now.argilla_id)
    assert one == other

    # the reviews keep their ids and times, so the mirror has nothing to say
    assert reviews.mirror(there, TASK) is None
    assert reviews.newest_mirror(there, TASK) == mirrored


def test_the_accounts_come_with_new_passwords_that_work(
    answered: Project, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    owner = argilla_client.connect(answered)
    owner.add_to_workspace(owner.me().id, answered.name)
    moving.export(answered, tmp_path / "export")
    there = elsewhere(answered)
    imported = moving.import_folder(there, tmp_path / "export")
    made = {each.username: each for each in imported.accounts.new}
    assert {name for name in made if name.endswith(answered.name)} == {
        f"ann-{answered.name}",
        f"ben-{answered.name}",
    }
    client = argilla_client.connect(there)
    for name, account in made.items():
        assert account.password not in repr(imported)
        me = argilla_client.connect(there, token=client.sign_in(name, account.password)).me()
        assert (me.username, me.role) == (name, account.role)
    members = {each.username for each in client.accounts(there.name).values() if each.member}
    assert members >= set(made)
    assert [(each.username, each.role_there) for each in imported.accounts.known] == [("owner", "owner")]
    assert (there.services_dir / "first-passwords.json").stat().st_mode & 0o077 == 0
    moving.handed_over(there)
    assert not (there.services_dir / "first-passwords.json").exists()
    for path in (tmp_path / "export").rglob("*.json*"):
        assert not [each for each in made.values() if each.password in path.read_text()]


def test_a_deactivated_account_comes_along_and_stays_shut(
    answered: Project, queue: Queue, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    ben = next(each for each in people.listing(answered) if each.username == f"ben-{answered.name}")
    people.deactivate(answered, ben, "owner")
    moving.export(answered, tmp_path / "export")
    there = elsewhere(answered)
    imported = moving.import_folder(there, tmp_path / "export")
    assert not [each for each in imported.accounts.new if each.username.startswith(ben.username)]
    came = next(each for each in people.listing(there) if each.username == ben.username)
    assert (came.active, came.workspaces) == (False, ())
    authors = {response.username for response in argilla_client.connect(there).responses(
        queues.get(there, queue.name).argilla_id)}  # fmt: skip
    assert ben.username in authors


def test_work_goes_on_there_and_what_is_changed_has_its_own_time(
    answered: Project, queue: Queue, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    moving.export(answered, tmp_path / "export")
    there = elsewhere(answered)
    moving.import_folder(there, tmp_path / "export")
    before = {review.record_id: review for review in review_rows.of(reviews.newest_mirror(there, TASK))}
    cora = make_person(there, f"cora-{there.name}")
    decide(cora, there, queues.get(there, queue.name), "rec_0007", "approved")
    ann_again = argilla_client.connect(there)
    ids = {user.username: user.id for user in ann_again.users()}
    records = {item.external_id: item for item in cora.pending(queues.get(there, queue.name).argilla_id, 50)}
    assert "rec_0001" not in records
    target = queues.get(there, queue.name).argilla_id
    placed = ann_again.record_ids(target)["rec_0001"]
    ann_again.submit_as(ids[f"ann-{there.name}"], target, {placed: {"decision": "discarded"}})

    after = {review.record_id: review for review in review_rows.of(reviews.mirror(there, TASK))}
    assert after["rec_0007"].reviewer == f"cora-{there.name}"
    assert after["rec_0001"].decision == "discarded"
    assert after["rec_0001"].review_id == before["rec_0001"].review_id
    assert after["rec_0001"].submitted_at > before["rec_0001"].submitted_at
    assert after["rec_0000"] == before["rec_0000"]


def test_a_second_import_adds_nothing(answered: Project, elsewhere: Elsewhere, tmp_path: Path) -> None:
    moving.export(answered, tmp_path / "export")
    there = elsewhere(answered)
    first = moving.import_folder(there, tmp_path / "export")
    moving.handed_over(there)
    again = moving.import_folder(there, tmp_path / "export")
    assert again.accounts.new == ()
    assert [(each.new_records, each.new_responses) for each in again.queues] == [(0, 0)]
    assert [each.queue_id for each in again.queues] == [each.queue_id for each in first.queues]
    assert [each.content_sha256 for each in again.queues] == [each.content_sha256 for each in first.queues]


def test_there_and_back_again(answered: Project, queue: Queue, elsewhere: Elsewhere, tmp_path: Path) -> None:
    url, mirrored = answered.settings.services.argilla_url, reviews.newest_mirror(answered, TASK)
    moving.export(answered, tmp_path / "out")
    there = elsewhere(answered)
    moving.import_folder(there, tmp_path / "out")
    decide(
        make_person(there, f"cora-{there.name}"), there, queues.get(there, queue.name), "rec_0007", "approved"
    )
    moving.export(there, tmp_path / "back")
    home = pointed_at(there, url, "ARGILLA_API_KEY")
    returned = moving.import_folder(home, tmp_path / "back")
    assert [(each.new_records, each.new_responses) for each in returned.queues] == [(0, 1)]
    assert queues.get(home, queue.name).argilla_id == queue.argilla_id
    now = reviews.mirror(home, TASK)
    assert {review.review_id for review in review_rows.of(mirrored)} < {
        r.review_id for r in review_rows.of(now)
    }
    assert len(review_rows.of(now)) == len(review_rows.of(mirrored)) + 1
    assert not [row for row in review_rows.of(now) if row.submitted_at is None]


def test_a_queue_of_that_name_and_other_content_is_refused_and_both_are_shown(
    answered: Project, queue: Queue, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    moving.export(answered, tmp_path / "export")
    there = elsewhere(answered)
    moving.import_folder(there, tmp_path / "export")
    moved = queues.get(there, queue.name).argilla_id
    client = argilla_client.connect(there)
    changed = client.record_ids(moved)["rec_0003"]
    reply = httpx.patch(
        f"{client.base_url}/api/v1/records/{changed}",
        json={"metadata": {"label_id": "another"}},
        headers={"X-Argilla-Api-Key": client._http._headers["X-Argilla-Api-Key"]},
    )
    assert reply.status_code == 200, reply.text
    with pytest.raises(
        Conflict, match=r'other content.*record rec_0003, metadata: there \{"label_id": "another"\}'
    ):
        moving.import_folder(there, tmp_path / "export")


def test_a_queue_of_that_name_that_asks_something_else_is_refused_and_nothing_is_made(
    answered: Project, queue: Queue, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    moving.export(answered, tmp_path / "export")
    there = elsewhere(answered)
    client = argilla_client.connect(there)
    fields = (argilla_client.TextField("title"),)
    questions = (argilla_client.LabelQuestion("decision", ("yes", "no"), required=True),)
    client.create_queue(argilla_client.QueueSpec(queue.name, there.name, fields, questions, min_submitted=3))
    accounts = client.accounts(there.name)
    with pytest.raises(
        Conflict, match=r"fields brand_name, teacher_output, title: there .*answers a record: there 3"
    ):
        moving.import_folder(there, tmp_path / "export")
    assert client.accounts(there.name) == accounts


def test_a_key_that_is_not_an_owners_is_refused_on_both_sides(
    answered: Project, other_stand: ArgillaStand, argilla_stand: ArgillaStand,
    elsewhere: Elsewhere, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    moving.export(answered, tmp_path / "export")
    owner = argilla_client.connect(answered)
    owner.create_user(f"adam-{answered.name}", "first password", "admin", [answered.name])
    monkeypatch.setenv("ARGILLA_API_KEY", argilla_stand.key_of(f"adam-{answered.name}"))
    with pytest.raises(
        NotAllowed, match=r"an admin; accounts and other people's answers can be moved by an owner"
    ):
        moving.export(answered, tmp_path / "again")
    assert not (tmp_path / "again").exists()
    there = elsewhere(answered)
    argilla_client.prepare(there)
    other_stand.owner.create_user(f"eve-{answered.name}", "first password", "admin", [there.name])
    monkeypatch.setenv(OTHER_KEY, other_stand.key_of(f"eve-{answered.name}"))
    with pytest.raises(NotAllowed, match="can be moved by an owner only"):
        moving.import_folder(there, tmp_path / "export")
    monkeypatch.setenv(OTHER_KEY, other_stand.api_key)
    assert argilla_client.connect(there).queues(there.name) == []


def test_an_export_into_a_folder_with_something_in_it_is_refused(answered: Project, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.tex").write_text("all of it")
    with pytest.raises(Conflict, match="is not empty"):
        moving.export(answered, tmp_path / "full")
    assert [path.name for path in tmp_path.iterdir()] == ["full"]
