"""One read-only SELECT over the project's views, asked by a person, in DuckDB's sandbox.

The connection may read the published files and nothing else on the machine, may not change its own
settings, and is interrupted when its time is over.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa

from storage import jobs
from storage import views as published
from storage.errors import InvalidInput, ServiceUnavailable
from storage.project import Project

_MEMORY_LIMIT = "2GB"
_JOBS_LIMIT = 10_000
_JOBS = pa.schema(
    [
        *((name, pa.string()) for name in ("job_id", "kind", "title", "task", "queue", "status")),
        *((name, pa.int64()) for name in ("done", "total", "attempt")),
        *((name, pa.string()) for name in ("message", "error", "artifact", "created_by")),
        *((name, pa.timestamp("us", tz="UTC")) for name in ("created_at", "started_at", "finished_at")),
    ]
)


@dataclass(frozen=True)
class Answer:
    """The rows of a SELECT; `truncated` says that more were there than the limit."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    truncated: bool


def ask(
    project: Project,
    statement: str,
    *,
    task: str | None = None,
    limit: int = 1000,
    time_limit_s: float = 30.0,
) -> Answer:
    """Run exactly one SELECT over the views.

    Raises InvalidInput for anything but one SELECT, for one that DuckDB refuses, and when the time is over.
    """
    with _sandbox(project, task) as connection:
        _refuse_all_but_one_select(connection, statement)
        timer = threading.Timer(time_limit_s, connection.interrupt)
        timer.start()
        try:
            found = connection.execute(statement)
            columns = tuple(column[0] for column in found.description)
            rows = found.fetchmany(limit + 1)
        except duckdb.InterruptException as fault:
            raise InvalidInput(
                f"The query took longer than {time_limit_s:g} s and was stopped.",
                next_step="Narrow it, or raise --time-limit.",
            ) from fault
        except duckdb.Error as fault:
            raise _refused(fault) from fault
        finally:
            timer.cancel()
            timer.join()
        return Answer(columns, tuple(rows[:limit]), len(rows) > limit)


def views(project: Project) -> dict[str, list[str]]:
    """The views that can be asked, with their columns; `jobs` only while PostgreSQL answers."""
    with published.connect(project) as connection:
        _show_jobs(connection, project, None)
        rows = connection.execute(
            "SELECT table_name, list(column_name ORDER BY ordinal_position) FROM information_schema.columns "
            "JOIN information_schema.tables USING (table_name) "
            "WHERE table_type = 'VIEW' AND NOT starts_with(table_name, '_') GROUP BY 1 ORDER BY 1"
        ).fetchall()
    return {name: list(columns) for name, columns in rows}


@contextmanager
def _sandbox(project: Project, task: str | None) -> Iterator[duckdb.DuckDBPyConnection]:
    with published.connect(project, task) as connection:
        _show_jobs(connection, project, task)
        folder = str(project.tasks_dir).replace("'", "''")
        connection.execute("SET python_enable_replacements = false")
        connection.execute(f"SET memory_limit = '{_MEMORY_LIMIT}'")
        connection.execute("SET temp_directory = ''")
        connection.execute(f"SET allowed_directories = ['{folder}']")
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        yield connection


def _show_jobs(connection: duckdb.DuckDBPyConnection, project: Project, task: str | None) -> None:
    """Add the view `jobs`: those of PostgreSQL as they stand now, the newest 10,000."""
    try:
        found = jobs.listing(project, task=task, limit=_JOBS_LIMIT)
    except ServiceUnavailable:
        return
    rows = [{name: getattr(job, name) for name in _JOBS.names} for job in found]
    connection.register("_jobs", pa.Table.from_pylist(rows, schema=_JOBS))
    connection.execute("CREATE VIEW jobs AS SELECT * FROM _jobs")


def _refuse_all_but_one_select(connection: duckdb.DuckDBPyConnection, statement: str) -> None:
    try:
        found = connection.extract_statements(statement)
    except duckdb.Error as fault:
        raise _refused(fault) from fault
    if len(found) != 1 or found[0].type != duckdb.StatementType.SELECT:
        kinds = ", ".join(each.type.name for each in found) or "nothing"
        raise InvalidInput(
            f"Exactly one SELECT can be asked; this is {kinds}.",
            next_step="`understudy sql` without a statement lists the views and their columns.",
        )


def _refused(fault: duckdb.Error) -> InvalidInput:
    return InvalidInput(
        f"DuckDB refuses the query: {str(fault).strip()}",
        next_step="`understudy sql` without a statement lists the views and their columns.",
    )
