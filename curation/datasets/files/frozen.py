"""The rows of dataset versions as DuckDB views, for questions over more rows than Python should hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from curation.datasets.splits import SPLITS
from storage import views
from storage.artifacts import Manifest
from storage.errors import NotFound
from storage.project import Project

_MEMORY = "1GB"
_COLUMNS = (
    "record_id", "cluster", "split", "inputs", "system", "prompt", "completion", "decision", "reviewers",
    "review_ids", "label_id", "teacher_output",
)  # fmt: skip


@contextmanager
def opened(project: Project, **versions: Manifest) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with a view by each keyword: the rows of that version's splits, of any release.

    The views have the columns of a row, `variation` ("" for the plain prompt), `source`, and with `file`
    and `place` where a row lies. What does not fit into 1 GB of memory goes through the project's
    cache folder.
    """
    with duckdb.connect(":memory:") as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(f"SET memory_limit = '{_MEMORY}'")
        connection.execute(f"SET temp_directory = {quoted(project.cache_dir / 'duckdb')}")
        for name, manifest in versions.items():
            _view(connection, name, manifest)
        yield connection


def answered(connection: duckdb.DuckDBPyConnection, sql: str, *parameters: Any) -> list[dict[str, Any]]:
    """The rows of an answer, as dictionaries."""
    return views.answered(connection, sql, parameters)


def of_records(
    connection: duckdb.DuckDBPyConnection, version: str, columns: str, record_ids: Sequence[str]
) -> list[dict[str, Any]]:
    """These columns of the rows of these records, in the view `version`.

    First their places are looked up, then the rows at these places are read: of the wide columns DuckDB
    then skips what it does not need. Of 1,000,000 rows 20 took 0.25 s of CPU so, and 0.85 s at once.
    """
    if not record_ids:
        return []
    wanted = ", ".join("?" * len(record_ids))
    places = answered(
        connection, f"SELECT file, place FROM {version} WHERE record_id IN ({wanted})", *record_ids
    )
    if not places:
        return []
    there = " OR ".join(["(file = ? AND place = ?)"] * len(places))
    given = [value for row in places for value in (row["file"], row["place"])]
    return answered(connection, f"SELECT {columns} FROM {version} WHERE {there}", *given)


def quoted(path: Path) -> str:
    """A path as an SQL string."""
    return "'" + str(path).replace("'", "''") + "'"


def exactly(path: Path) -> str:
    """A path as an SQL string that `read_parquet`, which takes every path for a pattern, matches alone."""
    return quoted(Path(re.sub(r"([\[*?])", r"[\1]", str(path))))


def _view(connection: duckdb.DuckDBPyConnection, name: str, manifest: Manifest) -> None:
    wanted = {f"{split}.parquet" for split in SPLITS}
    files = [manifest.path(entry.name) for entry in manifest.files if entry.name in wanted]
    if not files:
        raise NotFound(f"Dataset version {manifest.artifact_id} of task {manifest.task!r} has no rows.")
    listed = ", ".join(exactly(path) for path in files)
    scan = (
        f"read_parquet([{listed}], union_by_name = true, hive_partitioning = false, filename = true, "
        "file_row_number = true)"
    )
    has = {row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM {scan}").fetchall()}
    later = {
        "variation": "coalesce(variation, '')" if "variation" in has else "''",
        "source": "coalesce(source, '')" if "source" in has else "''",
        "file": "filename",
        "place": "file_row_number",
    }
    columns = ", ".join([*_COLUMNS, *(f"{value} AS {column}" for column, value in later.items())])
    connection.execute(f'CREATE VIEW "{name}" AS SELECT {columns} FROM {scan}')
