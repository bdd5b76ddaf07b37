"""DuckDB views over exactly the files that manifests name.

`connect` makes an in-memory connection with one view per kind of row; every view carries
`task` and `artifact` columns beside the declared ones. Views are made from the manifests at
the moment of connecting: open a connection per question, they cost milliseconds.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from storage import artifacts, schemas
from storage.artifacts import Manifest
from storage.project import Project

_VIEWS: dict[str, tuple[str, str]] = {
    # view: (artifact kind, schema)
    "imports": ("imports", "raw"),
    "rejects": ("imports", "rejects"),
    "uncertain": ("imports", "uncertain"),
    "records": ("records", "records"),
    "duplicates": ("duplicates", "duplicates"),
    "duplicate_links": ("duplicates", "duplicate_links"),
    "teacher_labels": ("labels", "labels"),
    "reviews": ("reviews", "reviews"),
    "dataset_rows": ("datasets", "dataset_rows"),
    "run_events": ("runs", "run_events"),
    "outputs": ("evaluations", "outputs"),
    "scores": ("evaluations", "scores"),
    "votes": ("votes", "votes"),
}
LATEST_WINS = frozenset({"duplicates", "reviews", "votes"})
"""Kinds whose newest artifact replaces the older ones of the same task."""


@dataclass(frozen=True)
class _File:
    path: str
    task: str
    artifact: str
    schema_version: int


@contextmanager
def connect(
    project: Project, task: str | None = None, *, only: Collection[str] = ()
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB connection holding every view, or `only` those named, of one task or of all."""
    connection = duckdb.connect(":memory:")
    try:
        connection.execute("SET TimeZone = 'UTC'")
        for view, (kind, schema) in _VIEWS.items():
            if not only or view in only:
                _create_view(connection, view, schema, _files(project, kind, schema, task))
        if not only or "runs" in only:
            connection.register("_runs", _runs_table(project, task))
            connection.execute("CREATE VIEW runs AS SELECT * FROM _runs")
        yield connection
    finally:
        connection.close()


@contextmanager
def pinned(manifests: Sequence[Manifest], names: Collection[str]) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB connection with the views `names` over exactly these artifacts, whatever comes meanwhile."""
    connection = duckdb.connect(":memory:")
    try:
        connection.execute("SET TimeZone = 'UTC'")
        for view in names:
            kind, schema = _VIEWS[view]
            chosen = [manifest for manifest in manifests if manifest.kind == kind]
            _create_view(connection, view, schema, _files_of(chosen, schema))
        yield connection
    finally:
        connection.close()


def rows(
    project: Project, sql: str, parameters: Sequence[Any] = (), *, task: str | None = None
) -> list[dict[str, Any]]:
    """Answer one question over the views, as dictionaries. For use inside this folder and curation."""
    with connect(project, task) as connection:
        return answered(connection, sql, parameters)


def answered(
    connection: duckdb.DuckDBPyConnection, sql: str, parameters: Sequence[Any] = ()
) -> list[dict[str, Any]]:
    """As `rows`, over a connection that is open already."""
    answer = connection.sql(sql, params=list(parameters))
    return [] if answer is None else _pylist(answer.to_arrow_table())


def _files(project: Project, kind: str, schema: str, task: str | None) -> list[_File]:
    manifests = artifacts.listing(project, kind, task)
    if kind in LATEST_WINS:
        manifests = list({manifest.task: manifest for manifest in manifests}.values())
    return _files_of(manifests, schema)


def _files_of(manifests: Sequence[Manifest], schema: str) -> list[_File]:
    return [
        _File(
            str(manifest.folder / entry.name), manifest.task, manifest.artifact_id, entry.schema_version or 1
        )
        for manifest in manifests
        for entry in manifest.files
        if entry.schema == schema
    ]


def _create_view(
    connection: duckdb.DuckDBPyConnection, view: str, schema: str, files: Sequence[_File]
) -> None:
    current = [file for file in files if file.schema_version == schemas.VERSIONS[schema]]
    names = ", ".join(f'"{name}"' for name in schemas.SCHEMAS[schema].names)
    parts = []
    if current:
        connection.register(f"_{view}_files", pa.Table.from_pylist([vars(file) for file in current]))
        listed = ", ".join(_quoted(_exactly(file.path)) for file in current)
        parts.append(
            f"SELECT f.task, f.artifact, {names} FROM read_parquet([{listed}], union_by_name = true, "
            f"filename = true, hive_partitioning = false) AS r JOIN _{view}_files AS f ON f.path = r.filename"
        )
    for number, file in enumerate(file for file in files if file not in current):
        older = pq.read_table(file.path)
        connection.register(f"_{view}_old{number}", schemas.upgraded(older, schema, file.schema_version))
        parts.append(
            f"SELECT {_quoted(file.task)} AS task, {_quoted(file.artifact)} AS artifact, {names} "
            f"FROM _{view}_old{number}"
        )
    if not parts:
        connection.register(f"_{view}_none", schemas.SCHEMAS[schema].empty_table())
        parts.append(f"SELECT '' AS task, '' AS artifact, {names} FROM _{view}_none")
    connection.execute(f'CREATE VIEW "{view}" AS {" UNION ALL ".join(parts)}')


def _runs_table(project: Project, task: str | None) -> pa.Table:
    schema = pa.schema(
        [("task", pa.string()), ("run_id", pa.string()), ("created_at", pa.timestamp("us", tz="UTC")),
         ("facts", pa.string())]
    )  # fmt: skip
    found = [
        {
            "task": manifest.task,
            "run_id": manifest.artifact_id,
            "created_at": manifest.created_at,
            "facts": json.dumps(dict(manifest.facts)),
        }
        for manifest in artifacts.listing(project, "runs", task)
    ]
    return pa.Table.from_pylist(found, schema=schema)


def _pylist(table: pa.Table) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = table.to_pylist()
    return found


def _exactly(path: str) -> str:
    """`path` as a pattern that matches it alone: DuckDB takes every path for a glob."""
    return re.sub(r"([\[*?])", r"[\1]", path)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
