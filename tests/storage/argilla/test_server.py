"""The server as a process: what it refuses, how it stops, and what survives a kill."""

from __future__ import annotations

import signal
import socket
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from storage import argilla_client
from storage.argilla_client import QueueRecord, QueueSpec, ReviewAnswer
from storage.errors import ServiceUnavailable
from storage.services import argilla, ports, postgres
from tests.argilla_stand import OWNER_PASSWORD, ArgillaStand
from tests.storage.argilla.conftest import LABELS

pytestmark = pytest.mark.argilla
ANSWER = ReviewAnswer(decision="approved", output=LABELS[0]).values()


def refusal(stand: ArgillaStand, **changed: str) -> str:
    """What a server started beside the stand's says when it refuses; it must exit with 2."""
    variables = stand.variables() | {"UNDERSTUDY_ARGILLA_PORT": str(ports.free_port())} | changed
    ended = subprocess.run(argilla.command(), env=variables, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 2, ended.stdout + ended.stderr
    assert "Traceback" not in ended.stderr
    return ended.stderr.strip()


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("ARGILLA_DATABASE_URL", "sqlite+aiosqlite:///argilla.db", "keeps its records in PostgreSQL only"),
        ("ARGILLA_DATABASE_URL", "", "ARGILLA_DATABASE_URL is not set"),
        ("ARGILLA_AUTH_SECRET_KEY", "", "ARGILLA_AUTH_SECRET_KEY is not set"),
        ("ARGILLA_AUTH_SECRET_KEY", "short", "shorter than 32 characters"),
        ("UNDERSTUDY_OWNER_PASSWORD", "1234", "8 to 72 bytes"),
        ("UNDERSTUDY_OWNER_API_KEY", "argilla.apikey", "a random key"),
        ("UNDERSTUDY_ARGILLA_PORT", "http", "a port from 1 to 65535"),
        ("ARGILLA_REDIS_URL", "redis://127.0.0.1:9/0", "Redis does not answer"),
        ("ARGILLA_DATABASE_URL", "postgresql+asyncpg://x@127.0.0.1:9/argilla", "PostgreSQL does not answer"),
    ],
)
def test_it_refuses_in_a_sentence(argilla_stand: ArgillaStand, name: str, value: str, sentence: str) -> None:
    elsewhere = str(argilla_stand.log.parent / "other")
    said = refusal(argilla_stand, **{name: value, "ARGILLA_HOME_PATH": elsewhere})
    assert sentence in said
    assert len(said.splitlines()) == 1


def test_a_port_in_use_is_named(argilla_stand: ArgillaStand, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        said = refusal(argilla_stand, UNDERSTUDY_ARGILLA_PORT=port, ARGILLA_HOME_PATH=str(tmp_path))
    assert f"Port {port}" in said


def test_no_owner_is_made_without_a_password(argilla_stand: ArgillaStand, tmp_path: Path) -> None:
    nobody = {"UNDERSTUDY_OWNER_NAME": "nobody-yet", "UNDERSTUDY_OWNER_PASSWORD": ""}
    said = refusal(
        argilla_stand, UNDERSTUDY_OWNER_PASSWORD_FILE=str(tmp_path / "none"), ARGILLA_HOME_PATH=str(tmp_path),
        **nobody,
    )  # fmt: skip
    assert "'nobody-yet' does not exist yet" in said
    assert "nobody-yet" not in {user.username for user in argilla_stand.owner.users()}


def test_a_database_of_a_newer_release_is_left_alone(argilla_stand: ArgillaStand, tmp_path: Path) -> None:
    address = postgres.connection_string(argilla_stand.project, "argilla")
    with psycopg.connect(address, autocommit=True) as connection:
        stands = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        connection.execute("UPDATE alembic_version SET version_num = 'f00d00000000'")
        try:
            said = refusal(argilla_stand, ARGILLA_HOME_PATH=str(tmp_path))
        finally:
            connection.execute("UPDATE alembic_version SET version_num = %s", stands)
        index = connection.execute("SELECT to_regclass('understudy_search.record_text')").fetchone()
    assert "schema f00d00000000, which argilla-server 2.8.0 does not know" in said
    assert index != (None,)


def test_it_listens_on_loopback_only(argilla_stand: ArgillaStand) -> None:
    addresses = {each[4][0] for each in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
    for address in addresses - {"127.0.0.1", "127.0.1.1"}:
        with (
            pytest.raises(ConnectionRefusedError),
            socket.create_connection((str(address), argilla_stand.port), timeout=2),
        ):
            pass


def test_only_the_owner_and_invited_people_have_accounts(argilla_stand: ArgillaStand) -> None:
    with psycopg.connect(postgres.connection_string(argilla_stand.project, "argilla")) as connection:
        stock = connection.execute("SELECT count(*) FROM users WHERE username = 'argilla'").fetchone()
    assert stock == (0,)


def test_no_search_text_reaches_the_log(argilla_stand: ArgillaStand) -> None:
    argilla_stand.owner.sign_in("owner", OWNER_PASSWORD)
    log = argilla_stand.log.read_text()
    assert OWNER_PASSWORD not in log
    assert argilla_stand.api_key not in log


def test_it_stops_when_asked_and_starts_again(argilla_stand: ArgillaStand) -> None:
    argilla_stand.person("barbara")
    before = argilla_stand.owner.users()
    assert argilla_stand.end(signal.SIGTERM) == 0
    with pytest.raises(ServiceUnavailable):
        argilla_stand.owner.me()
    argilla_stand.start()
    assert argilla_stand.owner.users() == before
    assert argilla_stand.person("barbara").me().username == "barbara"


def test_a_changed_password_survives_a_start(argilla_stand: ArgillaStand) -> None:
    argilla_stand.owner.set_password("owner", "changed by the owner")
    try:
        argilla_stand.end()
        argilla_stand.start()
        assert argilla_stand.owner.sign_in("owner", "changed by the owner")
    finally:
        argilla_stand.owner.set_password("owner", OWNER_PASSWORD)


def test_scratch_files_do_not_pile_up(argilla_stand: ArgillaStand) -> None:
    scratch = Path(argilla_stand.variables()["ARGILLA_HOME_PATH"]) / "scratch"
    argilla_stand.end(signal.SIGKILL)
    argilla_stand.start()
    assert len(list(scratch.iterdir())) == 1


def test_a_kill_loses_no_acknowledged_answer_and_no_sign_in(
    argilla_stand: ArgillaStand, spec: QueueSpec
) -> None:
    person = argilla_stand.person("ada")
    records = [QueueRecord(f"r{number}", {"title": str(number)}) for number in range(400)]
    with argilla_stand.queue(spec) as queue_id:
        argilla_stand.owner.add_records(queue_id, records)
        waiting = [item.record_id for item in person.pending(queue_id, 400)]
        acknowledged: set[str] = set()

        def answer(record_id: str) -> None:
            try:
                person.submit(record_id, ANSWER)
            except ServiceUnavailable:
                return
            acknowledged.add(record_id)

        with ThreadPoolExecutor(4) as pool:
            running = [pool.submit(answer, record_id) for record_id in waiting]
            until = time.monotonic() + 60
            while len(acknowledged) < 40:
                assert time.monotonic() < until
                time.sleep(0.005)
            argilla_stand.end(signal.SIGKILL)
            for each in running:
                each.result()
        assert 40 <= len(acknowledged) < 400, "the kill came too late to test anything"
        argilla_stand.start()
        stored = {response.record_id for response in argilla_stand.owner.responses(queue_id)}
        assert acknowledged <= stored
        for record_id in waiting:  # the outbox sends again what was not acknowledged, with the old sign-in
            if record_id not in acknowledged:
                answer(record_id)
        assert argilla_stand.owner.progress(queue_id).completed == 400
        assert person.pending(queue_id, 10) == []


def test_forty_people_may_submit_at_once(argilla_stand: ArgillaStand, spec: QueueSpec) -> None:
    owner = argilla_stand.owner
    records = [QueueRecord(f"r{number}", {"title": str(number)}) for number in range(120)]
    with argilla_stand.queue(spec) as queue_id, ThreadPoolExecutor(40) as pool:
        owner.add_records(queue_id, records)
        ids = list(owner.record_ids(queue_id).values())
        list(pool.map(lambda record_id: owner.submit(record_id, ANSWER), ids))
        assert owner.progress(queue_id).completed == 120


def test_a_webhook_that_listens_is_told(argilla_stand: ArgillaStand, spec: QueueSpec) -> None:
    """Events are skipped only while nobody listens."""
    import httpx
    from redis import Redis

    from storage.services import redis

    http = httpx.Client(
        base_url=f"{argilla_stand.url}/api/v1", headers={"X-Argilla-Api-Key": argilla_stand.api_key}
    )
    listening = Redis.from_url(redis.url(argilla_stand.project))
    with http, listening as queue, argilla_stand.queue(spec) as queue_id:
        argilla_stand.owner.add_records(queue_id, [QueueRecord("before", {"title": "x"})])
        assert queue.llen("rq:queue:high") == 0
        body = {"url": "http://127.0.0.1:9/hook", "events": ["record.created"], "description": "test"}
        made = http.post("/webhooks", json=body).raise_for_status().json()
        try:
            argilla_stand.owner.add_records(queue_id, [QueueRecord("after", {"title": "x"})])
            assert queue.llen("rq:queue:high") == 1
        finally:
            http.delete(f"/webhooks/{made['id']}").raise_for_status()
            queue.delete("rq:queue:high")


def test_an_external_argilla_needs_its_key(
    argilla_stand: ArgillaStand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from storage import project
    from storage.errors import NotAllowed

    project.create(tmp_path / "p", "elsewhere")
    settings = f'name = "elsewhere"\n[services]\nargilla_url = "{argilla_stand.url}/"\n'
    (tmp_path / "p" / "understudy.toml").write_text(settings)
    elsewhere = project.open_project(tmp_path / "p")
    monkeypatch.delenv("ARGILLA_API_KEY", raising=False)
    with pytest.raises(NotAllowed, match="ARGILLA_API_KEY"):
        argilla_client.connect(elsewhere)
    monkeypatch.setenv("ARGILLA_API_KEY", argilla_stand.api_key)
    assert argilla_client.connect(elsewhere).me().username == "owner"
