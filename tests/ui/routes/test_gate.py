from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from storage.project import Project
from tests.ui.conftest import ORIGIN, SignedIn

HOME = {"Origin": ORIGIN}
CHANGES = (
    ("POST", "/api/reviews"),
    ("DELETE", "/api/reviews"),
    ("POST", "/api/votes"),
    ("POST", "/api/cards"),
)
READS = ("/api/cards?queue=q", "/downloads/shelf/v0001/csv")

pytestmark = pytest.mark.argilla


@pytest.fixture
def stranger(site: Starlette) -> TestClient:
    return TestClient(site, base_url=ORIGIN, follow_redirects=False)


@pytest.mark.parametrize(("method", "path"), CHANGES)
def test_signed_out_nothing_changes(stranger: TestClient, method: str, path: str) -> None:
    answer = stranger.request(method, path, json={}, headers=HOME)
    assert answer.status_code == 401
    assert answer.json()["next_step"].startswith("Sign in")


@pytest.mark.parametrize("path", READS)
def test_signed_out_nothing_is_read(stranger: TestClient, path: str) -> None:
    assert stranger.get(path).status_code == 401


@pytest.mark.parametrize("origin", ["https://evil.example", "http://testserver.evil.example", "null", None])
def test_a_request_from_another_site_is_refused_with_a_good_cookie(
    signed_in: SignedIn, origin: str | None
) -> None:
    client = signed_in("owner")
    headers = {} if origin is None else {"Origin": origin}
    for method, path in CHANGES:
        answer = client.request(method, path, json={}, headers=headers)
        assert answer.status_code == 403, (method, path)
        assert "not from this app" in answer.json()["what"]


def test_a_forged_cookie_opens_nothing(stranger: TestClient) -> None:
    stranger.cookies.set("understudy_session", "ImFiYyI.forged")
    assert stranger.get(READS[0]).status_code == 401


def test_a_cookie_signed_by_another_project_opens_nothing(
    signed_in: SignedIn, house: Project, stranger: TestClient
) -> None:
    cookie = signed_in("owner").cookies["understudy_session"]
    (house.services_dir / "secrets.json").unlink()  # new keys are made at the next look
    stranger.cookies.set("understudy_session", cookie)
    assert stranger.get(READS[0]).status_code == 401


def test_an_annotator_may_not_export(signed_in: SignedIn) -> None:
    answer = signed_in("annotator").get("/downloads/shelf/v0001/csv")
    assert answer.status_code == 403
    assert "annotator" in answer.json()["what"]


def test_a_body_over_a_megabyte_is_refused(signed_in: SignedIn) -> None:
    answer = signed_in("owner").post("/api/reviews", content=b" " * 1_000_001, headers=HOME)
    assert answer.status_code == 413


def test_a_body_that_is_not_a_decision_names_the_field(signed_in: SignedIn) -> None:
    answer = signed_in("owner").post("/api/reviews", json={"queue": "q"}, headers=HOME)
    assert answer.status_code == 422
    assert answer.json()["what"].startswith("record ")


def test_a_page_asked_for_signed_out_leads_to_the_form_and_back(stranger: TestClient) -> None:
    answer = stranger.get("/review?queue=a", headers={"Accept": "text/html"})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?next=/review%3Fqueue%3Da"


def test_no_other_site_may_frame_the_app(stranger: TestClient) -> None:
    assert stranger.get("/sign-in").headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize(
    ("method", "path"),
    [("PUT", "/_stcore/upload_file/a/b"), ("GET", "/media/x.png"), ("POST", "/_stcore/agent/interact")],
)
def test_what_streamlit_gives_and_takes_asks_for_a_sign_in(
    stranger: TestClient, signed_in: SignedIn, method: str, path: str
) -> None:
    assert stranger.request(method, path, headers=HOME).status_code == 401
    assert signed_in("annotator").request(method, path, headers=HOME).status_code == 404  # no pages here
