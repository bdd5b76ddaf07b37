"""The embedded Argilla: its answers against hand-written SQL, its writes against Argilla's own defaults.

    python -m tests.benchmarks.argilla --json            # 100,000 records
    python -m tests.benchmarks.argilla --records 1000000 --reads-only

Reads: milliseconds at the median through the API, beside the same question asked of Argilla's
tables by a statement a person would write (with its exact total, as the API gives it). Writes:
the same requests to Argilla's defaults on SQLite with a search engine that does nothing.
"""

from __future__ import annotations

import argparse
import json
import secrets as random
import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import psycopg

from storage.argilla_client import ArgillaClient, QueueRecord, Suggestion
from storage.services import postgres
from tests.benchmarks import _argilla_servers as servers
from tests.benchmarks._argilla_questions import Question, questions
from tests.benchmarks._argilla_rows import LABELS, Filled, fill, queue_spec

ROUNDS, WARM_UP, STATEMENT_LIMIT_S = 20, 3, 20
BULK, ALONE, PEOPLE, TOGETHER = 3_000, 100, 8, 25
ANSWER = {"category": "label-01"}


def median_ms(ask: Callable[[], None]) -> float:
    """The median of some rounds after a warm-up; a question of seconds is asked fewer times."""
    for _ in range(WARM_UP):
        ask()
    taken: list[float] = []
    until = time.monotonic() + STATEMENT_LIMIT_S
    while len(taken) < ROUNDS and (len(taken) < 3 or time.monotonic() < until):
        began = time.perf_counter()
        ask()
        taken.append(1000 * (time.perf_counter() - began))
    return statistics.median(taken)


def reads(server: servers.Server, records: int) -> list[dict[str, Any]]:
    """Every question on a filled queue."""
    password = random.token_urlsafe(12)
    reader = server.owner.create_user("reader", password, "annotator", [server.project.name])
    filled = fill(server.project, server.owner, reader.id, records)
    headers = {"Authorization": f"Bearer {server.owner.sign_in('reader', password)}"}
    with (
        httpx.Client(base_url=f"{server.url}/api/v1", headers=headers, timeout=120) as http,
        psycopg.connect(postgres.connection_string(server.project, "argilla"), autocommit=True) as connection,
    ):
        connection.execute("CREATE EXTENSION IF NOT EXISTS vector")
        return [read(http, connection, question, filled) for question in questions(filled)]


def read(
    http: httpx.Client, connection: psycopg.Connection[Any], question: Question, filled: Filled
) -> dict[str, Any]:
    """One question, through the API and by SQL."""
    told = {
        "queue": filled.queue_id, "user": filled.user_id, "question": filled.question_id,
        "vectors": filled.vectors_id, "value": json.dumps(filled.value),
    }  # fmt: skip

    def by_api() -> None:
        http.request(question.method, question.path, json=question.body).raise_for_status()

    def by_sql() -> None:
        for statement in question.statements:
            connection.execute(statement, told).fetchall()

    ours, peers = median_ms(by_api), median_ms(by_sql)
    return {
        "question": question.name, "ours_ms": round(ours, 1), "sql_ms": round(peers, 1),
        "ratio": round(ours / peers, 2), "limit_ms": question.limit_ms,
    }  # fmt: skip


def writes(server: servers.Server) -> dict[str, float]:
    """Records a second in bulk, the median of one person's answers, and answers a second of eight."""
    owner, workspace = server.owner, server.project.name
    queue_id = owner.create_queue(queue_spec("written", workspace))
    people = server.people(PEOPLE, workspace)
    given = [
        QueueRecord(
            f"w{number}", {"text": f"thing {number}, boxed"}, metadata={"price": number, "seller": "a"},
            suggestions={"category": Suggestion(LABELS[number % 12], agent="teacher", score=0.5)},
        )
        for number in range(BULK)
    ]  # fmt: skip
    began = time.perf_counter()
    owner.add_records(queue_id, given)
    bulk = BULK / (time.perf_counter() - began)
    ids = listed(server, queue_id, ALONE + PEOPLE * TOGETHER)
    alone = [timed(people[0], record_id) for record_id in ids[:ALONE]]
    rest = ids[ALONE:]
    began = time.perf_counter()
    with ThreadPoolExecutor(PEOPLE) as pool:
        list(pool.map(lambda told: [told[1].submit(each, ANSWER) for each in rest[told[0] :: PEOPLE]],
                      enumerate(people)))  # fmt: skip
    together = len(rest) / (time.perf_counter() - began)
    return {"bulk_per_s": bulk, "submit_p50_ms": 1000 * statistics.median(alone), "together_per_s": together}


def timed(person: ArgillaClient, record_id: str) -> float:
    """Seconds of one answer."""
    began = time.perf_counter()
    person.submit(record_id, ANSWER)
    return time.perf_counter() - began


def listed(server: servers.Server, queue_id: str, count: int) -> list[str]:
    """The ids of the first records, from the table: the stock server's engine finds nothing."""
    address = f"{server.url}/api/v1/datasets/{queue_id}/records"
    headers = {"X-Argilla-Api-Key": server.api_key}
    reply = httpx.get(address, params={"limit": count}, headers=headers, timeout=60).raise_for_status()
    return [item["id"] for item in reply.json()["items"]]


def compared(ours: dict[str, float], stock: dict[str, float]) -> list[dict[str, Any]]:
    """Both servers' figures; a ratio above 1 means that ours is the faster."""
    wanted = {"bulk_per_s": 3.0, "submit_p50_ms": 2.0, "together_per_s": 2.5}
    return [
        {
            "figure": name, "ours": round(ours[name], 1), "stock": round(stock[name], 1),
            "ratio": round(stock[name] / ours[name] if name.endswith("_ms") else ours[name] / stock[name], 2),
            "wanted": least,
        }
        for name, least in wanted.items()
    ]  # fmt: skip


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--reads-only", action="store_true", help="leave the stock server out")
    told = parser.parse_args()
    found: dict[str, Any] = {"benchmark": "argilla", "records": told.records}
    with servers.project() as home:
        with servers.ours(home) as server:
            if not told.reads_only:
                ours = writes(server)
            found["reads"] = reads(server, told.records)
        if not told.reads_only:
            with servers.stock(home) as server:
                found["writes"] = compared(ours, writes(server))
    if told.json:
        sys.stdout.write(json.dumps(found) + "\n")
        return
    for row in [*found["reads"], *found.get("writes", [])]:
        sys.stdout.write("  ".join(f"{name} {value}" for name, value in row.items()) + "\n")


if __name__ == "__main__":
    main()
