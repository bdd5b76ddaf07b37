"""Argilla's background jobs run beside its server, with the same engine and settings."""

from __future__ import annotations

import json
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import httpx
import psycopg
import pytest

from storage.argilla_client import QueueRecord, QueueSpec, ReviewAnswer
from storage.services import argilla, postgres
from tests.argilla_stand import ArgillaStand
from tests.storage.argilla.conftest import LABELS

pytestmark = pytest.mark.argilla
LIMIT_S = 60


@pytest.fixture(scope="module")
def worker(argilla_stand: ArgillaStand) -> Iterator[subprocess.Popen[bytes]]:
    """The worker, started as the supervisor starts it, once it takes jobs."""
    ready = argilla_stand.project.services_dir / "argilla-worker.pid"
    with argilla_stand.log.with_name("argilla-worker.log").open("wb") as log:
        process = subprocess.Popen(
            argilla.worker_command(), env=argilla_stand.variables() | {"UNDERSTUDY_READY_FILE": str(ready)},
            stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
    until(lambda: ready.exists() and ready.read_text().strip() == str(process.pid))
    yield process
    process.terminate()
    assert process.wait(LIMIT_S) == 0


@pytest.fixture
def http(argilla_stand: ArgillaStand) -> Iterator[httpx.Client]:
    """Argilla's API, as the owner."""
    headers = {"X-Argilla-Api-Key": argilla_stand.api_key}
    with httpx.Client(base_url=f"{argilla_stand.url}/api/v1", headers=headers, timeout=30) as client:
        yield client


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + LIMIT_S
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_changed_queue_has_its_records_counted_anew(
    argilla_stand: ArgillaStand, spec: QueueSpec, http: httpx.Client, worker: subprocess.Popen[bytes]
) -> None:
    owner = argilla_stand.owner
    with argilla_stand.queue(spec) as queue_id:
        owner.add_records(queue_id, [QueueRecord("r0", {"title": "0"})])
        (record_id,) = owner.record_ids(queue_id).values()
        owner.submit(record_id, ReviewAnswer(decision="approved", output=LABELS[0]).values(), "draft")
        with psycopg.connect(postgres.connection_string(argilla_stand.project, "argilla")) as connection:
            connection.execute("UPDATE records SET status = 'completed' WHERE id = %s", (record_id,))
        assert owner.progress(queue_id).completed == 1
        http.patch(f"/datasets/{queue_id}", json={"guidelines": "Look again."}).raise_for_status()
        until(lambda: owner.progress(queue_id).completed == 0)


@pytest.fixture
def listener() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Somebody's server that a webhook calls, and what it was told."""
    told: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/hook", told
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_webhook_is_called(
    argilla_stand: ArgillaStand,
    spec: QueueSpec,
    http: httpx.Client,
    worker: subprocess.Popen[bytes],
    listener: tuple[str, list[dict[str, Any]]],
) -> None:
    address, told = listener
    body = {"url": address, "events": ["record.created"], "description": "test"}
    hook = http.post("/webhooks", json=body).raise_for_status().json()["id"]
    try:
        with argilla_stand.queue(spec) as queue_id:
            argilla_stand.owner.add_records(queue_id, [QueueRecord("kettle", {"title": "a kettle"})])
            until(lambda: bool(told))
    finally:
        http.delete(f"/webhooks/{hook}").raise_for_status()
    assert told[0]["type"] == "record.created"
    assert told[0]["data"]["fields"]["title"] == "a kettle"
