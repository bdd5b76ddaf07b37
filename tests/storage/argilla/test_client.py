"""The client against the real server: accounts, queues, answers."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from storage import argilla_client
from storage.argilla_client import (
    ArgillaClient,
    MyProgress,
    Provenance,
    QueueProgress,
    QueueRecord,
    QueueSpec,
    ReviewAnswer,
    Token,
    read_answer,
    review_queue,
)
from storage.errors import Conflict, InvalidInput, NotAllowed, NotFound, ServiceUnavailable
from tests.argilla_stand import OWNER_PASSWORD, ArgillaStand
from tests.storage.argilla.conftest import LABELS

pytestmark = pytest.mark.argilla


def approved(client_id: str = "c-1", output: str = LABELS[0]) -> ReviewAnswer:
    return ReviewAnswer(
        decision="approved", output=output, provenance=Provenance(client_id=client_id, seconds_spent=1.5)
    )


def test_a_person_signs_in_and_is_who_they_are(argilla_stand: ArgillaStand) -> None:
    token = argilla_stand.owner.sign_in("owner", OWNER_PASSWORD)
    me = argilla_client.connect(argilla_stand.project, token=token).me()
    assert (me.username, me.role) == ("owner", "owner")
    assert token not in repr(token)


def test_a_sign_in_lasts_a_working_day(argilla_stand: ArgillaStand) -> None:
    token = argilla_stand.owner.sign_in("owner", OWNER_PASSWORD)
    assert token.expires_at is not None
    assert token.expires_at - datetime.now(UTC) > timedelta(hours=12)


def test_a_token_that_says_nothing_has_no_end() -> None:
    assert Token("not-a-token").expires_at is None


def test_a_wrong_password_is_refused_with_a_sentence(argilla_stand: ArgillaStand) -> None:
    with pytest.raises(NotAllowed, match="name and password do not fit"):
        argilla_stand.owner.sign_in("owner", "wrong password")
    with pytest.raises(NotAllowed, match="name and password do not fit"):
        argilla_stand.owner.sign_in("", "")


@pytest.mark.parametrize(
    "headers", [{"X-Argilla-Api-Key": "argilla.apikey"}, {"Authorization": "Bearer x"}, {}]
)
def test_stock_credentials_are_answered_with_401(
    argilla_stand: ArgillaStand, headers: dict[str, str]
) -> None:
    assert httpx.get(f"{argilla_stand.url}/api/v1/me", headers=headers).status_code == 401


def test_the_stock_password_is_answered_with_401(argilla_stand: ArgillaStand) -> None:
    form = {"username": "argilla", "password": "1234"}
    assert httpx.post(f"{argilla_stand.url}/api/v1/token", data=form).status_code == 401


def test_an_ended_sign_in_is_said_to_have_ended(argilla_stand: ArgillaStand) -> None:
    with pytest.raises(NotAllowed, match="Sign in again"):
        argilla_client.connect(argilla_stand.project, token="ended").me()
    with pytest.raises(NotAllowed, match="Sign in again"):
        argilla_client.connect(argilla_stand.project, token="\n")


def test_an_argilla_that_is_not_there_is_named() -> None:
    with pytest.raises(ServiceUnavailable, match=r"127\.0\.0\.1:9.*understudy up"):
        ArgillaClient("http://127.0.0.1:9", api_key="x").me()


def test_a_reply_of_something_else_is_no_argilla(argilla_stand: ArgillaStand) -> None:
    with pytest.raises((InvalidInput, NotFound)):
        ArgillaClient(f"{argilla_stand.url}/sign-in?x=", api_key=argilla_stand.api_key).me()


def test_an_account_is_made_once_and_its_password_can_be_changed(argilla_stand: ArgillaStand) -> None:
    owner = argilla_stand.owner
    made = owner.create_user("ines", "first password", "annotator", [argilla_stand.workspace])
    assert owner.user_named("ines") == made
    with pytest.raises(Conflict, match="'ines' already"):
        owner.create_user("ines", "other password", "annotator")
    owner.set_password("ines", "second password")
    with pytest.raises(NotAllowed):
        owner.sign_in("ines", "first password")
    assert owner.sign_in("ines", "second password")


def test_a_short_password_is_refused(argilla_stand: ArgillaStand) -> None:
    with pytest.raises(InvalidInput, match="8 characters"):
        argilla_stand.owner.create_user("short", "1234", "annotator")


def test_an_annotator_may_not_make_accounts_or_queues(argilla_stand: ArgillaStand, spec: QueueSpec) -> None:
    person = argilla_stand.person("ada")
    with pytest.raises(NotAllowed):
        person.users()
    with pytest.raises(NotAllowed):
        person.create_queue(spec)


def test_a_workspace_is_made_once(argilla_stand: ArgillaStand) -> None:
    owner = argilla_stand.owner
    assert owner.ensure_workspace("elsewhere") == owner.ensure_workspace("elsewhere")


def test_making_a_queue_again_gives_the_same_queue(argilla_stand: ArgillaStand, spec: QueueSpec) -> None:
    with argilla_stand.queue(spec) as queue_id:
        assert argilla_stand.owner.create_queue(spec) == queue_id
        assert queue_id in {queue.id for queue in argilla_stand.owner.queues(spec.workspace)}


def test_a_queue_of_another_shape_is_in_conflict(argilla_stand: ArgillaStand, spec: QueueSpec) -> None:
    other = review_queue(spec.name, spec.workspace, input_columns=("text",), labels=LABELS)
    with argilla_stand.queue(spec), pytest.raises(Conflict, match="Choose another name"):
        argilla_stand.owner.create_queue(other)


def test_an_unpublished_leftover_is_replaced(argilla_stand: ArgillaStand, spec: QueueSpec) -> None:
    workspace_id = argilla_stand.owner.ensure_workspace(spec.workspace)
    headers = {"X-Argilla-Api-Key": argilla_stand.api_key}
    body = {"name": spec.name, "workspace_id": workspace_id}
    httpx.post(f"{argilla_stand.url}/api/v1/datasets", json=body, headers=headers).raise_for_status()
    assert spec.name not in {queue.name for queue in argilla_stand.owner.queues(spec.workspace)}
    with argilla_stand.queue(spec):
        assert spec.name in {queue.name for queue in argilla_stand.owner.queues(spec.workspace)}


def test_six_hundred_labels_are_asked_for_as_text(argilla_stand: ArgillaStand) -> None:
    many = tuple(f"label {number}" for number in range(600))
    spec = review_queue("six-hundred", argilla_stand.workspace, input_columns=("text",), labels=many)
    with argilla_stand.queue(spec) as queue_id:
        argilla_stand.owner.add_records(queue_id, [QueueRecord("a", {"text": "x"})])
        (item,) = argilla_stand.owner.pending(queue_id, 1)
        argilla_stand.owner.submit(item.record_id, approved(output="label 599").values())


def test_adding_records_again_changes_nothing(
    argilla_stand: ArgillaStand, spec: QueueSpec, records: list[QueueRecord]
) -> None:
    with argilla_stand.queue(spec) as queue_id:
        first = argilla_stand.owner.add_records(queue_id, records)
        assert (first.new, first.known) == (30, 0)
        again = argilla_stand.owner.add_records(queue_id, records)
        assert (again.new, again.known) == (0, 30)
        assert argilla_stand.owner.progress(queue_id) == QueueProgress(30, 0, 30)
        assert set(argilla_stand.owner.record_ids(queue_id)) == {record.external_id for record in records}


def test_more_than_a_batch_of_records_all_arrive(argilla_stand: ArgillaStand, spec: QueueSpec) -> None:
    records = [QueueRecord(f"r{number}", {"title": "x"}) for number in range(1203)]
    with argilla_stand.queue(spec) as queue_id:
        assert argilla_stand.owner.add_records(queue_id, records).new == 1203
        assert len(argilla_stand.owner.record_ids(queue_id)) == 1203


def test_a_waiting_record_comes_with_all_that_is_to_be_seen(
    argilla_stand: ArgillaStand, spec: QueueSpec, records: list[QueueRecord]
) -> None:
    with argilla_stand.queue(spec) as queue_id:
        argilla_stand.owner.add_records(queue_id, records)
        item = argilla_stand.person("ada").pending(queue_id, 1)[0]
        given = next(record for record in records if record.external_id == item.external_id)
        assert item.fields == given.fields
        assert item.suggestions["output"] == given.suggestions["output"]
        assert (item.completed, item.own) == (False, None)
        assert item == argilla_stand.person("ada").item(item.record_id)


def test_what_waits_is_each_persons_own(
    argilla_stand: ArgillaStand, records: list[QueueRecord], request: pytest.FixtureRequest
) -> None:
    spec = review_queue(
        request.node.name, argilla_stand.workspace, input_columns=("title", "description"), labels=LABELS,
        min_submitted=2,
    )  # fmt: skip
    ada, grace = argilla_stand.person("ada"), argilla_stand.person("grace")
    with argilla_stand.queue(spec) as queue_id:
        argilla_stand.owner.add_records(queue_id, records)
        first, second, *_ = ada.pending(queue_id, 30)
        ada.submit(first.record_id, approved().values())
        ada.submit(second.record_id, approved().values(), status="draft")
        assert len(ada.pending(queue_id, 100)) == 28
        assert len(grace.pending(queue_id, 100)) == 30
        assert ada.my_progress(queue_id) == MyProgress(total=30, submitted=1, discarded=0, draft=1, left=28)
        assert argilla_stand.owner.progress(queue_id) == QueueProgress(30, 0, 30)
        grace.submit(first.record_id, approved().values())
        assert argilla_stand.owner.progress(queue_id) == QueueProgress(30, 1, 29)
        assert ada.my_progress(queue_id).left == 28
        assert grace.my_progress(queue_id).left == 29


def test_each_person_has_an_order_of_their_own_that_stays(
    argilla_stand: ArgillaStand, spec: QueueSpec, records: list[QueueRecord]
) -> None:
    ada, grace = argilla_stand.person("ada"), argilla_stand.person("grace")
    with argilla_stand.queue(spec) as queue_id:
        argilla_stand.owner.add_records(queue_id, records)
        of_ada = [item.record_id for item in ada.pending(queue_id, 30)]
        assert of_ada == [item.record_id for item in ada.pending(queue_id, 30)]
        assert of_ada != [item.record_id for item in grace.pending(queue_id, 30)]


def test_records_on_their_way_are_not_shown_again(
    argilla_stand: ArgillaStand, spec: QueueSpec, records: list[QueueRecord]
) -> None:
    ada = argilla_stand.person("ada")
    with argilla_stand.queue(spec) as queue_id:
        argilla_stand.owner.add_records(queue_id, records)
        unsent = {item.record_id for item in ada.pending(queue_id, 10)}
        shown = {item.record_id for item in ada.pending(queue_id, 25, exclude=unsent)}
        assert len(shown) == 20
        assert not shown & unsent


def test_an_answer_reads_back_as_it_was_given(
    argilla_stand: ArgillaStand, spec: QueueSpec, records: list[QueueRecord]
) -> None:
    given = ReviewAnswer(
        decision="corrected",
        output=LABELS[2],
        error_tags=("too_general", "quoted"),
        note='He said "no" <b>&</b> 漢字',
        provenance=Provenance(label_id="lab_1", client_id="c-9", base_version="", seconds_spent=4.25),
    )
    with argilla_stand.queue(spec) as queue_id:
        argilla_stand.owner.add_records(queue_id, records)
        item = argilla_stand.person("ada").pending(queue_id, 1)[0]
        state = argilla_stand.person("ada").submit(item.record_id, given.values())
        (stored,) = argilla_stand.owner.responses(queue_id)
        assert (stored.id, stored.external_id, stored.username) == (state.id, item.external_id, "ada")
        assert read_answer(stored.values) == given
        assert stored.updated_at.tzinfo is UTC
        own = argilla_stand.person("ada").item(item.record_id).own
        assert own is not None
        assert read_answer(own.values) == given
        assert argilla_stand.person("grace").item(item.record_id).own is None


def test_a_discard_is_an_answer_that_completes_the_record(
    argilla_stand: ArgillaStand, spec: QueueSpec, records: list[QueueRecord]
) -> None:
    with argilla_stand.queue(spec) as queue_id:
        argilla_stand.owner.add_records(queue_id, records)
        ada = argilla_stand.person("ada")
        item = ada.pending(queue_id, 1)[0]
        ada.submit(item.record_id, ReviewAnswer(decision="discarded", note="spam").values())
        assert argilla_stand.owner.progress(queue_id).completed == 1
        assert ada.item(item.record_id).completed


def test_an_answer_sent_again_is_stored_once(
    argilla_stand: ArgillaStand, spec: QueueSpec, records: list[QueueRecord]
) -> None:
    with argilla_stand.queue(spec) as queue_id:
        argilla_stand.owner.add_records(queue_id, records)
        ada = argilla_stand.person("ada")
        item = ada.pending(queue_id, 1)[0]
        first = ada.submit(item.record_id, approved().values(), based_on="")
        assert ada.submit(item.record_id, approved().values(), based_on="") == first
        assert len(list(argilla_stand.owner.responses(queue_id))) == 1


def test_the_same_answer_sent_eight_times_at_once_is_stored_once(
    argilla_stand: ArgillaStand, spec: QueueSpec, records: list[QueueRecord]
) -> None:
    with argilla_stand.queue(spec) as queue_id, ThreadPoolExecutor(8) as pool:
        argilla_stand.owner.add_records(queue_id, records)
        ada = argilla_stand.person("ada")
        for item in ada.pending(queue_id, 3):
            sent = [
                pool.submit(ada.submit, item.record_id, approved().values(), based_on="") for _ in range(8)
            ]
            assert len({state.result().id for state in sent}) == 1
        assert len(list(argilla_stand.owner.responses(queue_id))) == 3
        assert argilla_stand.owner.progress(queue_id).completed == 3


def test_a_new_decision_replaces_the_old_one(
    argilla_stand: ArgillaStand, spec: QueueSpec, records: list[QueueRecord]
) -> None:
    with argilla_stand.queue(spec) as queue_id:
        argilla_stand.owner.add_records(queue_id, records)
        ada = argilla_stand.person("ada")
        item = ada.pending(queue_id, 1)[0]
        first = ada.submit(item.record_id, approved("c-1").values())
        second = ada.submit(item.record_id, approved("c-2", LABELS[1]).values(), based_on=first.version)
        assert (second.id, second.version > first.version) == (first.id, True)
        (stored,) = argilla_stand.owner.responses(queue_id)
        assert read_answer(stored.values).output == LABELS[1]


def test_a_decision_based_on_an_older_one_is_in_conflict(
    argilla_stand: ArgillaStand, spec: QueueSpec, records: list[QueueRecord]
) -> None:
    with argilla_stand.queue(spec) as queue_id:
        argilla_stand.owner.add_records(queue_id, records)
        ada = argilla_stand.person("ada")
        item = ada.pending(queue_id, 1)[0]
        ada.submit(item.record_id, approved("tab-1").values(), based_on="")
        with pytest.raises(Conflict, match="answered elsewhere"):
            ada.submit(item.record_id, approved("tab-2", LABELS[1]).values(), based_on="")
        (stored,) = argilla_stand.owner.responses(queue_id)
        assert read_answer(stored.values).provenance.client_id == "tab-1"


def test_an_answer_taken_back_waits_again(
    argilla_stand: ArgillaStand, spec: QueueSpec, records: list[QueueRecord]
) -> None:
    with argilla_stand.queue(spec) as queue_id:
        argilla_stand.owner.add_records(queue_id, records)
        ada = argilla_stand.person("ada")
        item = ada.pending(queue_id, 1)[0]
        state = ada.submit(item.record_id, approved().values())
        ada.delete_response(state.id)
        ada.delete_response(state.id)
        assert ada.pending(queue_id, 1) == [item]
        assert argilla_stand.owner.progress(queue_id).completed == 0


def test_a_label_that_is_not_one_is_refused(
    argilla_stand: ArgillaStand, spec: QueueSpec, records: list[QueueRecord]
) -> None:
    with argilla_stand.queue(spec) as queue_id:
        argilla_stand.owner.add_records(queue_id, records)
        item = argilla_stand.owner.pending(queue_id, 1)[0]
        with pytest.raises(InvalidInput, match="'invented' is not a valid label"):
            argilla_stand.owner.submit(item.record_id, approved(output="invented").values())


def test_an_answer_to_a_deleted_record_is_not_found(
    argilla_stand: ArgillaStand, spec: QueueSpec, records: list[QueueRecord]
) -> None:
    with argilla_stand.queue(spec) as queue_id:
        argilla_stand.owner.add_records(queue_id, records)
        item = argilla_stand.owner.pending(queue_id, 1)[0]
    with pytest.raises(NotFound):
        argilla_stand.owner.submit(item.record_id, approved().values())
    with pytest.raises(NotFound):
        argilla_stand.owner.item(item.record_id)


def test_scripted_answers_are_stored_in_their_reviewers_names(
    argilla_stand: ArgillaStand, spec: QueueSpec, records: list[QueueRecord]
) -> None:
    owner = argilla_stand.owner
    argilla_stand.person("ada"), argilla_stand.person("grace")
    with argilla_stand.queue(spec) as queue_id:
        owner.add_records(queue_id, records)
        ids = list(owner.record_ids(queue_id).values())
        for name, theirs in (("ada", ids[:20]), ("grace", ids[10:])):
            answers = {record_id: approved().values() for record_id in theirs}
            assert owner.submit_as(owner.user_named(name).id, queue_id, answers) == 20
        counted = Counter(response.username for response in owner.responses(queue_id))
        assert counted == {"ada": 20, "grace": 20}
        assert owner.progress(queue_id) == QueueProgress(30, 30, 0)


def test_every_answer_is_read_beyond_one_page(
    argilla_stand: ArgillaStand, spec: QueueSpec, monkeypatch: pytest.MonkeyPatch, records: list[QueueRecord]
) -> None:
    owner = argilla_stand.owner
    with argilla_stand.queue(spec) as queue_id:
        owner.add_records(queue_id, records)
        answers = {record_id: approved().values() for record_id in owner.record_ids(queue_id).values()}
        owner.submit_as(owner.me().id, queue_id, answers)
        monkeypatch.setattr("storage.argilla_client.responses.PAGE", 7)
        assert sorted(response.external_id for response in owner.responses(queue_id)) == sorted(
            record.external_id for record in records
        )
        assert len(owner.record_ids(queue_id)) == 30
        assert len(owner.pending(queue_id, 30)) == 0
