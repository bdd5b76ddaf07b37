"""Signing in at the real Argilla: the limit, the sentence, the log, and what lies in the database."""

from __future__ import annotations

import socket
import time

import httpx
import pytest
from sqlalchemy import select, text
from starlette.applications import Starlette
from starlette.testclient import TestClient

from storage import argilla_client, audit, database
from storage.database import tables
from storage.project import Project
from tests.argilla_stand import ArgillaStand
from tests.ui.conftest import ORIGIN
from tests.ui.people import somebody
from ui import sign_in
from ui.sign_in import sessions

pytestmark = pytest.mark.argilla
HOME = {"Origin": ORIGIN}


@pytest.fixture
def browser(site: Starlette) -> TestClient:
    return TestClient(site, base_url=ORIGIN, follow_redirects=False)


def sent(browser: TestClient, username: str, password: str) -> httpx.Response:
    return browser.post("/sign-in", data={"username": username, "password": password}, headers=HOME)


def older(house: Project, seconds: int) -> None:
    """Let every session have been checked that much earlier."""
    with database.engine(house).begin() as connection:
        connection.execute(
            text("UPDATE sessions SET checked_at = checked_at - make_interval(secs => :s)"), {"s": seconds}
        )


def test_known_and_unknown_names_are_refused_alike(house: Project, browser: TestClient) -> None:
    ann = somebody(house, "annotator")
    answers: dict[str, list[tuple[int, str]]] = {}
    for name in (ann.username, "nobody-" + ann.username):
        seen = [sent(browser, name, "wrong password") for _ in range(6)]
        answers[name] = [(each.status_code, each.text.replace(name, "NAME")) for each in seen]
    known, unknown = answers.values()
    assert [status for status, _ in known] == [401] * 5 + [429]
    assert known == unknown


def test_the_right_password_waits_too_and_then_opens(house: Project, browser: TestClient) -> None:
    ann = somebody(house, "annotator")
    for _ in range(5):
        assert sent(browser, ann.username, "wrong password").status_code == 401
    refused = sent(browser, ann.username, ann.password)
    assert refused.status_code == 429
    assert 25 <= int(refused.headers["retry-after"]) <= 30
    assert "Try again in" in refused.text
    with database.engine(house).begin() as connection:
        connection.execute(text("UPDATE sign_in_attempts SET last_at = last_at - interval '30 seconds'"))
    assert sent(browser, ann.username, ann.password).status_code == 303


@pytest.mark.parametrize("password", ["", "\x00", "x" * 73, "ü" * 40, "x" * 5_000])
def test_a_password_that_no_account_can_have_is_simply_wrong(
    house: Project, browser: TestClient, password: str
) -> None:
    ann = somebody(house, "annotator")
    assert sent(browser, ann.username, password).status_code == 401


@pytest.mark.parametrize("username", ["", "\x00", "x" * 5_000, "a\nb", "%s", "'--"])
def test_a_name_that_no_account_can_have_is_simply_wrong(browser: TestClient, username: str) -> None:
    assert sent(browser, username, "wrong password").status_code == 401


def test_the_stock_credentials_open_nothing(
    house: Project, browser: TestClient, argilla_stand: ArgillaStand
) -> None:
    assert sent(browser, "argilla", "1234").status_code == 401
    stock = {"username": "argilla", "password": "1234"}
    assert httpx.post(f"{argilla_stand.url}/api/v1/token", data=stock).status_code == 401
    for key in ("argilla.apikey", "owner.apikey", "admin.apikey"):
        asked = httpx.get(f"{argilla_stand.url}/api/v1/me", headers={"X-Argilla-Api-Key": key})
        assert asked.status_code == 401


def test_somebody_of_another_project_is_not_let_in(house: Project, browser: TestClient) -> None:
    owner = argilla_client.connect(house)
    owner.ensure_workspace("elsewhere")
    owner.create_user("stranger-" + house.name, "long enough", "annotator", ["elsewhere"])
    answer = sent(browser, "stranger-" + house.name, "long enough")
    assert answer.status_code == 401
    assert "has no part in the project" in answer.text
    assert "set-cookie" not in answer.headers


def test_sign_ins_failures_and_sign_outs_stand_in_the_log(house: Project, browser: TestClient) -> None:
    ann = somebody(house, "annotator")
    assert sent(browser, ann.username, "wrong password").status_code == 401
    assert sent(browser, "hunter2-my-password", "wrong password").status_code == 401
    sign_in.leave(house, ann.cookie)
    lines = audit.listing(house)
    assert [(line.actor, line.action) for line in lines] == [
        (ann.username, "session.close"),
        ("nobody known", "session.refuse"),
        (ann.username, "session.refuse"),
        (ann.username, "session.open"),
    ]
    assert lines[-1].facts == {"address": "203.0.113.7", "role": "annotator"}
    assert "hunter2" not in str(lines)


def test_argillas_token_lies_encrypted_in_the_database(house: Project) -> None:
    ann = somebody(house, "annotator")
    person = ann.person(house)
    with database.engine(house).connect() as connection:
        (stored,) = connection.execute(select(tables.sessions.c.argilla_token)).scalars()
    assert person.argilla_token not in stored
    assert "eyJ" not in stored  # how every JWT begins
    assert argilla_client.connect(house, token=person.argilla_token).me().username == ann.username


def test_a_token_sealed_with_other_keys_signs_its_person_out(house: Project) -> None:
    ann = somebody(house, "annotator")
    with database.engine(house).begin() as connection:
        connection.execute(text("UPDATE sessions SET argilla_token = 'gAAAAABrubbish'"))
    assert sign_in.person_of(house, ann.cookie) is None


def test_a_role_changed_in_argilla_reaches_a_running_session(house: Project) -> None:
    ann = somebody(house, "annotator")
    argilla_client.connect(house).set_role(ann.person(house).user_id, "admin")
    assert ann.person(house).role == "annotator"
    older(house, 21)
    assert ann.person(house).role == "admin"
    assert ann.person(house).role == "admin"


def test_a_session_ends_when_its_person_leaves_the_project_in_argilla(house: Project) -> None:
    ann = somebody(house, "annotator")
    argilla_client.connect(house).remove_from_workspace(ann.person(house).user_id, house.name)
    older(house, 21)
    assert sign_in.person_of(house, ann.cookie) is None
    assert sign_in.person_of(house, ann.cookie) is None


def test_a_session_stays_while_argilla_does_not_answer(
    house: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = somebody(house, "annotator")
    from storage.services import argilla, ports

    dead = f"http://127.0.0.1:{ports.free_port()}"
    monkeypatch.setattr(argilla, "url", lambda project: dead)
    older(house, 21)
    assert ann.person(house).role == "annotator"


def test_a_page_waits_three_seconds_at_most_for_an_argilla_that_hangs(
    house: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = somebody(house, "annotator")
    from storage.services import argilla

    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes connections and never answers
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        monkeypatch.setattr(argilla, "url", lambda project: address)
        older(house, 21)
        began = time.monotonic()
        assert ann.person(house).role == "annotator"
        assert time.monotonic() - began < 5
        began = time.monotonic()
        assert ann.person(house).role == "annotator"
        assert time.monotonic() - began < 1


def test_argilla_is_asked_once_in_a_while_and_not_at_every_request(house: Project) -> None:
    ann = somebody(house, "annotator")
    person = ann.person(house)
    argilla_client.connect(house).set_role(person.user_id, "admin")
    older(house, 10)
    assert {ann.person(house).role for _ in range(5)} == {"annotator"}


def test_a_session_over_its_time_is_over(house: Project) -> None:
    ann = somebody(house, "annotator")
    with database.engine(house).begin() as connection:
        connection.execute(text("UPDATE sessions SET expires_at = now() - interval '1 second'"))
    assert sign_in.person_of(house, ann.cookie) is None


def test_ending_the_others_keeps_this_one(house: Project) -> None:
    ann = somebody(house, "annotator")
    again = sign_in.enter(house, ann.username, ann.password)
    kept = sign_in.session_of(house, again.cookie)
    sessions.end_all_of(house, ann.person(house).user_id, but=kept)
    assert sign_in.person_of(house, ann.cookie) is None
    assert sign_in.person_of(house, again.cookie) is not None
