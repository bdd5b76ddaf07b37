"""How long the mirror of 100,000 answers takes: the first time, when nothing changed, when ten did.

    python -m tests.benchmarks.mirror --json

The peer is the same answers read from Argilla's tables by one SQL statement and written as Parquet, without
a look at what they say: nothing that keeps a copy of them can be faster.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq

from curation import reviews
from curation.queues import Queue
from storage.services import postgres
from tests.benchmarks import _review_house
from tests.faults.house import House, started

CHANGED = 10
FIRST_LIMIT_S = 60
ANSWERED = """
INSERT INTO responses (id, values, status, record_id, user_id, inserted_at, updated_at)
SELECT gen_random_uuid(),
    json_build_object(
        'decision', json_build_object('value', 'approved'),
        'output', json_build_object('value', 'label-' || lpad((n %% 12)::text, 2, '0')),
        'provenance', json_build_object('value',
            json_build_object('client_id', 'c' || n, 'seconds_spent', 1 + n %% 20)::text)),
    'submitted', id, (SELECT id FROM users WHERE username = 'owner'), now(), now()
FROM (SELECT id, row_number() OVER () AS n FROM records WHERE dataset_id = %s) AS numbered
"""
_CHANGED = """
UPDATE responses SET updated_at = now(),
    values = jsonb_set(values::jsonb, '{note}', '{"value": "changed"}')::json
WHERE id IN (SELECT a.id FROM responses AS a JOIN records AS r ON r.id = a.record_id
             WHERE r.dataset_id = %s ORDER BY a.id LIMIT %s)
"""
_READ = """
SELECT a.id::text, r.external_id, u.username, a.values::text, a.status::text, a.updated_at
FROM responses AS a JOIN records AS r ON r.id = a.record_id JOIN users AS u ON u.id = a.user_id
WHERE r.dataset_id = %s
"""


def seconds(work: Callable[[], object]) -> float:
    """How long it takes."""
    began = time.perf_counter()
    work()
    return round(time.perf_counter() - began, 2)


def by_sql(connection: psycopg.Connection[Any], queue: Queue) -> None:
    """The peer."""
    cursor = connection.execute(_READ, (queue.argilla_id,))
    assert cursor.description is not None
    names = [column.name for column in cursor.description]
    columns = zip(*cursor.fetchall(), strict=True)
    table = pa.table(dict(zip(names, map(list, columns), strict=True)))
    with tempfile.TemporaryDirectory() as folder:
        pq.write_table(table, Path(folder) / "answers.parquet")


def measured(house: House, records: int) -> dict[str, Any]:
    """Every figure, in seconds."""
    queue, _ = _review_house.opened(house, "mirrored", _review_house.texts(records))
    address = postgres.connection_string(house.project, "argilla")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(ANSWERED, (queue.argilla_id,))
        connection.execute("VACUUM ANALYZE")
        sql_s = seconds(lambda: by_sql(connection, queue))
        first_s = seconds(lambda: reviews.mirror(house.project, queue.task))
        again_s = seconds(lambda: reviews.mirror(house.project, queue.task))
        connection.execute(_CHANGED, (queue.argilla_id, CHANGED))
        changed_s = seconds(lambda: reviews.mirror(house.project, queue.task))
    return {
        "benchmark": "mirror", "answers": records, "first_s": first_s, "limit_s": FIRST_LIMIT_S,
        "nothing_changed_s": again_s, f"{CHANGED}_changed_s": changed_s, "sql_s": sql_s,
        "ratio": round(first_s / sql_s, 2),
    }  # fmt: skip


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--answers", type=int, default=100_000)
    told = parser.parse_args()
    with started() as house:
        found = measured(house, told.answers)
    if told.json:
        sys.stdout.write(json.dumps(found) + "\n")
        return
    for name, value in found.items():
        sys.stdout.write(f"{name}: {value}\n")


if __name__ == "__main__":
    main()
