"""Where a task stands: one count per stage of the loop, read from what was published."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from curation import counting, left_out
from storage import artifacts
from storage.artifacts import Manifest
from storage.project import Project


@dataclass(frozen=True)
class Imported:
    """Records known to the task. `trainable` leaves out held-out records, copies, and what is left out."""

    files: int
    records: int
    held_out: int
    rejected: int
    trainable: int
    last_at: datetime | None


@dataclass(frozen=True)
class Searched:
    """The newest search for duplicates (`at` None: never): clusters of two or more, and their copies."""

    at: datetime | None
    clusters: int
    copies: int


@dataclass(frozen=True)
class Labelled:
    """Trainable records with an output under the newest prompt that has any (None: no prompt has)."""

    prompt_number: int | None
    teachers: tuple[str, ...]
    records: int
    failed: int


@dataclass(frozen=True)
class Reviewed:
    """Decisions in the newest mirror of Argilla; a record two people decided on counts twice."""

    approved: int
    corrected: int
    discarded: int

    @property
    def decisions(self) -> int:
        """All decisions together."""
        return self.approved + self.corrected + self.discarded


@dataclass(frozen=True)
class Frozen:
    """The newest dataset version (None: there is none) and its rows by split."""

    version: str | None
    at: datetime | None
    train: int
    validation: int
    test: int


@dataclass(frozen=True)
class Overview:
    """The stages of the loop that belong to data; every count is 0 where nothing was published."""

    imported: Imported
    searched: Searched
    labelled: Labelled
    reviewed: Reviewed
    frozen: Frozen


def read(project: Project, task: str) -> Overview:
    """Where `task` stands; an empty task is no error.

    Artifacts never change, so each count is kept until what it was counted from is another.
    """
    published = {kind: artifacts.listing(project, kind, task) for kind in _KINDS}
    published["duplicates"] = published["duplicates"][-1:]
    published["reviews"] = published["reviews"][-1:]
    versions = published["datasets"][-1:]
    gone = tuple(left_out.standing(project, task))

    def counted(name: str, sql: str, *kinds: str) -> dict[str, Any]:
        sources = [manifest for kind in kinds for manifest in published[kind]]
        return counting.counted(project, task, f"overview-{name}", sql, sources, gone)[0]

    labels = counted("labels", _LABELS, "records", "duplicates", "labels")
    files, searches = published["imports"], published["duplicates"]
    return Overview(
        Imported(
            len(files),
            **counted("records", _RECORDS, "records", "duplicates"),
            rejected=sum(manifest.facts.get("rejected", 0) for manifest in files),
            last_at=files[-1].created_at if files else None,
        ),
        Searched(
            at=searches[-1].created_at if searches else None,
            **counted("clusters", _CLUSTERS, "duplicates"),
        ),
        Labelled(
            labels["prompt_number"], tuple(labels["teachers"] or ()), labels["records"], labels["failed"]
        ),
        Reviewed(**counted("reviews", _DECISIONS, "reviews")),
        _frozen(versions[0]) if versions else Frozen(None, None, 0, 0, 0),
    )


def _frozen(version: Manifest) -> Frozen:
    rows: dict[str, int] = version.facts["rows"]
    return Frozen(version.artifact_id, version.created_at, rows["train"], rows["validation"], rows["test"])


_KINDS = ("imports", "records", "duplicates", "labels", "reviews", "datasets")

_RECORDS = """
SELECT count(*) AS records, count(*) FILTER (held) AS held_out,
       count(*) FILTER (NOT held AND NOT apart) AS trainable
FROM (SELECT record_id, bool_or(r.held_out) AS held,
             coalesce(bool_or(NOT d.keeper OR d.held_out), false) OR record_id IN (FROM left_out) AS apart
      FROM records AS r LEFT JOIN duplicates AS d USING (record_id) GROUP BY record_id)
"""

_CLUSTERS = """
SELECT count(*) FILTER (members > 1) AS clusters, coalesce(sum(members - 1), 0)::BIGINT AS copies
FROM (SELECT cluster, count(*) AS members FROM duplicates GROUP BY cluster)
"""

_LABELS = """
WITH newest AS (SELECT max(prompt_version) AS number FROM teacher_labels WHERE output IS NOT NULL)
SELECT max(prompt_version) AS prompt_number,
       list_distinct(list(teacher) FILTER (output IS NOT NULL)) AS teachers,
       count(DISTINCT record_id) FILTER (output IS NOT NULL) AS records,
       count(DISTINCT record_id) - count(DISTINCT record_id) FILTER (output IS NOT NULL) AS failed
FROM teacher_labels SEMI JOIN trainable USING (record_id) WHERE prompt_version = (SELECT number FROM newest)
"""

_DECISIONS = """
SELECT count(*) FILTER (decision = 'approved') AS approved,
       count(*) FILTER (decision = 'corrected') AS corrected,
       count(*) FILTER (decision = 'discarded') AS discarded
FROM reviews WHERE NOT coalesce(deleted, false)
"""
