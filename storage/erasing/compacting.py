"""What PostgreSQL still holds of rows that are gone: dead rows, statistics, and its write-ahead log.

A deleted row stays in its table's file until VACUUM FULL writes the table anew, a value may stand in the
planner's statistics, and every change stands in the write-ahead log, whose files PostgreSQL keeps to
use them again. Of our own PostgreSQL all three are cleared; of one that somebody else runs only the first
two, as far as the account may.
"""

from __future__ import annotations

import time

import psycopg
from psycopg import sql

from storage.erasing import tables
from storage.errors import Conflict
from storage.project import Project
from storage.services import postgres

_LOCK_LIMIT = "60s"
_READERS_LIMIT_S = 60.0
_MOST_SWITCHES = 64


def compact(project: Project, databases: tuple[str, ...] = ("understudy", "argilla")) -> tuple[str, ...]:
    """Write every table anew and clear the write-ahead log; what could not be cleared, as sentences.

    Each table is closed to others while it is written. Raises Conflict where somebody else holds a
    table, or reads in a transaction that began before the rows were deleted, for more than a minute;
    DiskFull where a table finds no room beside itself.
    """
    for name in databases:
        with (
            tables.disk_faults(),
            psycopg.connect(postgres.connection_string(project, name), autocommit=True) as connection,
        ):
            _wait_for_readers(connection)
            _write_anew(connection, name)
    if project.settings.services.postgres_url:
        return (
            "the write-ahead log of your PostgreSQL, its archives and replicas: they hold what was "
            "written until they are recycled, which is for whoever runs it",
        )
    with psycopg.connect(postgres.connection_string(project, "postgres"), autocommit=True) as connection:
        _clear_log(connection)
    return ()


def _wait_for_readers(connection: psycopg.Connection) -> None:
    """Wait until no transaction runs that began before now: VACUUM keeps what one of them might see."""
    row = connection.execute("SELECT pg_current_xact_id()::text").fetchone()
    asked = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        " AND (backend_xmin::text::bigint < (%(now)s::bigint %% 4294967296)"
        " OR backend_xid::text::bigint < (%(now)s::bigint %% 4294967296))"
    )
    until = time.monotonic() + _READERS_LIMIT_S
    while (found := connection.execute(asked, {"now": row[0] if row else "0"}).fetchone()) and found[0]:
        if time.monotonic() > until:
            raise Conflict(
                "A transaction that began before the rows were deleted has run for more than a minute.",
                next_step="End it (a backup, a query from elsewhere), then resume the job.",
            )
        time.sleep(0.2)


def _write_anew(connection: psycopg.Connection, name: str) -> None:
    try:
        connection.execute(sql.SQL("SET lock_timeout = {}").format(sql.Literal(_LOCK_LIMIT)))
        connection.execute("VACUUM (FULL, ANALYZE)")
        connection.execute("VACUUM (FULL) pg_catalog.pg_statistic")
    except psycopg.errors.InsufficientPrivilege:
        return  # its system tables belong to whoever runs it: `compact` says what stays
    except (psycopg.errors.LockNotAvailable, psycopg.errors.QueryCanceled) as fault:
        raise Conflict(
            f"A table of the database {name} was held by somebody else for more than a minute.",
            next_step="Resume the job when fewer people work on the project.",
        ) from fault


def _clear_log(connection: psycopg.Connection) -> None:
    """Go on to files of the write-ahead log that hold nothing of before, and have the others deleted.

    Files that PostgreSQL had made ready for later are old ones renamed: each is written over.
    """
    connection.execute("ALTER SYSTEM SET wal_recycle = off")
    try:
        connection.execute("SELECT pg_reload_conf()")
        _wait_until_off(connection)
        connection.execute("CHECKPOINT")
        for _ in range(min(_count_of_files(connection) + 1, _MOST_SWITCHES)):
            connection.execute("SELECT pg_logical_emit_message(false, 'understudy', '')")
            connection.execute("SELECT pg_switch_wal()")
        connection.execute("CHECKPOINT")
        connection.execute("SELECT pg_switch_wal()")
        connection.execute("CHECKPOINT")
    finally:
        connection.execute("ALTER SYSTEM RESET wal_recycle")
        connection.execute("SELECT pg_reload_conf()")


def _wait_until_off(connection: psycopg.Connection) -> None:
    """Settings are read again when a process looks up; ours has them when the others were told too."""
    until = time.monotonic() + 5
    while time.monotonic() < until:
        row = connection.execute("SHOW wal_recycle").fetchone()
        if row and row[0] == "off":
            return
        time.sleep(0.05)


def _count_of_files(connection: psycopg.Connection) -> int:
    row = connection.execute("SELECT count(*) FROM pg_ls_waldir()").fetchone()
    return int(row[0]) if row else 0
