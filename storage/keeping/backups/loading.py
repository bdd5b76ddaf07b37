"""Putting a dump back into a database: into an empty one only, and in one transaction."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from storage import database
from storage.errors import Conflict, ServiceUnavailable
from storage.keeping.backups import programs
from storage.project import Project
from storage.services import postgres

_LOG = logging.getLogger("understudy.backups")
_NAMES = ("understudy", "argilla")
_EMPTY = (
    "SELECT NOT EXISTS (SELECT FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace"
    " WHERE nspname NOT IN ('information_schema') AND nspname NOT LIKE 'pg\\_%')"
)


@contextmanager
def server(project: Project, names: Collection[str]) -> Iterator[None]:
    """The project's PostgreSQL for the length of a block: its own, in its folder, or the one it names.

    There the databases of these `names` (`understudy`, `argilla`) must be empty or missing, and are
    so again where the block ends with an error. Raises Conflict for one that has something in it.
    """
    if not project.settings.services.postgres_url:
        with postgres.running(project):
            try:
                yield
            finally:
                database.engine(project).dispose()
        return
    stood = {name for name in _NAMES if _stands(project, name)}
    for name in stood & set(names):
        _refuse_filled(project, name)
    try:
        yield
    except BaseException:
        database.engine(project).dispose()
        _empty_again(project, set(names), stood)
        raise
    database.engine(project).dispose()


def load(project: Project, name: str, dump: Path) -> None:
    """Fill a database (`understudy` or `argilla`) from its dump; on an error it stays empty.

    Raises DiskFull, UserError with pg_restore's words.
    """
    postgres.ensure_databases(project)
    arguments = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-acl", str(dump)]
    programs.run(project, "pg_restore", name, arguments, f"the database {name} could not be restored")
    with psycopg.connect(postgres.connection_string(project, name), autocommit=True) as connection:
        connection.execute("ANALYZE")


def _stands(project: Project, name: str) -> bool:
    try:
        with psycopg.connect(postgres.connection_string(project, name), connect_timeout=10):
            return True
    except psycopg.OperationalError as fault:
        if "does not exist" in str(fault):
            return False
        raise ServiceUnavailable(
            f"PostgreSQL at {_where(project)} does not let us in: {str(fault).strip().splitlines()[0]}",
            next_step="Correct --postgres-url, or restore into a PostgreSQL of the project's own.",
        ) from fault


def _refuse_filled(project: Project, name: str) -> None:
    with psycopg.connect(postgres.connection_string(project, name)) as connection:
        empty = connection.execute(_EMPTY).fetchone()
    if empty is None or not empty[0]:
        raise Conflict(
            f"The database {_real_name(project, name)!r} on {_where(project)} is not empty. "
            "Nothing was restored.",
            next_step="Name others with --database and --argilla-database, or drop it if nobody needs it.",
        )


def _empty_again(project: Project, names: set[str], stood: set[str]) -> None:
    """Drop what a failed restore filled, and leave as empty what stood empty before."""
    server = postgres.connection_string(project, "postgres")
    for name in _NAMES:
        if name in stood - names:
            continue  # never touched
        real = sql.Identifier(_real_name(project, name))
        try:
            with psycopg.connect(server, autocommit=True) as connection:
                connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(real))
                if name in stood:
                    connection.execute(
                        sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(real)
                    )
        except psycopg.Error as fault:  # the first error is the one to be told
            _LOG.warning("the database %s could not be emptied again: %s", _real_name(project, name), fault)


def _real_name(project: Project, name: str) -> str:
    services = project.settings.services
    return {"understudy": services.postgres_database, "argilla": services.argilla_database}[name]


def _where(project: Project) -> str:
    """The server's address without its password."""
    address = psycopg.conninfo.conninfo_to_dict(postgres.connection_string(project, "postgres"))
    return f"{address.get('host', 'this machine')}:{address.get('port', postgres.PORT)}"
