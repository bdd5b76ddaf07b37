"""An Argilla that somebody else runs: looked at before it is used, and everything said that is wrong."""

from __future__ import annotations

import json
import secrets as random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from storage import argilla_client, services
from storage import project as projects
from storage.argilla_client import QueueRecord, QueueSpec
from storage.errors import InvalidInput, NotAllowed, ServiceUnavailable
from storage.project import Project
from tests.argilla_stand import ArgillaStand

pytestmark = pytest.mark.argilla
KEY = "KEY_OF_ANOTHER_ARGILLA"
Pointing = Callable[..., Project]


@pytest.fixture
def pointing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pointing:
    """A project at an address, with a key in its environment."""

    def made(url: str, key: str | None = None, name: str = "") -> Project:
        name = name or f"external-{random.token_hex(4)}"
        projects.create(tmp_path / name, name)
        settings = f'name = "{name}"\n[services]\nargilla_url = "{url}"\nargilla_api_key_env = "{KEY}"\n'
        (tmp_path / name / projects.SETTINGS_NAME).write_text(settings)
        monkeypatch.delenv(KEY, raising=False)
        if key is not None:
            monkeypatch.setenv(KEY, key)
        return projects.open_project(tmp_path / name)

    return made


@contextmanager
def answering(replies: dict[str, tuple[int, object]]) -> Iterator[str]:
    """An HTTP server that answers these paths; its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, said = replies.get(self.path, (404, {"detail": "Not Found"}))
            self.send_response(status)
            if status in (301, 308):
                self.send_header("Location", str(said))
            body = json.dumps(said).encode()
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_an_owners_key_is_told_what_answers_and_makes_the_workspace(
    other_stand: ArgillaStand, pointing: Pointing
) -> None:
    project = pointing(f"{other_stand.url}/", other_stand.api_key)
    found = argilla_client.check(project)
    assert (found.url, found.account, found.role) == (other_stand.url, "owner", "owner")
    assert found.version.startswith("2.")
    assert not found.workspace_stands
    assert not argilla_client.check(project).workspace_stands
    argilla_client.prepare(project)
    assert argilla_client.check(project).workspace_stands
    (state,) = [each for each in services.status(project) if each.name == "argilla"]
    assert (state.status, state.address) == ("external", other_stand.url)
    assert f"as owner (owner), workspace {project.name}" in state.detail


def test_an_address_where_nothing_answers_is_named(pointing: Pointing) -> None:
    project = pointing("http://127.0.0.1:9", "any-key")
    with pytest.raises(ServiceUnavailable, match=r"127\.0\.0\.1:9") as told:
        argilla_client.check(project)
    assert "services.argilla_url" in told.value.next_step
    assert "understudy up" not in str(told.value)
    (state,) = [each for each in services.status(project) if each.name == "argilla"]
    assert state.status == "unusable"
    assert "127.0.0.1:9" in state.detail


@pytest.mark.parametrize(
    ("version", "said"),
    [
        ("1.29.1", "version 1.29.1, which is too old"),
        ("2.5.0", "version 2.5.0, which is too old"),
        ("3.0.0", "version 3.0.0, which is too new"),
        ("dev", "version dev, which is too old"),
    ],
)
def test_a_version_we_do_not_speak_to_is_named(pointing: Pointing, version: str, said: str) -> None:
    with (
        answering({"/api/v1/version": (200, {"version": version})}) as url,
        pytest.raises(InvalidInput, match=said) as told,
    ):
        argilla_client.check(pointing(url, "any-key"))
    assert "2.8" in told.value.next_step or "Update Understudy" in told.value.next_step


def test_something_else_at_the_address_is_no_argilla(pointing: Pointing) -> None:
    with answering({}) as url, pytest.raises(InvalidInput, match="is no Argilla 2"):
        argilla_client.check(pointing(url, "any-key"))
    with (
        answering({"/api/v1/version": (200, ["hello"])}) as url,
        pytest.raises(InvalidInput, match="is no Argilla 2"),
    ):
        argilla_client.check(pointing(url, "any-key"))


def test_an_address_that_sends_us_on_is_told_where_to(pointing: Pointing) -> None:
    with (
        answering({"/api/v1/version": (308, "https://argilla.example.org/api/v1/version")}) as url,
        pytest.raises(InvalidInput, match=r"sending us on to https://argilla\.example\.org"),
    ):
        argilla_client.check(pointing(url, "any-key"))


@pytest.mark.parametrize(
    ("key", "said"),
    [
        (None, f"environment variable {KEY}"),
        ("argilla.apikey", f"The key in {KEY} is not one that the Argilla at"),
        ("a\nkey", "characters that no key of Argilla has"),
    ],
)
def test_a_key_that_is_missing_or_wrong_is_named(
    other_stand: ArgillaStand, pointing: Pointing, key: str | None, said: str
) -> None:
    with pytest.raises(NotAllowed, match=said):
        argilla_client.check(pointing(other_stand.url, key))


def test_an_annotators_key_is_refused(other_stand: ArgillaStand, pointing: Pointing) -> None:
    other_stand.owner.create_user("rita", "first password", "annotator", [other_stand.workspace])
    project = pointing(other_stand.url, other_stand.key_of("rita"), other_stand.workspace)
    with pytest.raises(NotAllowed, match=r"that of rita, an annotator; Understudy needs an owner's or"):
        argilla_client.check(project)


def test_an_admins_key_works_in_the_workspaces_it_belongs_to(
    other_stand: ArgillaStand, pointing: Pointing, spec: QueueSpec, records: list[QueueRecord]
) -> None:
    owner = other_stand.owner
    admin = owner.create_user("adam", "first password", "admin")
    project = pointing(other_stand.url, other_stand.key_of("adam"))
    with pytest.raises(NotAllowed, match=r"adam, an admin who belongs to no workspace 'external-"):
        argilla_client.prepare(project)
    owner.add_to_workspace(admin.id, project.name)
    assert argilla_client.prepare(project).role == "admin"
    owner.create_user("nora", "second password", "annotator", [project.name])
    nora = argilla_client.connect(project, token=owner.sign_in("nora", "second password"))

    client = argilla_client.connect(project)
    queue_id = client.create_queue(QueueSpec(spec.name, project.name, spec.fields, spec.questions))
    client.add_records(queue_id, records)
    (first, *_) = nora.pending(queue_id, 1)
    nora.submit(first.record_id, {"decision": "approved"})
    (given,) = client.responses(queue_id)
    assert given.username == "nora"
    assert client.feed_cursor() is None or "." in str(client.feed_cursor())
