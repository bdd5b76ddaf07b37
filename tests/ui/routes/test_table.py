"""Every route of ours against nobody, an annotator, an admin and an owner."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from storage.errors import NotAllowed
from storage.project import Project
from tests.ui.conftest import ORIGIN, SignedIn
from ui.routes import all_routes
from ui.sign_in import Person
from ui.views import catalogue

pytestmark = pytest.mark.argilla

ROLES = ("nobody", "annotator", "admin", "owner")

# (method, path) -> what each role meets. What passes meets a task, queue or body that is not there.
TABLE = {
    ("GET", "/api/health"): (200, 200, 200, 200),
    ("GET", "/sign-in"): (200, 200, 200, 200),
    ("POST", "/sign-in"): (401, 401, 401, 401),  # with a name that nobody has
    ("POST", "/sign-out"): (303, 303, 303, 303),
    ("GET", "/api/cards"): (401, 404, 404, 404),
    ("POST", "/api/cards"): (401, 404, 404, 404),
    ("POST", "/api/reviews"): (401, 422, 422, 422),
    ("DELETE", "/api/reviews"): (401, 422, 422, 422),
    ("POST", "/api/leases"): (401, 422, 422, 422),
    ("GET", "/api/grid"): (401, 404, 404, 404),
    ("POST", "/api/reviews/same"): (401, 422, 422, 422),
    ("DELETE", "/api/reviews/same"): (401, 422, 422, 422),
    ("GET", "/api/labels"): (401, 404, 404, 404),
    ("GET", "/api/context"): (401, 404, 404, 404),
    ("POST", "/api/flags"): (401, 422, 422, 422),
    ("POST", "/api/votes"): (401, 422, 422, 422),
    ("GET", "/downloads/{task}/{version}/{format}"): (401, 403, 404, 404),
}

QUERIED = ("/api/cards", "/api/labels", "/api/context", "/api/grid")


def served(project: Project) -> set[tuple[str, str]]:
    found = set()
    for route in all_routes(project):
        assert isinstance(route, Route), f"{route} is no plain route: say in this test who may use it"
        found |= {(method, route.path) for method in route.methods or () if method != "HEAD"}
    return found


def test_the_table_has_every_route_and_no_other(house: Project) -> None:
    assert served(house) == set(TABLE)


@pytest.mark.parametrize("role", ROLES)
def test_a_role_meets_what_the_table_says(site: Starlette, signed_in: SignedIn, role: str) -> None:
    stranger = TestClient(site, base_url=ORIGIN, follow_redirects=False)
    browser = stranger if role == "nobody" else signed_in(role)
    met = {}
    for method, path in sorted(TABLE, key=lambda route: route[1] == "/sign-out"):  # which ends the session
        address = path.format(task="none", version="v0001", format="csv")
        form = {"data": {"username": "none", "password": "none"}}
        body = {} if method == "GET" else form if path == "/sign-in" else {"json": {}}
        query = {"queue": "none"} if path in QUERIED else None
        answer = browser.request(method, address, headers={"Origin": ORIGIN}, params=query, **body)  # type: ignore[arg-type]
        met[(method, path)] = answer.status_code
    assert met == {route: by_role[ROLES.index(role)] for route, by_role in TABLE.items()}


PAGES = {
    "home": (True, True, True), "import": (False, True, True), "preparing": (False, True, True),
    "duplicates": (False, True, True), "explore": (False, True, True),
    "labels": (False, True, True), "review": (True, True, True),
    "bulk": (True, True, True), "agreement": (True, True, True),
    "conflicts": (False, True, True), "progress": (True, True, True), "datasets": (False, True, True),
    "exports": (False, True, True),
    "train": (False, True, True), "evaluate": (False, True, True), "side-by-side": (True, True, True),
    "jobs": (True, True, True), "people": (False, True, True), "audit": (False, True, True),
    "erase": (False, True, True), "settings": (False, True, True), "account": (True, True, True),
}  # fmt: skip


def test_the_table_has_every_page_and_no_other() -> None:
    assert {entry.address for entry in catalogue.entries()} == set(PAGES)


@pytest.mark.parametrize(("place", "role"), list(enumerate(ROLES[1:])))
def test_a_page_opens_for_the_roles_of_the_table(place: int, role: str) -> None:
    by = Person("u1", "ann", role, "no token")
    for address, by_role in PAGES.items():
        path = "" if address == "home" else address  # as Streamlit names the page of the root
        if by_role[place]:
            catalogue.require(by, path)
        else:
            with pytest.raises(NotAllowed, match="may not"):
                catalogue.require(by, path)
