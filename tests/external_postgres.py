"""A PostgreSQL that is not the project's own: reached by URL over TCP with a password.

    UNDERSTUDY_TESTS_POSTGRES=external python -m pytest tests/storage/argilla
    UNDERSTUDY_TESTS_POSTGRES=external-without-pgvector python -m pytest tests/storage/argilla

Without the variable the tests run on the project's own, as most people do.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from storage import project as projects
from storage.project import Project
from storage.services import data_folder, ports, postgres

VARIABLE = "UNDERSTUDY_TESTS_POSTGRES"
KINDS = ("external", "external-without-pgvector")
START_LIMIT_S = 60


def wanted() -> str:
    """Which of KINDS the tests are to run on; empty for the project's own. Raises ValueError."""
    kind = os.environ.get(VARIABLE, "")
    if kind and kind not in KINDS:
        raise ValueError(f"{VARIABLE} is {kind!r}; it may be {' or '.join(KINDS)}.")
    return kind


def on_server(project: Project, server: str, database: str, argilla_database: str) -> Project:
    """`project`, opened anew, with its two databases of these names on the server of an address."""
    (project.root / projects.SETTINGS_NAME).write_text(
        f'name = "{project.name}"\n[services]\npostgres_url = "{server}"\n'
        f'postgres_database = "{database}"\nargilla_database = "{argilla_database}"\n'
    )
    return projects.open_project(project.root)


@contextmanager
def running(folder: Path, kind: str) -> Iterator[str]:
    """The server for the length of a block, in a folder every user may enter; its URL."""
    binaries = postgres.binaries_dir()
    if kind == "external-without-pgvector":
        binaries = _without_pgvector(binaries, folder / "programs")
    data, user = folder / "data", postgres.os_user()
    data_folder.prepare(data, binaries, user, postgres.SUPERUSER)
    password, port = secrets.token_urlsafe(12), ports.free_port()
    command = [
        str(binaries / "postgres"), "-D", str(data), "-p", str(port), "-c", "listen_addresses=127.0.0.1",
        "-c", f"unix_socket_directories={data}", "-c", "max_connections=120",
    ]  # fmt: skip
    groups = [] if user else None
    with (folder / "log.txt").open("ab") as log:
        process = subprocess.Popen(
            command, stdout=log, stderr=log, user=user, group=user, extra_groups=groups, cwd="/"
        )
    try:
        _ask_for_a_password(process, data, port, password)
        yield f"postgresql://{postgres.SUPERUSER}:{password}@127.0.0.1:{port}/postgres"
    finally:
        process.send_signal(2)
        process.wait(START_LIMIT_S)


def _without_pgvector(binaries: Path, place: Path) -> Path:
    package = binaries.parent.parent
    shutil.copytree(binaries.parent, place / package.name / binaries.parent.name, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():  # where wheels for Linux keep them, found by a relative path
        (place / libraries.name).symlink_to(libraries)
    controls = list(place.rglob("vector.control"))
    assert controls, "this PostgreSQL carries no pgvector that could be left out"
    for control in controls:
        control.unlink()
    return place / package.name / binaries.parent.name / binaries.name


def _ask_for_a_password(process: subprocess.Popen[bytes], data: Path, port: int, password: str) -> None:
    """Set one through the socket, then let nobody in over TCP without it."""
    until = time.monotonic() + START_LIMIT_S
    while True:
        try:
            address = f"postgresql://{postgres.SUPERUSER}@/postgres?host={data}&port={port}"
            with psycopg.connect(address, autocommit=True) as connection:
                connection.execute(f"ALTER ROLE {postgres.SUPERUSER} PASSWORD '{password}'")
                rules = "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n"
                (data / "pg_hba.conf").write_text(rules)
                connection.execute("SELECT pg_reload_conf()")
            return
        except psycopg.OperationalError:
            assert process.poll() is None
            assert time.monotonic() < until
            time.sleep(0.05)
