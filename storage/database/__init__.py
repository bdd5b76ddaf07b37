"""Our own database: settings and decisions that change, through SQLAlchemy Core and migrations."""

from __future__ import annotations

import functools
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from storage.errors import Conflict, DiskFull, ServiceUnavailable
from storage.project import Project
from storage.services import postgres

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory

_LOCK = 7_240_611
"""The advisory lock under which one process at a time migrates."""
_DISK_FULL = "53100"


def engine(project: Project) -> Engine:
    """The engine of the project's database, one per process and address.

    Its uses raise ServiceUnavailable when PostgreSQL does not answer, DiskFull when it has no room.
    """
    return _engine(postgres.url(project, "understudy", "psycopg"))


@functools.cache  # not lru_cache: an engine that falls out of it leaves its connections open
def _engine(url: str) -> Engine:
    made = create_engine(url, pool_size=5, max_overflow=15, pool_pre_ping=True, pool_timeout=15)
    event.listen(made, "handle_error", _as_sentence)
    event.listen(made, "connect", _in_utc)
    return made


def migrate(project: Project) -> None:
    """Create the databases and bring ours to this release's schema. Safe to repeat, and at once.

    Raises Conflict for a database that a newer release has written.
    """
    from alembic import command  # 0.2 s that only this call needs
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    postgres.ensure_databases(project)
    configuration = Config()
    configuration.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    configuration.set_main_option("path_separator", "os")
    with engine(project).begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        _refuse_newer(connection, ScriptDirectory.from_config(configuration))
        configuration.attributes["connection"] = connection
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            command.upgrade(configuration, "head")


def _refuse_newer(connection: Connection, scripts: ScriptDirectory) -> None:
    if connection.execute(text("SELECT to_regclass('alembic_version')")).scalar() is None:
        return
    current = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    known = {script.revision for script in scripts.walk_revisions()}
    if current is not None and current not in known:
        raise Conflict(
            f"The project's database has schema {current}; this release knows up to "
            f"{scripts.get_current_head()}.",
            next_step="Open the project with the newer release that wrote it.",
        )


def _in_utc(connection: object, record: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()  # type: ignore[attr-defined]
    cursor.execute("SET TIME ZONE 'UTC'")
    connection.commit()  # type: ignore[attr-defined]
    cursor.close()


def _as_sentence(context: object) -> None:
    fault = context.sqlalchemy_exception or context.original_exception  # type: ignore[attr-defined]
    if getattr(getattr(fault, "orig", None), "sqlstate", None) == _DISK_FULL:
        raise DiskFull(
            "The disk under PostgreSQL is full: nothing was stored.",
            next_step="Free some space there, then try again.",
        ) from fault
    lost = bool(getattr(context, "is_disconnect", False))
    refused = isinstance(fault, OperationalError) and getattr(context, "connection", None) is None
    if (lost or refused) and not getattr(context, "is_pre_ping", False):
        raise ServiceUnavailable(
            "PostgreSQL does not answer.", next_step="Start the project with `understudy up`, then try again."
        ) from fault
