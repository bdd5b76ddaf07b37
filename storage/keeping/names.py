"""The rows of our database that name an artifact: each must stand, or be written down as removed.

Not among them: the held-out ledger's import ids. A ledger entry is written before the import that
chose it is published, so a kill in between leaves entries that mean nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Text, and_, func, literal, select, text

from storage.database.tables import (
    comparisons,
    dataset_exports,
    dataset_names,
    export_overrides,
    jobs,
    mirror_positions,
    sources,
    stated_licences,
)


@dataclass(frozen=True)
class Named:
    """`reference` (`kind/id`) of `task`, and the row that names it."""

    task: str
    reference: str
    row: str


def named(connection: Connection) -> list[Named]:
    """Every artifact that a row names. Tables that an older release did not have name nothing."""
    succeeded = and_(jobs.c.status == "succeeded", jobs.c.artifact.is_not(None), jobs.c.task.is_not(None))
    found = _named(connection, "jobs", jobs.c.task, jobs.c.artifact, jobs.c.job_id, succeeded)
    found += _named(
        connection, "comparisons", comparisons.c.task, _of_kind("evaluations", comparisons.c.evaluation_id),
        comparisons.c.id,
    )  # fmt: skip
    found += _named(
        connection, "mirror_positions", mirror_positions.c.task,
        _of_kind("reviews", mirror_positions.c.generation), mirror_positions.c.task,
        mirror_positions.c.generation != "",
    )  # fmt: skip
    found += _named(
        connection, "sources", sources.c.task, _of_kind("imports", sources.c.last_import),
        sources.c.source_id, sources.c.last_import.is_not(None),
    )  # fmt: skip
    found += _named(
        connection, "dataset_names", dataset_names.c.task, _of_kind("datasets", dataset_names.c.version),
        func.concat(dataset_names.c.name, " ", dataset_names.c.revision),
        dataset_names.c.version.is_not(None),
    )  # fmt: skip
    found += _named(
        connection, "stated_licences", stated_licences.c.task,
        _of_kind("imports", stated_licences.c.import_id), stated_licences.c.seq,
    )  # fmt: skip
    for table in (export_overrides, dataset_exports):
        reference = _of_kind("datasets", table.c.version)
        found += _named(connection, table.name, table.c.task, reference, table.c.seq)
    return found


def _of_kind(kind: str, artifact_id: ColumnElement[str]) -> ColumnElement[str]:
    return func.concat(literal(f"{kind}/", Text), artifact_id)


def _named(
    connection: Connection,
    table: str,
    task: ColumnElement[str],
    reference: ColumnElement[str],
    key: ColumnElement[Any],
    where: ColumnElement[bool] | None = None,
) -> list[Named]:
    stands = connection.execute(text("SELECT to_regclass(:table)"), {"table": table}).scalar()
    if stands is None:
        return []
    asked = select(task, reference, key).order_by(key)
    rows = connection.execute(asked if where is None else asked.where(where))
    return [Named(row[0], row[1], f"{table} {row[2]}") for row in rows]
