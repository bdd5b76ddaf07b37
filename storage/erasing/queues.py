"""Argilla's records of what is erased: found by their external id or their text, deleted through its API."""

from __future__ import annotations

from collections.abc import Collection

import psycopg
from sqlalchemy import select

from storage import argilla_client, database
from storage.database.tables import comparisons, queues
from storage.erasing.needles import Needles
from storage.errors import NotFound
from storage.project import Project
from storage.services import postgres

Held = dict[str, list[str]]
"""Argilla's record ids, by the id of the queue they are in."""


def held(project: Project, record_ids: Collection[str], needles: Needles) -> Held:
    """The records of every queue that are of these, or that have one of the texts in a field.

    In an Argilla that somebody else runs, only our own queues are asked, and by id.
    Raises ServiceUnavailable where Argilla does not answer.
    """
    if project.settings.services.argilla_url:
        return _asked(project, record_ids)
    with psycopg.connect(postgres.connection_string(project, "argilla"), connect_timeout=15) as connection:
        stands = connection.execute("SELECT to_regclass('public.records')").fetchone()
        if stands is None or stands[0] is None:
            return {}
        found: Held = {}
        rows = connection.execute(
            "SELECT dataset_id::text, id::text FROM records WHERE external_id = ANY(%(ids)s)"
            " OR EXISTS (SELECT FROM unnest(%(forms)s::text[]) AS form"
            "  WHERE strpos(fields::text, form) > 0 OR strpos(metadata::text, form) > 0)",
            {"ids": sorted(record_ids), "forms": [f for f in needles.spelled if "\x00" not in f]},
        )
        for queue_id, record_id in rows:
            found.setdefault(queue_id, []).append(record_id)
        return found


def delete(project: Project, found: Held) -> None:
    """Delete records with all that hangs on them; those that are gone, and gone queues, are no error."""
    if not found:
        return
    client = argilla_client.connect(project)
    for queue_id, record_ids in found.items():
        try:
            client.delete_records(queue_id, record_ids)
        except NotFound:
            continue


def _asked(project: Project, record_ids: Collection[str]) -> Held:
    with database.engine(project).connect() as connection:
        ids = [*connection.execute(select(queues.c.argilla_id)).scalars(),
               *connection.execute(select(comparisons.c.argilla_id)).scalars()]  # fmt: skip
    found: Held = {}
    client = argilla_client.connect(project) if ids else None
    for queue_id in ids:
        assert client is not None
        try:
            there = client.record_ids_of(queue_id, record_ids)
        except NotFound:  # deleted in Argilla
            continue
        if there:
            found[queue_id] = sorted(there.values())
    return found
