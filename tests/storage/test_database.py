"""Our own database: migrations, numbers and what a dead server looks like."""

from __future__ import annotations

import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import inspect, text

from storage import database, numbers
from storage import project as projects
from storage.database.tables import metadata
from storage.errors import Conflict, ServiceUnavailable
from storage.project import Project


def test_the_migrations_make_the_tables_that_the_code_uses(project: Project) -> None:
    inspector = inspect(database.engine(project))
    for table in metadata.sorted_tables:
        made = {column["name"] for column in inspector.get_columns(table.name)}
        assert made == set(table.columns.keys()), table.name


def test_migrating_twice_changes_nothing(project: Project) -> None:
    database.migrate(project)
    with database.engine(project).connect() as connection:
        newest = max(path.name[:4] for path in (Path(database.__file__).parent / "versions").glob("0*.py"))
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == newest


def test_tokens_that_once_stood_in_clear_are_gone_after_the_migration(project: Project) -> None:
    configuration = Config()
    configuration.set_main_option("script_location", str(Path(database.__file__).parent))
    configuration.set_main_option("path_separator", "os")
    with database.engine(project).begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
        configuration.attributes["connection"] = connection
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            command.upgrade(configuration, "0002")
        connection.execute(
            text(
                "INSERT INTO sessions (id_hash, user_id, username, role, argilla_token, expires_at) "
                "VALUES ('h', 'u', 'ann', 'owner', 'eyJ.a.token', now() + interval '1 hour')"
            )
        )
    database.migrate(project)
    with database.engine(project).connect() as connection:
        row = connection.execute(text("SELECT argilla_token, revoked_at FROM sessions")).one()
        assert row.argilla_token == ""
        assert row.revoked_at is not None
        assert connection.execute(text("SELECT seq FROM audit_head")).scalar() == 0


def test_a_database_of_a_newer_release_is_refused(project: Project) -> None:
    with database.engine(project).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Conflict, match="9999"):
        database.migrate(project)


def test_no_two_transactions_take_the_same_number(project: Project) -> None:
    def take(_: int) -> int:
        with database.engine(project).begin() as connection:
            return numbers.take(connection, "datasets/t")

    with ThreadPoolExecutor(8) as threads:
        taken = list(threads.map(take, range(40)))
    assert sorted(taken) == list(range(1, 41))


def test_a_rolled_back_number_is_taken_again(project: Project) -> None:
    with database.engine(project).connect() as connection:
        assert numbers.take(connection, "x") == 1
        connection.rollback()
    with database.engine(project).begin() as connection:
        assert numbers.take(connection, "x") == 1


def test_a_server_that_is_not_there_is_said_in_a_sentence(tmp_path: Path) -> None:
    lonely = projects.create(tmp_path / "p", "lonely")
    with pytest.raises(ServiceUnavailable, match="understudy up"), database.engine(lonely).connect():
        pass
