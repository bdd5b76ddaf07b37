"""Clusters become an artifact: as a search found them, or with people's rulings laid over them.

One artifact holds both, so that nobody ever reads clusters that a ruling had already changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from curation import tasks
from curation.duplicates import laying, rulings
from curation.duplicates.findings import newest_search
from storage import artifacts, database, locks
from storage.artifacts import Manifest
from storage.identifiers import new_id
from storage.project import Project

CLUSTERS, FOUND, LINKS = "clusters.parquet", "found.parquet", "links.parquet"


def publish(
    project: Project, task: str, found: pa.Table, links: pa.Table, *, inputs: Sequence[str],
    facts: Mapping[str, Any],
) -> Manifest:  # fmt: skip
    """Publish what a search found, rows of `duplicates` and `duplicate_links`, regrouped as people ruled.

    `facts` are the `threshold`, and how many records searched are themselves `held_out`.
    """
    with database.engine(project).begin() as connection:
        locks.hold(connection, _lock(task))
        return _published(project, task, found, links, inputs, facts)


def brought_up_to_date(project: Project, task: str, newest: Manifest) -> Manifest:
    """The newest clusters, published anew if rulings came or went since they were."""
    with database.engine(project).begin() as connection:
        locks.hold(connection, _lock(task))
        newest = newest_search(project, task) or newest
        if newest.facts.get("rulings", []) == rulings.mark(rulings.standing(project, task)):
            return newest
        found = artifacts.read_table(newest, FOUND if _is_ruled(newest) else CLUSTERS)
        held_out = newest.facts.get("held_out")
        if held_out is None:  # written before people could rule
            held_out = _count(found["held_out"]) - newest.facts["drawn_out"]
        facts = {"threshold": newest.facts["threshold"], "held_out": held_out}
        return _published(project, task, found, _links(newest), newest.inputs, facts)


def _published(
    project: Project, task: str, found: pa.Table, links: pa.Table | None, inputs: Sequence[str],
    facts: Mapping[str, Any],
) -> Manifest:  # fmt: skip
    stated = rulings.standing(project, task)
    given = [each.ruling for each in stated]
    clusters, crossing = found, links
    if given:
        columns = tasks.get(project, task).input_columns
        known = laying.known(project, task, columns, laying.touched(found, given))
        clusters = laying.laid_over(found, given, known)
        crossing = None if links is None else laying.parted(links, given, known)
    if crossing is not None:
        clusters = laying.drawn_out(clusters, crossing)
    with artifacts.draft(project, "duplicates", task, new_id("dup")) as draft:
        draft.write_table(CLUSTERS, clusters, "duplicates")
        if given:
            draft.write_table(FOUND, found, "found_duplicates")
        if crossing is not None:
            draft.write_table(LINKS, crossing, "duplicate_links")
        counts = _counted(clusters, facts["held_out"])
        return draft.publish(inputs=inputs, facts={**facts, "rulings": rulings.mark(stated), **counts})


def _links(manifest: Manifest) -> pa.Table | None:
    """The links that the search found, without those of rulings; None where it was before there were any."""
    if not any(entry.name == LINKS for entry in manifest.files):
        return None
    links = artifacts.read_table(manifest, LINKS)
    return links.filter(pc.greater_equal(links["link"], 0))


def _counted(clusters: pa.Table, held_out: int) -> dict[str, int]:
    copies = clusters.filter(pc.invert(clusters["keeper"]))
    return {
        "records": clusters.num_rows,
        "clusters": pc.count_distinct(copies["cluster"]).as_py(),
        "exact": _count(pc.equal(clusters["match"], "exact")),
        "near": _count(pc.equal(clusters["match"], "near")),
        "drawn_out": _count(clusters["held_out"]) - held_out,
    }


def _count(true: pa.ChunkedArray) -> int:
    return pc.sum(true).as_py() or 0


def _is_ruled(manifest: Manifest) -> bool:
    return any(entry.name == FOUND for entry in manifest.files)


def _lock(task: str) -> str:
    return f"duplicates/{task}"
