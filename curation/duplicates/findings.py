"""What the newest search for duplicates found: the clusters, and the counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from duckdb import DuckDBPyConnection

from storage import artifacts, views
from storage.artifacts import Manifest
from storage.project import Project

MEMBERS = 10
"""How many records of a cluster are read unless more are wanted."""


@dataclass(frozen=True)
class Member:
    """A record in a cluster; `similarity` to its keeper, 0-1; `match` is keeper, exact or near.

    `source` is the import it came with: the name of its file.
    """

    record_id: str
    inputs: Mapping[str, str]
    keeper: bool
    similarity: float
    match: str
    held_out: bool
    source: str = ""


@dataclass(frozen=True)
class Cluster:
    """Records that say the same, the keeper first. `held_out` if any of them is, or a near copy elsewhere.

    `size` counts all members, of which `members` may be the first.
    """

    number: int
    members: tuple[Member, ...]
    held_out: bool
    size: int


@dataclass(frozen=True)
class Summary:
    """What the newest search found, in records.

    `clusters` have two members and more; `exact` and `near` are the copies in them. `drawn_out`
    are records that are not held out themselves but stand in a cluster with one that is, or are nearly
    the same as one of another cluster.
    `new_records` came after the search: run it again.
    """

    artifact_id: str
    searched_at: datetime
    threshold: float
    records: int
    clusters: int
    exact: int
    near: int
    drawn_out: int
    new_records: int

    @property
    def copies(self) -> int:
        """Records that are set aside because another of their cluster is kept."""
        return self.exact + self.near

    @property
    def kept(self) -> int:
        """One per cluster, and every record without a copy."""
        return self.records - self.copies


def summary(project: Project, task: str) -> Summary | None:
    """What the newest search found, or None before the first."""
    newest = newest_search(project, task)
    if newest is None:
        return None
    later = [
        manifest
        for manifest in artifacts.listing(project, "records", task)
        if manifest.reference not in newest.inputs
    ]
    new = sum(manifest.rows("records") for manifest in later)
    facts = newest.facts
    return Summary(
        newest.artifact_id, newest.created_at, facts["threshold"], facts["records"], facts["clusters"],
        facts["exact"], facts["near"], facts["drawn_out"], new,
    )  # fmt: skip


def clusters(
    project: Project, task: str, *, limit: int = 20, offset: int = 0, members: int = MEMBERS
) -> list[Cluster]:
    """Clusters of two records and more, in order, a page at a time; of each the first `members`."""
    with views.connect(project, task, only=("duplicates", "records")) as connection:
        placed = views.answered(connection, _PAGE, (limit, offset, members))
        return _with_inputs(connection, placed)


def cluster(
    project: Project, task: str, number: int, *, limit: int = MEMBERS, offset: int = 0
) -> Cluster | None:
    """One cluster with its members from `offset` on, None where there is none of this number."""
    with views.connect(project, task, only=("duplicates", "records")) as connection:
        placed = views.answered(connection, _ONE, (number, limit, offset))
        return next(iter(_with_inputs(connection, placed)), None)


_MEMBERS = """
SELECT cluster, record_id, keeper, similarity, match,
       bool_or(held_out AND keeper) OVER (PARTITION BY cluster) AS touched,
       count(*) OVER (PARTITION BY cluster) AS size,
       row_number() OVER (PARTITION BY cluster ORDER BY keeper DESC, similarity DESC, record_id) AS place
FROM duplicates
"""

_PAGE = f"""
WITH page AS (
    SELECT cluster FROM duplicates GROUP BY cluster HAVING count(*) > 1 ORDER BY cluster LIMIT ? OFFSET ?
)
SELECT * FROM ({_MEMBERS} WHERE cluster IN (SELECT cluster FROM page)) WHERE place <= ?
ORDER BY cluster, place
"""

_ONE = f"SELECT * FROM ({_MEMBERS} WHERE cluster = ?) ORDER BY place LIMIT ? OFFSET ?"

_INPUTS = """
SELECT record_id, any_value(inputs) AS inputs, bool_or(held_out) AS held_out, any_value(source) AS source
FROM records
WHERE record_id IN (SELECT unnest(?::VARCHAR[])) GROUP BY record_id
"""


def _with_inputs(connection: DuckDBPyConnection, placed: list[dict[str, Any]]) -> list[Cluster]:
    """The clusters of these rows, in their order; the records are read for these rows only."""
    wanted = sorted({row["record_id"] for row in placed})
    records = {row["record_id"]: row for row in views.answered(connection, _INPUTS, (wanted,))}
    by_number: dict[int, list[dict[str, Any]]] = {}
    for row in placed:
        by_number.setdefault(row["cluster"], []).append(row)
    return [
        Cluster(
            number,
            tuple(_member(row, records[row["record_id"]]) for row in rows if row["record_id"] in records),
            any(row["touched"] for row in rows),
            rows[0]["size"],
        )
        for number, rows in by_number.items()
    ]


def _member(row: Mapping[str, Any], record: Mapping[str, Any]) -> Member:
    return Member(
        row["record_id"], orjson.loads(record["inputs"]), row["keeper"], row["similarity"], row["match"],
        record["held_out"], record["source"] or "",
    )  # fmt: skip


def newest_search(project: Project, task: str) -> Manifest | None:
    """The artifact of the newest search, or None before the first."""
    found = artifacts.listing(project, "duplicates", task)
    return found[-1] if found else None
