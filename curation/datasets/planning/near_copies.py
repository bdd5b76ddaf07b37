"""Near copies among the records that a version could hold: those a search kept, or looked for now.

A search keeps the pairs that it found across clusters. Where some of these records came after the newest
search, or nobody searched, the pairs are looked for among them, so that no version leaks either way;
of many that takes as long and as much memory as a search, which is a job: they have to be searched first.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from curation.duplicates.laying import text_of
from curation.duplicates.linking import Link, links_among
from curation.duplicates.publishing import LINKS
from curation.duplicates.search import THRESHOLD
from curation.tasks import Task
from storage.artifacts import Manifest

MOST_LOOKED_AT = 50_000
_BATCH_ROWS = 20_000


@dataclass(frozen=True)
class NearCopies:
    """`links` are (place, link). `unsearched` counts records too many to be looked at here, and is else 0."""

    links: Sequence[Link] = ()
    unsearched: int = 0


def read(
    connection: duckdb.DuckDBPyConnection,
    manifests: Sequence[Manifest],
    task: Task,
    record_ids: Sequence[str],
    came_with: Collection[str],
) -> NearCopies:
    """The near copies among these records, by their places in `record_ids`; `came_with` are their artifacts.

    `connection` has the views `records` and `duplicate_links` of `manifests`.
    """
    connection.register("compared", pa.table({"record_id": pa.array(record_ids, pa.string())}))
    newest = next((manifest for manifest in manifests if manifest.kind == "duplicates"), None)
    threshold = THRESHOLD if newest is None else float(newest.facts.get("threshold", THRESHOLD))
    if newest is None or not _covers(newest, came_with):
        if len(record_ids) > MOST_LOOKED_AT:
            return NearCopies(unsearched=len(record_ids))
        return NearCopies(links_among(_texts(connection, task, record_ids), threshold))
    places = {name: place for place, name in enumerate(record_ids)}
    rows = connection.sql(_LINKS).fetchall()
    return NearCopies([(places[name], number) for name, number in rows])


def _covers(searched: Manifest, came_with: Collection[str]) -> bool:
    has_links = any(entry.name == LINKS for entry in searched.files)
    return has_links and {f"records/{name}" for name in came_with} <= set(searched.inputs)


def _texts(connection: duckdb.DuckDBPyConnection, task: Task, record_ids: Sequence[str]) -> list[str]:
    said: dict[str, str] = {}
    for batch in connection.sql(_INPUTS).to_arrow_reader(_BATCH_ROWS):
        for name, inputs in zip(
            *(batch.column(each).to_pylist() for each in ("record_id", "inputs")), strict=True
        ):
            said[name] = text_of(inputs or "{}", task.input_columns)
    return [said[name] for name in record_ids]


_LINKS = """
SELECT record_id, link FROM duplicate_links WHERE record_id IN (FROM compared) ORDER BY link, record_id
"""
_INPUTS = """
SELECT r.record_id, any_value(r.inputs) AS inputs FROM records r
WHERE r.record_id IN (FROM compared) GROUP BY r.record_id
"""
