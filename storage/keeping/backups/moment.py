"""Both databases as of one moment, while everything goes on working.

**Why what comes of it is consistent.** A row names an artifact only after the artifact was
published, and what Understudy's rows say of Argilla was done in Argilla first. So the order is:

1. The audit anchor is read: it is never ahead of the log that is copied after it.
2. The published artifacts are listed by name.
3. Our database's snapshot is taken, then Argilla's. What ours names of Argilla's (queues, records,
   answers) was there before. Answers that came in between are more, never fewer, as after a crash;
   the mirror finds them, because the restored change feed has another id and is read anew.
4. The artifacts of the backup are those listed, and those that the snapshot names, with what they
   came from. Others that were published between 2 and 3 stay out: the rows beside them, such as
   the ledger of held-out records, may be younger than the snapshot. To the restored project they
   have never been there, as if the process had been killed before it published them.

Artifacts never change once they are published, so copying may take as long as it does. Listing
them after the snapshot, which is enough for the names in it, would let in what came later.
A snapshot holds no lock that anybody waits for, and the change feed is not held up by it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from sqlalchemy import text

from storage import artifacts, database
from storage.artifacts import MANIFEST
from storage.errors import ServiceUnavailable, UserError
from storage.keeping import names, places
from storage.keeping.backups import programs
from storage.keeping.names import Named
from storage.project import Project
from storage.services import postgres

_LEFT_OUT = ("public.sessions", "public.sign_in_attempts")
"""Who is signed in now: a copy of the project is no reason to let anybody into it."""
_SNAPSHOT = "SELECT pg_export_snapshot()"


@dataclass(frozen=True)
class Moment:
    """One moment of a project. `snapshots` are PostgreSQL's names for it, by database."""

    project: Project
    artifacts: frozenset[str]
    named: tuple[Named, ...]
    snapshots: dict[str, str]
    postgres_version: str

    def dump(self, name: str, path: Path) -> None:
        """Write one database as it was then. Raises DiskFull, UserError."""
        left_out = _LEFT_OUT if name == "understudy" else ()
        arguments = [
            "--format=custom", "--compress=gzip:3", "--no-owner", "--no-acl", "--lock-wait-timeout=60s",
            f"--snapshot={self.snapshots[name]}", f"--file={path}",
            *(f"--exclude-table-data={table}" for table in left_out),
        ]  # fmt: skip
        programs.run(self.project, "pg_dump", name, arguments, f"the database {name} could not be copied")


@contextmanager
def taken(project: Project) -> Iterator[Moment]:
    """The moment that it is now; within the block its databases can be written down.

    Raises ServiceUnavailable where PostgreSQL does not answer.
    """
    listed = set(places.look(project).artifacts)
    engine = database.engine(project).execution_options(isolation_level="REPEATABLE READ")
    with engine.connect() as ours, _argilla(project) as argilla:
        snapshots = {"understudy": str(ours.execute(text(_SNAPSHOT)).scalar_one())}
        found = tuple(names.named(ours))
        if argilla is not None:
            snapshots["argilla"] = str(argilla.execute(_SNAPSHOT).fetchone()[0])  # type: ignore[index]
        version = str(ours.execute(text("SHOW server_version")).scalar_one())
        yield Moment(project, frozenset(_with_sources(project, listed, found)), found, snapshots, version)
        ours.rollback()


def _with_sources(project: Project, listed: set[str], named: tuple[Named, ...]) -> set[str]:
    """Those listed, those named, and what these came from."""
    chosen, asked = set(listed), {f"{each.task}/{each.reference}" for each in named} - listed
    while asked:
        reference = asked.pop()
        path = project.tasks_dir / reference / MANIFEST
        if reference in chosen or not path.is_file():
            continue  # missing ones are for `verify` to name
        chosen.add(reference)
        task = reference.split("/", 1)[0]
        asked |= {f"{task}/{source}" for source in artifacts.read_manifest(path).inputs} - chosen
    return chosen


@contextmanager
def _argilla(project: Project) -> Iterator[psycopg.Connection | None]:
    """A connection to Argilla's database that will keep one snapshot; None where Argilla is elsewhere."""
    if project.settings.services.argilla_url:
        yield None
        return
    try:
        connection = psycopg.connect(postgres.connection_string(project, "argilla"), connect_timeout=15)
    except psycopg.OperationalError as fault:
        raise ServiceUnavailable(
            f"Argilla's database cannot be read: {str(fault).strip().splitlines()[0]}",
            next_step="Start the project once with `understudy up`, then try again.",
        ) from fault
    with connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        yield connection
        connection.rollback()


@contextmanager
def answering(project: Project, tell: Callable[[str], None]) -> Iterator[None]:
    """The project's PostgreSQL for the length of a block, started here where it does not run.

    Raises UserError where it has no data yet.
    """
    if project.settings.services.postgres_url or postgres.ready(project):
        yield
        return
    if not (postgres.data_dir(project) / "PG_VERSION").exists():
        raise UserError(
            "The project has no database yet: it was never started.",
            next_step="Start it once with `understudy up`, then try again.",
        )
    tell("PostgreSQL did not run: it is started for the backup.")
    with postgres.running(project):
        yield
        database.engine(project).dispose()
