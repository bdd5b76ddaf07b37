"""Bring Argilla's tables to its newest migration, and the search index beside them, without its command line.

(Its command line breaks with click 8.2 and later.)
"""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from argilla_server import database
from argilla_server._version import __version__
from server_environment import Refused
from sql_search.schema import installation
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

_LOCK = 0x756E6465  # one server migrates at a time, whoever starts first


def migrate() -> None:
    """Upgrade to the newest revision, and see that the search index stands; may be repeated.

    The index is taken away before a migration, which may rebuild tables, and made anew after it.
    Raises Refused when PostgreSQL does not answer, cannot hold the index, or holds the tables of a
    newer release, which are left as they are.
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
            _upgrade(config)
            with database.sync_engine.begin() as index:
                installation.ensure(index)
            connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": _LOCK})
    except OperationalError as fault:
        said = " ".join(str(fault.orig).split())
        raise Refused(f"PostgreSQL does not answer, or not to this account ({said})") from fault
    except installation.CannotInstall as fault:
        raise Refused(str(fault)) from fault
    finally:
        database.database_url_sync = plain_url
        database.sync_engine.dispose()


def _upgrade(config: Config) -> None:
    with database.sync_engine.begin() as connection:
        stands_at = MigrationContext.configure(connection).get_current_heads()
        scripts = ScriptDirectory.from_config(config)
        if set(stands_at) == set(scripts.get_heads()):
            return
        unknown = set(stands_at) - {each.revision for each in scripts.walk_revisions()}
        if unknown:
            raise Refused(
                f"Argilla's database has schema {', '.join(sorted(unknown))}, which argilla-server "
                f"{__version__} does not know: a newer release has written it. Start it with that release, "
                "or give this one a database of its own."
            )
        installation.drop(connection)
    command.upgrade(config, "head")
