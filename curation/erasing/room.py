"""Whether the disk has room for an erasure, asked before anything goes.

What is rewritten stands beside the old until it takes its place: of the artifacts one at a time, of
PostgreSQL's tables one at a time as well, and what is written to tables is written to its log once more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import psutil
import psycopg

from storage.errors import DiskFull
from storage.project import Project
from storage.services import postgres

_LOG_BYTES = 1_000_000_000
"""PostgreSQL lets its log grow to about so much before it starts over (`max_wal_size`)."""
_SPARE_BYTES = 1_000_000


def check(project: Project, files: Iterable[str], databases: Iterable[str]) -> None:
    """Raise DiskFull where these files of artifacts (`task/kind/id/file`) and databases find no room."""
    needed = _SPARE_BYTES + _largest_artifact(project, files)
    if not project.settings.services.postgres_url:
        needed += _of_tables(project, databases)
    free = psutil.disk_usage(str(project.root)).free
    if free < needed:
        raise DiskFull(
            f"Erasing takes {needed / 1e6:,.0f} MB on the disk that holds {project.root} while it runs; "
            f"{free / 1e6:,.0f} MB are free.",
            next_step="Free some space, then try again.",
        )


def _largest_artifact(project: Project, files: Iterable[str]) -> int:
    sizes: Counter[str] = Counter()
    for name in files:
        path = project.tasks_dir / name
        if path.is_file():
            sizes["/".join(name.split("/")[:3])] += path.stat().st_size
    return max(sizes.values(), default=0)


def _of_tables(project: Project, databases: Iterable[str]) -> int:
    """The largest table, and the log of all."""
    asked = (
        "SELECT coalesce(max(size), 0)::bigint, coalesce(sum(size), 0)::bigint"
        " FROM (SELECT pg_total_relation_size(oid) AS size FROM pg_class WHERE relkind = 'r') AS sized"
    )
    largest = every = 0
    for name in databases:
        with psycopg.connect(postgres.connection_string(project, name)) as connection:
            row = connection.execute(asked).fetchone() or (0, 0)
            largest, every = max(largest, row[0]), every + row[1]
    return largest + min(every, _LOG_BYTES)
