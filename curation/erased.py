"""Fingerprints of erased records: enough to know one that comes again, and no text.

A record's id is a hash of its text, so whoever has the text can make the id; the fingerprint is a hash
of that. It is kept so that no import, refreshed source or restored file brings an erased record back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from storage import database
from storage.database.tables import erased_records as table
from storage.project import Project

_AT_ONCE = 1_000


def fingerprint(record_id: str) -> str:
    """The SHA-256 of an erased record's id, as hex."""
    return hashlib.sha256(f"erased/{record_id}".encode()).hexdigest()


def refused(project: Project) -> frozenset[str]:
    """The fingerprints of all that was erased: a record with one of them must not be imported."""
    with database.engine(project).connect() as connection:
        return frozenset(connection.execute(select(table.c.fingerprint)).scalars())


def keep(connection: Connection, erasure_id: str, record_ids: Iterable[str]) -> None:
    """Write the fingerprints of records down, as part of a transaction. Safe to repeat."""
    rows = [{"fingerprint": fingerprint(each), "erasure_id": erasure_id} for each in sorted(record_ids)]
    for start in range(0, len(rows), _AT_ONCE):
        connection.execute(insert(table).on_conflict_do_nothing(), rows[start : start + _AT_ONCE])
