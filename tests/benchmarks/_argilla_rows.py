"""Fills a queue by plain SQL: as many records as asked for, a suggestion each, answers to a part of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from uuid import UUID

import numpy as np
import psycopg

from storage.argilla_client import ArgillaClient, LabelQuestion, MetadataProperty, QueueSpec, TextField
from storage.project import Project
from storage.services import postgres

LABELS = tuple(f"label-{number:02}" for number in range(12))
VECTORS, DIMENSIONS = 20_000, 384
RARE_EVERY = 2_000
"""One record in so many holds the rare word; one in two holds the common one."""

_RECORDS = """
INSERT INTO records (id, fields, metadata, status, external_id, dataset_id, inserted_at, updated_at)
SELECT gen_random_uuid(),
    json_build_object('text', 'listing number ' || n || ' sold by shop ' || n % 997
        || CASE WHEN n % 2 = 0 THEN ' steel' ELSE ' wooden' END
        || CASE WHEN n % %(rare)s = 0 THEN ' zirconium' ELSE '' END
        || ' with lid and handle, boxed, never used, ' || md5(n::text)),
    json_build_object('price', n % 1000, 'seller', 'seller-' || n % 50),
    CASE WHEN n < %(answered)s THEN 'completed' ELSE 'pending' END::record_status_enum,
    'r' || n, %(queue)s, now() + n * interval '1 microsecond', now() + n * interval '1 microsecond'
FROM generate_series(0, %(count)s - 1) AS n
"""
_SUGGESTIONS = """
INSERT INTO suggestions (id, value, score, agent, record_id, question_id, inserted_at, updated_at)
SELECT gen_random_uuid(), to_json('label-' || lpad((substr(external_id, 2)::int %% 12)::text, 2, '0')),
    to_json(substr(external_id, 2)::int %% 100 / 100.0), 'teacher', id, %(question)s, now(), now()
FROM records WHERE dataset_id = %(queue)s
"""
_RESPONSES = """
INSERT INTO responses (id, values, status, record_id, user_id, inserted_at, updated_at)
SELECT gen_random_uuid(), '{"category": {"value": "label-01"}}', 'submitted', id, %(user)s, now(), now()
FROM records WHERE dataset_id = %(queue)s AND status = 'completed'
"""


@dataclass(frozen=True)
class Filled:
    """The queue that was filled, and whose answers stand on it."""

    queue_id: str
    question_id: str
    user_id: str
    workspace: str
    vectors_id: str
    value: list[float]


def queue_spec(name: str, workspace: str) -> QueueSpec:
    """One text, one label question, two metadata properties."""
    return QueueSpec(
        name=name,
        workspace=workspace,
        fields=(TextField("text"),),
        questions=(LabelQuestion("category", LABELS, required=True),),
        metadata=(
            MetadataProperty("price", "integer", for_annotators=True),
            MetadataProperty("seller", "terms", for_annotators=True),
        ),
    )


def fill(project: Project, owner: ArgillaClient, user_id: str, records: int) -> Filled:
    """Fill a queue with `records` records; half of them (50,000 at most) answered by the account."""
    queue_id = owner.create_queue(queue_spec("filled", project.name))
    with psycopg.connect(postgres.connection_string(project, "argilla"), autocommit=True) as connection:
        asked = connection.execute("SELECT id FROM questions WHERE dataset_id = %s", (queue_id,)).fetchone()
        assert asked is not None
        question = asked[0]
        told = {
            "queue": queue_id, "question": question, "user": user_id, "count": records,
            "answered": min(50_000, records // 2), "rare": RARE_EVERY,
        }  # fmt: skip
        for statement in (_RECORDS.replace("n % ", "n %% "), _SUGGESTIONS, _RESPONSES):
            connection.execute(statement, told)
        vectors_id, value = _vectors(connection, queue_id)
        connection.execute("VACUUM ANALYZE")
    return Filled(queue_id, str(question), user_id, project.name, str(vectors_id), value)


def _vectors(connection: psycopg.Connection[tuple[object, ...]], queue_id: str) -> tuple[UUID, list[float]]:
    """Give the first records a vector each; their settings' id, and one more vector to look for."""
    made = connection.execute(
        "INSERT INTO vectors_settings (id, name, title, dimensions, dataset_id, inserted_at, updated_at) "
        "VALUES (gen_random_uuid(), 'meaning', 'meaning', %s, %s, now(), now()) RETURNING id",
        (DIMENSIONS, queue_id),
    ).fetchone()
    assert made is not None
    ids = connection.execute(
        "SELECT id FROM records WHERE dataset_id = %s ORDER BY inserted_at LIMIT %s", (queue_id, VECTORS)
    ).fetchall()
    drawn = np.random.default_rng(0).normal(size=(len(ids) + 1, DIMENSIONS)).astype(np.float32)
    columns = "(id, value, record_id, vector_settings_id, inserted_at, updated_at)"
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE given ON COMMIT DROP AS SELECT id, value, record_id FROM vectors WITH NO DATA"
        )
        with cursor.copy("COPY given (id, value, record_id) FROM STDIN") as copy:
            for (record_id,), vector in zip(ids, drawn, strict=False):
                copy.write_row((record_id, json.dumps(vector.round(5).tolist()), record_id))
        cursor.execute(
            f"INSERT INTO vectors {columns} "
            "SELECT gen_random_uuid(), value, record_id, %s, now(), now() FROM given",
            (made[0],),
        )
    return made[0], [float(number) for number in drawn[-1]]  # type: ignore[return-value]
