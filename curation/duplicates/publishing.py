"""Clusters become an artifact: as a search found them, or with people's rulings laid over them.

One artifact holds both, so that nobody ever reads clusters that a ruling had already changed.
"""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from curation import tasks
from curation.duplicates import laying, rulings
from curation.duplicates.findings import newest_search
from storage import artifacts, database, locks
from storage.artifacts import Manifest
from storage.identifiers import new_id
from storage.project import Project

CLUSTERS, FOUND = "clusters.parquet", "found.parquet"


def publish(
    project: Project, task: str, found: pa.Table, *, inputs: Sequence[str], threshold: float, held_out: int
) -> Manifest:
    """Publish what a search found (rows of the `duplicates` schema), regrouped as people ruled.

    `held_out` counts the records searched that are held out themselves.
    """
    with database.engine(project).begin() as connection:
        locks.hold(connection, _lock(task))
        return _published(project, task, found, inputs, threshold, held_out)


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
        return _published(project, task, found, newest.inputs, newest.facts["threshold"], held_out)


def _published(
    project: Project, task: str, found: pa.Table, inputs: Sequence[str], threshold: float, held_out: int
) -> Manifest:
    stated = rulings.standing(project, task)
    given = [each.ruling for each in stated]
    clusters = found
    if given:
        columns = tasks.get(project, task).input_columns
        concerned = laying.touched(found, given)
        clusters = laying.laid_over(found, given, laying.known(project, task, columns, concerned))
    facts = {"threshold": threshold, "held_out": held_out, "rulings": rulings.mark(stated)}
    with artifacts.draft(project, "duplicates", task, new_id("dup")) as draft:
        draft.write_table(CLUSTERS, clusters, "duplicates")
        if given:
            draft.write_table(FOUND, found, "found_duplicates")
        return draft.publish(inputs=inputs, facts=facts | _counted(clusters, held_out))


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
