"""Put the schema `understudy_search` beside Argilla's tables, check it, mend it, take it away.

Everything of ours lives in that schema, but for triggers and indexes on Argilla's tables, whose
names begin with `understudy_`. All of it can be dropped at any time and is rebuilt from Argilla's
tables; it must be dropped before one of Argilla's migrations, which may rebuild a table.
"""

from __future__ import annotations

import hashlib
import logging
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from ..words import LONGEST_WORD, PATTERN

_LOG = logging.getLogger(__name__)
_LOCK = 0x756E6466
_OLDEST_POSTGRESQL = 16
_UNICODE_COLLATIONS = ("pg_c_utf8", "und-x-icu")
VECTORS_VARIABLE = "UNDERSTUDY_SEARCH_VECTORS"
"""`pgvector` (the default where the extension can be had) or `memory`."""

VECTOR_INDEX_VARIABLE = "UNDERSTUDY_VECTOR_INDEX"
"""`exact` (the default) or `hnsw`."""
MOST_DIMENSIONS_INDEXED = 2000


class CannotInstall(RuntimeError):
    """This database cannot hold the index; the message says what it lacks."""


@dataclass(frozen=True)
class Place:
    """What is particular to one database: where Argilla's tables are, and what else it offers."""

    tables: str
    collation: str
    pgvector: str | None
    version: int

    def filled_in(self, *names: str) -> str:
        """The SQL of these files, with this database's names in it."""
        folder = Path(__file__).parent
        script = "\n".join((folder / f"{name}.sql").read_text(encoding="utf-8") for name in names)
        for mark, value in (
            ("tables", self.tables),
            ("collation", self.collation),
            ("pgvector", self.pgvector or ""),
            ("pattern", _literal(PATTERN)),
            ("longest", str(LONGEST_WORD)),
        ):
            script = script.replace(f"@{mark}@", value)
        return script

    @property
    def script(self) -> str:
        """All definitions, in their order."""
        vectors = "vectors_typed" if self.pgvector else "vectors_counted"
        return self.filled_in("words", "records", vectors, "changes", "counts", "indexes")

    @property
    def fills(self) -> str:
        """What brings the tables up to date with Argilla's."""
        return self.filled_in("fill", "fill_counts", "fill_vectors" if self.pgvector else "fill_counted")

    @property
    def fingerprint(self) -> str:
        """Changes with every definition, and with the database's major version and its Unicode tables."""
        return hashlib.sha256(f"{self.version}\n{self.script}\n{self.fills}".encode()).hexdigest()


def ensure(connection: Connection) -> None:
    """Install what is missing or of another version; add rows that are missing. Safe to repeat.

    Runs in the connection's transaction; a second server waits for the first. Raises CannotInstall.
    """
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    place = _place(connection)
    if not _stands(connection, place):
        drop(connection)
        _install(connection, place)
        ensure_vector_index(connection)
        return
    _run(connection, place.fills)
    ensure_vector_index(connection)
    if _is_a_copy(connection):
        _run(connection, "DELETE FROM understudy_search.changes; DELETE FROM understudy_search.feed;")
        _run(connection, "INSERT INTO understudy_search.feed DEFAULT VALUES;")


def ensure_vector_index(connection: Connection) -> None:
    """One HNSW index for each vector setting that has none, where the server is set to use them."""
    place = _place(connection)
    wanted = os.environ.get(VECTOR_INDEX_VARIABLE, "exact") == "hnsw"
    if place.pgvector is None or not wanted:
        return
    asked = text(f"SELECT id, dimensions FROM {place.tables}.vectors_settings WHERE dimensions <= :most")
    for settings_id, dimensions in connection.execute(asked, {"most": MOST_DIMENSIONS_INDEXED}).all():
        typed = f"(value::{place.pgvector}.vector({dimensions}))"
        _run(
            connection,
            f'CREATE INDEX IF NOT EXISTS "hnsw_{settings_id}" ON understudy_search.vectors'
            f" USING hnsw ({typed} {place.pgvector}.vector_cosine_ops)"
            f" WHERE vector_settings_id = '{settings_id}';",
        )


def drop(connection: Connection) -> None:
    """Take everything away: before a migration of Argilla's, or for good."""
    _run(connection, "SET LOCAL client_min_messages = warning;")
    _run(connection, "DROP SCHEMA IF EXISTS understudy_search CASCADE;")
    ours = "SELECT schemaname, indexname FROM pg_indexes WHERE indexname LIKE 'understudy\\_%'"
    for schema, index in connection.execute(text(ours)).all():
        _run(connection, f'DROP INDEX "{schema}"."{index}";')


def _install(connection: Connection, place: Place) -> None:
    began = time.monotonic()
    count = connection.execute(text(f"SELECT count(*) FROM {place.tables}.records")).scalar_one()
    if count > 10_000:
        _LOG.warning("Indexing %s records for search; this takes about %.0f s.", count, count / 4000)
    vectors = "vectors_typed" if place.pgvector else "vectors_counted"
    _run(connection, "CREATE SCHEMA understudy_search;")
    _run(connection, place.filled_in("words", "records", vectors, "changes", "counts"))
    _run(connection, place.fills)
    _run(connection, place.filled_in("indexes"))
    _run(connection, "INSERT INTO understudy_search.feed DEFAULT VALUES;")
    _run(
        connection,
        "CREATE TABLE understudy_search.installed AS "
        f"SELECT '{place.fingerprint}'::text AS fingerprint, now() AS since;",
    )
    _run(connection, f"ANALYZE understudy_search.record_text, {place.tables}.records;")
    if count > 10_000:
        _LOG.warning("Indexed %s records for search in %.0f s.", count, time.monotonic() - began)


def _stands(connection: Connection, place: Place) -> bool:
    """Whether every definition of this version is there and every trigger is switched on."""
    known = text("SELECT to_regclass('understudy_search.installed') IS NOT NULL")
    if not connection.execute(known).scalar_one():
        return False
    fingerprint = text("SELECT fingerprint FROM understudy_search.installed")
    if connection.execute(fingerprint).scalars().all() != [place.fingerprint]:
        return False
    counted = text(
        "SELECT (SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'understudy\\_%' AND tgenabled = 'O'),"
        " (SELECT count(*) FROM pg_indexes WHERE indexname LIKE 'understudy\\_%')"
    )
    script = place.script
    expected = (script.count("CREATE TRIGGER understudy_"), script.count("CREATE INDEX understudy_"))
    return tuple(connection.execute(counted).one()) == expected


def _is_a_copy(connection: Connection) -> bool:
    """Whether the feed was restored from elsewhere, so that its transaction numbers mean nothing here."""
    asked = text(
        "SELECT count(*) <> 1 OR bool_or(known_as <> 'understudy_search.changes'::regclass::oid)"
        " OR EXISTS (SELECT FROM understudy_search.changes"
        " WHERE xid >= pg_snapshot_xmax(pg_current_snapshot())) FROM understudy_search.feed"
    )
    return bool(connection.execute(asked).scalar_one())


def _place(connection: Connection) -> Place:
    asked = text("SELECT current_setting('server_version_num')::int / 10000")
    version = connection.execute(asked).scalar_one()
    if version < _OLDEST_POSTGRESQL:
        raise CannotInstall(
            f"PostgreSQL {version} is too old for the search index; it needs {_OLDEST_POSTGRESQL} or newer."
        )
    encoding = connection.execute(text("SHOW server_encoding")).scalar_one()
    if encoding != "UTF8":
        raise CannotInstall(f"The database is encoded in {encoding}; make one with ENCODING 'UTF8'.")
    tables = connection.execute(
        text("SELECT quote_ident(nspname) FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace"
             " WHERE pg_class.oid = to_regclass('records')")
    ).scalar_one_or_none()  # fmt: skip
    if tables is None:
        raise CannotInstall("Argilla's tables are not there yet; migrate the database first.")
    return Place(tables, _collation(connection), _pgvector(connection), version)


def _collation(connection: Connection) -> str:
    """A collation whose lower() knows every alphabet, whatever locale the database has."""
    asked = text("SELECT collname FROM pg_collation WHERE collname = ANY(:names)")
    found = connection.execute(asked, {"names": list(_UNICODE_COLLATIONS)}).scalars().all()
    name = next((name for name in _UNICODE_COLLATIONS if name in found), None)
    return f'COLLATE pg_catalog."{name}"' if name else ""


def _pgvector(connection: Connection) -> str | None:
    """The schema of the extension, which is created where the server offers it; None without it."""
    if os.environ.get(VECTORS_VARIABLE, "pgvector") == "memory":
        return None
    offered = text("SELECT count(*) FROM pg_available_extensions WHERE name = 'vector'")
    if not connection.execute(offered).scalar_one():
        return None
    savepoint = connection.begin_nested()
    try:
        _run(connection, "CREATE EXTENSION IF NOT EXISTS vector;")
        savepoint.commit()
    except Exception as fault:  # whatever it is, search works without the extension
        savepoint.rollback()
        _LOG.warning("pgvector could not be created (%s); vectors are compared in memory.", fault)
        return None
    asked = text(
        "SELECT quote_ident(nspname) FROM pg_extension"
        " JOIN pg_namespace ON pg_namespace.oid = extnamespace WHERE extname = 'vector'"
    )
    return str(connection.execute(asked).scalar_one())


def _run(connection: Connection, script: str) -> None:
    """Several statements at once, exactly as they stand."""
    cursor: Any = connection.connection.cursor()
    try:
        cursor.execute(script)
    finally:
        cursor.close()


def _literal(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
