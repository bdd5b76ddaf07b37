from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from storage import database
from tests.ui.conftest import ORIGIN, SignedIn
from ui import sign_in
from ui.sign_in import sessions

HOME = {"Origin": ORIGIN}
CARDS = "/api/cards?queue=none"

pytestmark = pytest.mark.argilla


@pytest.fixture
def browser(site: Starlette) -> TestClient:
    return TestClient(site, base_url=ORIGIN, follow_redirects=False)


def test_the_cookie_can_be_read_by_no_script(signed_in: SignedIn) -> None:
    client = signed_in("annotator")
    answer = client.post("/sign-in", data={"username": "x", "password": "y"}, headers=HOME)
    assert "set-cookie" not in answer.headers
    again = client.get("/sign-in")
    assert again.status_code == 200
    assert client.get(CARDS).status_code == 404  # signed in, and there is no such queue


def test_the_session_cookie_is_http_only_and_lax(house, site, browser: TestClient) -> None:  # type: ignore[no-untyped-def]
    from storage import argilla_client

    argilla_client.connect(house).create_user("ann-" + house.name, "long enough", "annotator", [house.name])
    form = {"username": "ann-" + house.name, "password": "long enough", "next": "/review?queue=a"}
    answer = browser.post("/sign-in", data=form, headers=HOME)
    assert answer.headers["location"] == "/review?queue=a"
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


def test_a_wrong_password_is_refused_without_saying_which_part_was_wrong(browser: TestClient) -> None:
    answer = browser.post("/sign-in", data={"username": "nobody", "password": "wrong!!!"}, headers=HOME)
    assert answer.status_code == 401
    assert "do not match" in answer.text
    assert "set-cookie" not in answer.headers


def test_what_was_typed_is_text_on_the_page(browser: TestClient) -> None:
    name = '"><script>alert(1)</script>'
    answer = browser.post("/sign-in", data={"username": name, "password": "wrong!!!"}, headers=HOME)
    assert "<script>" not in answer.text
    assert "&lt;script&gt;" in answer.text


def test_a_form_sent_from_another_site_signs_nobody_in(browser: TestClient) -> None:
    answer = browser.post(
        "/sign-in", data={"username": "a", "password": "b"}, headers={"Origin": "https://evil.example"}
    )
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "target",
    ["https://evil.example", "//evil.example", "/\\evil.example", "/\n//evil.example", "javascript:alert(1)"],
)
def test_signing_in_never_leads_to_another_site(browser: TestClient, target: str) -> None:
    page = browser.get("/sign-in", params={"next": target}).text
    assert 'name="next" value="/"' in page


def test_signing_out_ends_the_session_for_every_copy_of_the_cookie(
    signed_in: SignedIn, browser: TestClient
) -> None:
    client = signed_in("annotator")
    browser.cookies.set("understudy_session", client.cookies["understudy_session"])
    assert browser.get(CARDS).status_code == 404
    assert client.post("/sign-out", headers=HOME).headers["location"] == "/sign-in"
    assert browser.get(CARDS).status_code == 401


def test_another_site_cannot_sign_a_person_out(signed_in: SignedIn) -> None:
    client = signed_in("annotator")
    assert client.post("/sign-out", headers={"Origin": "https://evil.example"}).status_code == 403
    assert client.get(CARDS).status_code == 404


def test_ending_all_sessions_of_a_person_signs_them_out_everywhere(house, signed_in: SignedIn) -> None:  # type: ignore[no-untyped-def]
    client = signed_in("annotator")
    person = sign_in.person_of(house, client.cookies["understudy_session"])
    assert person is not None
    assert person.role == "annotator"
    sessions.end_all_of(house, person.user_id)
    assert client.get(CARDS).status_code == 401


def test_a_session_is_stored_without_the_id_that_opens_it(house, signed_in: SignedIn) -> None:  # type: ignore[no-untyped-def]
    from sqlalchemy import select

    from storage.database import tables
    from ui.sign_in import cookies

    client = signed_in("annotator")
    session_id = cookies.opened(house, client.cookies["understudy_session"])
    with database.engine(house).connect() as connection:
        stored = connection.execute(select(tables.sessions)).one()
    assert session_id
    assert session_id not in str(stored)
    assert stored.expires_at - stored.created_at == sessions.LIFETIME
