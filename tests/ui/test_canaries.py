"""No secret stands anywhere but where it must: the whole product runs, every secret of it is looked for."""

from __future__ import annotations

import csv
import json
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from curation.sample import product_categories as sample
from storage import audit, database, people
from storage import project as projects
from storage.services import secrets
from tests.faults import house as houses
from tests.faults.house import House
from tests.servers import ChatServer, Reply, Request, chat_server, refused
from tests.ui.cli.commands import answer
from ui import app, resources, sign_in
from ui.views import catalogue

pytestmark = [pytest.mark.argilla, pytest.mark.slow]

KEY_VARIABLE, TEACHER_KEY = "CANARY_TEACHER_KEY", "sk-canary-7d1f0c93b2a84e55"
TYPED_WRONG, TYPED_AS_NAME = "canary-wrong-password-52c1", "canary-typed-as-name-90e7"
ALLOWED = (
    "services/secrets.json", "services/supervisord.conf", "services/first-password",
    "services/redis/redis.conf",
)  # fmt: skip
"""Files whose purpose is to hold secrets; only their owner may read them."""
DATABASES = ("services/postgres",)
"""Argilla keeps its API keys in its own table; ours is looked through row by row."""


@dataclass
class Scene:
    """The running product, and every secret that has been in somebody's hands, by what it is."""

    house: House
    canaries: dict[str, str] = field(default_factory=dict)

    def found_in(self, content: str) -> list[str]:
        return [name for name, secret in self.canaries.items() if secret in content]


def echoes_the_key(request: Request, number: int) -> Reply:
    """As some endpoints do: the refusal quotes the whole key."""
    return refused(401, f"Incorrect API key provided: {request.authorization}.", "invalid_api_key")


@pytest.fixture(scope="module")
def teacher() -> Iterator[ChatServer]:
    with chat_server(echoes_the_key) as server:
        yield server


@pytest.fixture(scope="module")
def scene(teacher: ChatServer) -> Iterator[Scene]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(KEY_VARIABLE, TEACHER_KEY)
        with houses.started() as house:
            patch.setenv(projects.PROJECT_VARIABLE, str(house.project.root))
            made = Scene(house)
            act(made, teacher)
            yield made


def act(scene: Scene, teacher: ChatServer) -> None:
    """Everything that handles a secret, once, by command and over HTTP."""
    house, at = scene.house, ("--project", scene.house.project.root)
    keys = secrets.load(house.project)
    scene.canaries |= {name: str(value) for name, value in keys.model_dump().items()}
    scene.canaries |= {"first password": house.password, "teacher's key": TEACHER_KEY}
    scene.canaries |= {"password typed wrong": TYPED_WRONG, "password typed as a name": TYPED_AS_NAME}
    scene.canaries["invited password"] = answer("people", "invite", "ines", *at)["password"]
    scene.canaries["reset password"] = answer("people", "reset-password", "ines", *at)["password"]
    scene.canaries["new key"] = answer("people", "new-key", "ines", *at)["api_key"]
    with httpx.Client(base_url=house.url, headers={"Origin": house.url}, timeout=30) as browser:
        for name, password in (("ines", TYPED_WRONG), (TYPED_AS_NAME, "x" * 12), ("ines", "reset password")):
            form = {"username": name, "password": scene.canaries.get(password, password)}
            entered = browser.post("/sign-in", data=form)
        assert entered.status_code == 303
        cookie = browser.cookies["understudy_session"]
    person = sign_in.person_of(house.project, cookie)
    assert person is not None
    scene.canaries |= {"cookie": cookie, "Argilla's token": person.argilla_token}
    session_id = sign_in.session_of(house.project, cookie)
    assert session_id is not None
    scene.canaries["session"] = session_id
    _label(scene, teacher)


def _label(scene: Scene, teacher: ChatServer) -> None:
    """A job whose teacher refuses the key and quotes it; the job fails."""
    at = ("--project", scene.house.project.root)
    houses.with_listings(scene.house)
    answer(
        "teacher", "add", "canary", "--model", "m", "--base-url", teacher.url, "--key-env", KEY_VARIABLE, *at
    )
    answer("label", sample.NAME, "--prompt", "1", "--teacher", "canary", *at, status=2)
    assert teacher.requests
    assert teacher.requests[0].authorization == f"Bearer {TEACHER_KEY}"


def test_the_canaries_are_there_to_be_found(scene: Scene) -> None:
    assert len(scene.canaries) == 14
    assert all(len(secret) >= 16 for secret in scene.canaries.values())
    kept = (scene.house.project.root / ALLOWED[0]).read_text()
    assert len(scene.found_in(kept)) == 4


def test_no_log_no_manifest_and_no_other_file_of_the_project_holds_a_secret(scene: Scene) -> None:
    root, seen = scene.house.project.root, 0
    for path in sorted(path for path in root.rglob("*") if path.is_file()):
        name = str(path.relative_to(root))
        if name.startswith(DATABASES):
            continue
        if name in ALLOWED:
            assert stat.S_IMODE(path.stat().st_mode) == 0o600, name
            continue
        seen += 1
        assert scene.found_in(path.read_bytes().decode("utf-8", "replace")) == [], name
    names = {path.name for path in root.rglob("*")}
    assert {"manifest.json", "log.txt", "argilla.log", "app.log", "audit-anchor.json"} <= names, names
    assert seen > 10


def test_no_row_of_our_database_holds_a_secret(scene: Scene) -> None:
    with database.engine(scene.house.project).connect() as connection:
        tables = connection.execute(
            text("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'")
        ).scalars()
        for table in list(tables):
            rows = connection.execute(text(f"SELECT t::text FROM {table} t")).scalars()
            assert scene.found_in("\n".join(rows)) == [], table


def test_no_line_of_the_audit_log_holds_a_secret(scene: Scene) -> None:
    lines = audit.listing(scene.house.project, limit=1_000)
    done = {line.action for line in lines}
    assert {"people.invite", "people.replace_key", "session.refuse", "session.open", "teacher.save"} <= done
    assert scene.found_in(str(lines)) == []
    told = answer("audit", "list", "--project", scene.house.project.root)
    assert scene.found_in(json.dumps(told)) == []
    assert scene.found_in(json.dumps(answer("people", "list", "--project", scene.house.project.root))) == []


@pytest.mark.parametrize("address", [entry.address for entry in catalogue.entries()])
def test_no_page_shows_a_secret(scene: Scene, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    project = scene.house.project
    entered = sign_in.enter(project, "owner", scene.house.password)
    monkeypatch.setattr(resources, "session_cookie", lambda: entered.cookie)
    monkeypatch.setenv(projects.PROJECT_VARIABLE, str(project.root))
    resources.project.clear()
    page = AppTest.from_file(app.__file__, default_timeout=60)
    page._page_hash = "" if address == "home" else calc_hash(address)
    if address == "people":
        page.query_params["person"] = people.get(project, "ines").user_id
    page.run()
    assert not page.exception
    drawn = repr(page.main) + repr(page.sidebar)
    assert "Sign out" in drawn
    assert scene.found_in(drawn) == []
    resources.project.clear()


def test_the_plain_pages_hold_no_secret(scene: Scene) -> None:
    with httpx.Client(base_url=scene.house.url, timeout=30) as browser:
        for path in ("/sign-in", "/api/health", "/", "/api/cards", "/downloads/a/v0001/csv"):
            answered = browser.get(path, headers={"Accept": "text/html"})
            assert scene.found_in(answered.text + str(answered.headers)) == [], path


def test_a_file_with_a_secret_would_be_found(scene: Scene, tmp_path: Path) -> None:
    planted = tmp_path / "log.txt"
    with planted.open("w", newline="") as stream:
        csv.writer(stream).writerow(["Authorization", f"Bearer {TEACHER_KEY}"])
    assert scene.found_in(planted.read_text()) == ["teacher's key"]
