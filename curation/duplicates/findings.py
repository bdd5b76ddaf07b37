"""What the newest search for duplicates found: the clusters, and the counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from storage import artifacts, views
from storage.artifacts import Manifest
from storage.project import Project


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
    """Records that say the same, the keeper first. `held_out` if any of them is."""

    number: int
    members: tuple[Member, ...]
    held_out: bool


@dataclass(frozen=True)
class Summary:
    """What the newest search found, in records.

    `clusters` have two members and more; `exact` and `near` are the copies in them. `drawn_out`
    are records that are not held out themselves but stand in a cluster that touches one that is.
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


def clusters(project: Project, task: str, *, limit: int = 20, offset: int = 0) -> list[Cluster]:
    """Clusters of two records and more, in order, a page at a time."""
    rows = views.rows(project, _CLUSTERS, (limit, offset), task=task)
    by_number: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        by_number.setdefault(row["cluster"], []).append(row)
    return [_cluster(number, members) for number, members in by_number.items()]


_CLUSTERS = """
WITH page AS (
    SELECT cluster FROM duplicates GROUP BY cluster HAVING count(*) > 1 ORDER BY cluster LIMIT ? OFFSET ?
)
SELECT d.cluster, d.record_id, d.keeper, d.similarity, d.match, d.held_out AS touched,
    r.inputs, r.held_out, r.source
FROM duplicates AS d
JOIN page USING (cluster)
JOIN records AS r ON r.record_id = d.record_id AND r.task = d.task
ORDER BY d.cluster, d.keeper DESC, d.similarity DESC, d.record_id
"""


def _cluster(number: int, rows: list[dict[str, Any]]) -> Cluster:
    members = tuple(
        Member(
            row["record_id"], orjson.loads(row["inputs"]), row["keeper"], row["similarity"], row["match"],
            row["held_out"], row["source"] or "",
        )
        for row in rows
    )  # fmt: skip
    return Cluster(number, members, any(row["touched"] for row in rows))


def newest_search(project: Project, task: str) -> Manifest | None:
    """The artifact of the newest search, or None before the first."""
    found = artifacts.listing(project, "duplicates", task)
    return found[-1] if found else None
