"""Bring Argilla's tables to its newest migration, without its command line.

(Its command line breaks with click 8.2 and later.)
"""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from argilla_server import database
from server_environment import Refused
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

_LOCK = 0x756E6465  # one server migrates at a time, whoever starts first


def migrate() -> None:
    """Upgrade to the newest revision; does nothing when it stands there already.

    Raises Refused when PostgreSQL does not answer.
    """
    config = Config()  # without a file: alembic's own would replace the logging of this process
    config.set_main_option(
        "script_location", f"{database.os.path.dirname(database.ALEMBIC_CONFIG_FILE)}/alembic"
    )
    plain_url = database.database_url_sync
    database.database_url_sync = lambda: plain_url().replace("%", "%%")  # alembic's file format expands %
    try:
        with database.sync_engine.connect() as connection:
            connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": _LOCK})
            command.upgrade(config, "head")
            connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": _LOCK})
    except OperationalError as fault:
        said = " ".join(str(fault.orig).split())
        raise Refused(f"PostgreSQL does not answer, or not to this account ({said})") from fault
    finally:
        database.database_url_sync = plain_url
        database.sync_engine.dispose()
