"""PostgreSQL in a project folder: closed homes, long paths, kills, stale locks, and whose it is."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
from sqlalchemy import text

from storage import database
from storage import project as projects
from storage.errors import ServiceUnavailable, UserError
from storage.project import Project
from storage.services import passage, postgres
from tests.folders import open_folder

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="PostgreSQL changes its user only as root")


@pytest.fixture
def project() -> Iterator[Project]:
    with open_folder() as folder:
        yield projects.create(folder / "pans", "pans")


def server_pid(project: Project) -> int:
    return int((postgres.data_dir(project) / "postmaster.pid").read_text().splitlines()[0])


def answer(project: Project, question: str) -> object:
    with psycopg.connect(postgres.connection_string(project, "postgres"), autocommit=True) as connection:
        cursor = connection.execute(question)
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


def test_it_listens_on_its_socket_alone_and_writes_to_the_disk_at_every_commit(project: Project) -> None:
    with postgres.running(project):
        server = psutil.Process(server_pid(project))
        assert [each.status for each in server.net_connections(kind="inet")] == []
        assert answer(project, "SHOW fsync") == "on"
        assert answer(project, "SHOW synchronous_commit") == "on"
        assert stat.S_IMODE(postgres.socket_dir(project).stat().st_mode) == 0o700
        assert stat.S_IMODE(postgres.data_dir(project).stat().st_mode) == 0o700
    assert not postgres.ready(project)


def test_both_databases_are_made_once_and_hold_any_text(project: Project) -> None:
    with postgres.running(project):
        postgres.ensure_databases(project)
        postgres.ensure_databases(project)
        database.migrate(project)
        with database.engine(project).connect() as connection:
            assert connection.execute(text("SELECT lower('ÄÖ 😀 ŁÓDŹ')")).scalar() == "äö 😀 łódź"
        with psycopg.connect(postgres.connection_string(project, "argilla")) as other:
            assert other.execute("SELECT count(*) FROM pg_tables WHERE tablename = 'tasks'").fetchone() == (
                0,
            )
        database.engine(project).dispose()


def test_what_was_committed_outlives_a_kill_and_the_next_start_needs_no_repair(project: Project) -> None:
    with postgres.running(project):
        answer(project, "CREATE TABLE kept AS SELECT 42 AS n")
        killed = psutil.Process(server_pid(project))
        killed.send_signal(signal.SIGKILL)
        killed.wait(10)
    assert (postgres.data_dir(project) / "postmaster.pid").exists()
    with postgres.running(project):
        assert answer(project, "SELECT n FROM kept") == 42


def test_a_lock_whose_number_belongs_to_another_program_now_does_not_hinder_the_start(
    project: Project,
) -> None:
    with postgres.running(project):
        lock = postgres.data_dir(project) / "postmaster.pid"
        left = lock.read_text()
        socket_lock = postgres.socket_dir(project) / ".s.PGSQL.5432.lock"
        left_by_the_socket = socket_lock.read_text()
    # a program of PostgreSQL's own user: of another user's it would clear the lock by itself
    other = subprocess.Popen(["sleep", "60"], user=postgres.os_user())
    try:
        number = left.splitlines()[0]
        for path, content in ((lock, left), (socket_lock, left_by_the_socket)):
            path.write_text(content.replace(number, str(other.pid), 1))
        with postgres.running(project):
            assert answer(project, "SELECT 1") == 1
    finally:
        other.kill()
        other.wait()


def test_a_second_server_on_the_same_folder_is_refused_and_the_first_goes_on(project: Project) -> None:
    with postgres.running(project):
        first = server_pid(project)
        postgres.initialise(project)  # what a second start does before it starts
        second = subprocess.run(
            postgres.command(project), user=postgres.os_user(), group=postgres.os_user(), cwd="/",
            capture_output=True, text=True, check=False, timeout=30,
        )  # fmt: skip
        assert second.returncode != 0
        assert "postmaster.pid" in second.stderr
        assert server_pid(project) == first
        assert answer(project, "SELECT 1") == 1


def test_a_path_too_long_for_a_socket_gets_a_short_folder_of_its_own() -> None:
    with open_folder() as folder:
        project = projects.create(folder / ("deep-" * 12) / ("down-" * 12), "pans")
        assert len(os.fsencode(postgres.data_dir(project))) > postgres.SOCKET_LIMIT_BYTES
        assert len(os.fsencode(postgres.socket_dir(project))) < 70
        other = projects.create(folder / ("deep-" * 12) / ("else-" * 12), "pans")
        assert postgres.socket_dir(project) != postgres.socket_dir(other)
        with postgres.running(project):
            assert answer(project, "SELECT 1") == 1
            assert stat.S_IMODE(postgres.socket_dir(project).stat().st_mode) == 0o700
        postgres.socket_dir(project).rmdir()


@needs_root
def test_a_closed_home_is_passed_through_without_being_opened_to_anyone_else(project: Project) -> None:
    home = project.root.parent
    home.chmod(0o700)
    if not supports_access_lists(home):
        pytest.skip("this file system has no access lists")
    with postgres.running(project):
        assert answer(project, "SELECT current_setting('data_directory')") == str(postgres.data_dir(project))
    assert home.stat().st_mode & stat.S_IRWXO == 0
    assert not passage.may_enter("nobody", home)
    assert passage.may_enter(postgres.OS_USER, home)
    assert not passage.succeeds_as(postgres.OS_USER, ["ls", str(home)])
    with postgres.running(project):  # a second start finds the way open
        assert answer(project, "SELECT 1") == 1


@needs_root
def test_a_way_that_cannot_be_opened_is_told_with_the_folder_and_the_command(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = project.root.parent
    home.chmod(0o700)
    monkeypatch.delattr(os, "setxattr")  # as on macOS, and file systems without access lists
    with pytest.raises(UserError, match=f"cannot enter {home} \\(mode 700\\)") as told:
        postgres.initialise(project)
    assert f"chmod o+x {home}" in told.value.next_step
    assert not (postgres.data_dir(project) / "PG_VERSION").exists()


def supports_access_lists(folder: Path) -> bool:
    try:
        os.setxattr(folder, "user.probe", b"1")
    except OSError:
        return False
    os.removexattr(folder, "user.probe")
    return True


@needs_root
def test_files_of_another_user_are_refused_with_both_users(project: Project) -> None:
    data = postgres.data_dir(project)
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("18\n")
    os.chown(data, 12345, 12345)
    with pytest.raises(UserError, match="belongs to user 12345, but PostgreSQL would run as user"):
        postgres.initialise(project)


def test_a_folder_that_holds_something_else_is_left_alone(project: Project) -> None:
    data = postgres.data_dir(project)
    data.mkdir(parents=True)
    (data / "notes.txt").write_text("mine")
    if postgres.os_user():
        postgres.data_folder._ensure_exists(postgres.OS_USER)
        os.chown(data, postgres.data_folder.uid_of(postgres.OS_USER), -1)
    with pytest.raises(UserError, match="holds files, but no data of PostgreSQL"):
        postgres.initialise(project)
    assert (data / "notes.txt").read_text() == "mine"


def external(project: Project, url: str) -> Project:
    settings = f'postgres_url = "{url}"\npostgres_database = "no-such"\nargilla_database = "none"\n'
    (project.root / projects.SETTINGS_NAME).write_text(f'name = "pans"\n[services]\n{settings}')
    return projects.open_project(project.root)


def test_an_external_server_that_is_not_there_is_told_by_its_setting(project: Project) -> None:
    far = external(project, "postgresql://someone@127.0.0.1:9/postgres")
    with pytest.raises(ServiceUnavailable, match=r"services\.postgres_url does not let us in: .*refused"):
        database.migrate(far)


def test_a_database_we_may_not_create_comes_with_the_command_that_does(
    project: Project, postgres_project: Project
) -> None:
    server = postgres.connection_string(postgres_project, "postgres")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS poor")
        connection.execute("CREATE ROLE poor LOGIN")
    there = external(project, f"postgresql://poor@/postgres?host={postgres.socket_dir(postgres_project)}")
    with pytest.raises(UserError, match=r"'no-such': permission denied") as told:
        database.migrate(there)
    assert told.value.next_step.endswith("createdb --template=template0 --encoding=UTF8 no-such")
