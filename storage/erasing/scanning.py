"""Where a text still stands: every file of the project, every cell of both databases, PostgreSQL's own files.

It shares the spellings with what erases, and nothing else: files are read here as bytes too, and a
database is read through SQL and then once more in the files that it consists of.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import psycopg
import pyarrow as pa

from storage import artifacts
from storage.artifacts import KINDS
from storage.erasing import files, folders, rows, tables
from storage.erasing.needles import Needles
from storage.erasing.rows import Wanted
from storage.errors import ServiceUnavailable
from storage.project import Project
from storage.services import postgres

Kind = Literal["artifact", "file", "database", "argilla", "postgres"]
Database = Literal["understudy", "argilla"]
_QUIET_S = 3.0


@dataclass(frozen=True)
class Finding:
    """A place that holds one of the texts: a file, a table, or a file of PostgreSQL's.

    `count` is in rows for Parquet and tables, else in occurrences.
    """

    kind: Kind
    where: str
    count: int


@dataclass(frozen=True)
class Scan:
    """All places that still hold one of the texts, and what could not be looked into."""

    findings: tuple[Finding, ...]
    closed: tuple[str, ...]

    @property
    def clean(self) -> bool:
        """Whether nothing was found in what could be looked into."""
        return not self.findings


def scan(project: Project, texts: Collection[str], *, raw: bool = True) -> Scan:
    """Look for texts in all that the project holds. It changes nothing.

    `raw` reads the files of our own PostgreSQL after a checkpoint as well: what was deleted and is not
    overwritten shows there. Raises ServiceUnavailable where PostgreSQL does not answer.
    """
    needles = Needles.of(texts)
    closed: list[str] = []
    found = [*_in_artifacts(project, needles, closed), *_in_files(project, needles, closed)]
    found += in_database(project, "understudy", needles)
    external = project.settings.services.argilla_url
    if external:
        closed.append(f"the Argilla at {external}: it is not ours to look into")
    else:
        found += in_database(project, "argilla", needles)
    if project.settings.services.postgres_url:
        closed.append("the files of your PostgreSQL: they lie on its own machine")
    elif raw:
        found += in_data_files(project, needles)
    return Scan(tuple(found), tuple(closed))


def _in_artifacts(project: Project, needles: Needles, closed: list[str]) -> Iterator[Finding]:
    for kind in KINDS:
        for path in artifacts.manifest_paths(project, kind, None):
            for entry in artifacts.read_manifest(path).files:
                file = path.parent / entry.name
                name = file.relative_to(project.root).as_posix()
                if file.suffix in folders.WEIGHTS:
                    closed.append(f"{name}: weights cannot be looked into")
                    continue
                count = _in_parquet(file, needles) if entry.schema else files.in_bytes(file, needles)
                if count:
                    yield Finding("artifact", name, count)
            if count := files.in_bytes(path, needles):
                yield Finding("artifact", path.relative_to(project.root).as_posix(), count)


def _in_files(project: Project, needles: Needles, closed: list[str]) -> Iterator[Finding]:
    requests = project.root / files.REQUESTS
    for path in (*files.listed(project), *(requests.rglob("*") if requests.is_dir() else ())):
        name = path.relative_to(project.root).as_posix()
        if path.suffix in folders.WEIGHTS:
            closed.append(f"{name}: weights cannot be looked into")
            continue
        try:
            count = _count_in(path, needles)
        except (pa.ArrowException, OSError, EOFError, zlib.error) as fault:
            closed.append(f"{name}: {fault}")
            continue
        if count:
            yield Finding("file", name, count)


def _count_in(path: Path, needles: Needles) -> int:
    if path.suffix == ".parquet":
        return _in_parquet(path, needles)
    return files.in_gzip(path, needles) if path.suffix == ".gz" else files.in_bytes(path, needles)


def _in_parquet(path: Path, needles: Needles) -> int:
    return rows.look(path, Wanted(needles=needles)).masked


def in_database(
    project: Project, name: Literal["understudy", "argilla"], needles: Needles
) -> Iterator[Finding]:
    """The tables of one of the two databases, read through SQL. Raises ServiceUnavailable."""
    try:
        with psycopg.connect(postgres.connection_string(project, name), connect_timeout=15) as connection:
            for table, touched in tables.look(connection, needles, {}, kept=()).items():
                yield Finding("argilla" if name == "argilla" else "database", table, touched.masked)
    except psycopg.OperationalError as fault:
        raise ServiceUnavailable(
            "PostgreSQL does not answer.", next_step="Start the project with `understudy up`, then try again."
        ) from fault


def in_data_files(project: Project, needles: Needles) -> Iterator[Finding]:
    """The bytes of tables, indexes and the write-ahead log, once all that is in memory is written there.

    A file that is being deleted at this moment is looked at again until it is gone.
    """
    with psycopg.connect(postgres.connection_string(project, "postgres"), autocommit=True) as connection:
        connection.execute("CHECKPOINT")
    home = postgres.data_dir(project)
    until = time.monotonic() + _QUIET_S
    for path in sorted(home.rglob("*")):
        try:
            while path.is_file() and (count := files.in_bytes(path, needles)):
                if time.monotonic() > until:
                    yield Finding("postgres", path.relative_to(project.root).as_posix(), count)
                    break
                time.sleep(0.2)
        except (FileNotFoundError, ValueError):  # gone, or empty by now
            continue
