"""What the audit log costs a reviewer: the same review with its line and without, turn by turn, in one run.

python -m tests.benchmarks.audit --json prints one object: milliseconds of POST /api/reviews at the
median, one person and eight at once, their ratio, and what appending alone and checking take.
"""

from __future__ import annotations

import argparse
import itertools
import json
import statistics
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from typing import Any

from starlette.applications import Starlette
from starlette.testclient import TestClient

from curation import labelling, queues, teachers
from curation.sample import product_categories as sample
from storage import audit, jobs
from storage.project import Project
from tests.faults import house as houses
from ui import sign_in
from ui.actions import registry
from ui.routes import all_routes

ORIGIN = "http://testserver"
APPENDS, CROWD = 400, 8


def main() -> int:
    """Run it and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.audit")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.parse_args()
    with houses.started() as house:
        houses.with_listings(house)
        queue = filled_queue(house.project)
        cookie = sign_in.enter(house.project, "owner", house.password).cookie
        found = {
            "one_person": measured(house.project, queue, cookie, at_once=1),
            "eight_at_once": measured(house.project, queue, cookie, at_once=CROWD),
            **appended(house.project),
        }
    sys.stdout.write(json.dumps(found) + "\n")
    return 0


def filled_queue(project: Project) -> str:
    """The sample's recorded labels, on a queue."""
    teachers.save(project, teachers.RecordedTeacher(name="recorded", column=sample.TEACHER_COLUMN))
    job = labelling.start(project, sample.NAME, 1, "recorded", "owner")
    jobs.wait(project, job.job_id, 120)
    return queues.open_queue(project, sample.NAME, 1, "owner").name


def measured(project: Project, queue: str, cookie: str, *, at_once: int) -> dict[str, float]:
    """Decide on every card, again and again, every second time without the log."""
    site = Starlette(routes=all_routes(project))
    browser = TestClient(site, base_url=ORIGIN, cookies={"understudy_session": cookie})
    cards = browser.get("/api/cards", params={"queue": queue, "limit": "100"}).json()["cards"]
    cards = [card for card in cards if card["output"] in sample.LABELS][:60]
    took: dict[bool, list[float]] = {True: [], False: []}
    lock = threading.Lock()

    def decide(card: dict[str, Any]) -> None:
        sent = {
            "queue": queue, "record": card["argilla_id"], "record_id": card["record_id"],
            "decision": "approved", "client_id": f"c-{time.monotonic_ns()}", "seconds_spent": 1.0,
        }  # fmt: skip
        began = time.perf_counter()
        answered = browser.post("/api/reviews", json=sent, headers={"Origin": ORIGIN})
        with lock:
            took[logged].append(1000 * (time.perf_counter() - began))
        assert answered.status_code == 200, answered.text

    for turn, logged in zip(range(8), itertools.cycle((True, False)), strict=False):
        with log_on(logged), ThreadPoolExecutor(at_once) as pool:
            list(pool.map(decide, cards))
        for card in cards:
            undone = {"queue": queue, "record": card["argilla_id"]}
            browser.request("DELETE", "/api/reviews", json=undone, headers={"Origin": ORIGIN})
        if turn < 2:
            took[logged].clear()  # the first of each warms up
    with_log, without = (statistics.median(took[logged]) for logged in (True, False))
    return {
        "with_log_ms": round(with_log, 2), "without_ms": round(without, 2),
        "ratio": round(with_log / without, 3), "reviews": len(took[True]),
    }  # fmt: skip


@contextmanager
def log_on(logged: bool) -> Iterator[None]:
    """The log as it is, or a review that writes no line."""
    real = registry.audit.while_appending
    if not logged:
        registry.audit.while_appending = lambda *_, **__: nullcontext()  # type: ignore[assignment]
    try:
        yield
    finally:
        registry.audit.while_appending = real


def appended(project: Project) -> dict[str, float]:
    """Milliseconds of one append alone and of each of eight at once; of checking a line."""

    def once(number: int) -> float:
        began = time.perf_counter()
        audit.append(project, actor="bench", action="bench.append", subject=str(number))
        return 1000 * (time.perf_counter() - began)

    alone = statistics.median(map(once, range(APPENDS)))
    began = time.perf_counter()
    with ThreadPoolExecutor(CROWD) as pool:
        list(pool.map(once, range(APPENDS)))
    crowd_s = time.perf_counter() - began
    began = time.perf_counter()
    verdict = audit.verify(project)
    assert verdict.intact, verdict.findings
    return {
        "append_ms": round(alone, 2),
        "appends_per_s_eight_at_once": round(APPENDS / crowd_s),
        "check_ms_per_1000_lines": round(1_000_000 * (time.perf_counter() - began) / verdict.lines, 1),
    }


if __name__ == "__main__":
    sys.exit(main())
