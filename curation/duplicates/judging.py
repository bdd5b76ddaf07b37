"""What a person may say of duplicates: keep another copy, these are none, these are; and take it back.

Each word is kept, laid over the newest clusters at once, and over every search to come.
"""

from __future__ import annotations

from collections.abc import Sequence

from curation.duplicates import publishing, rulings
from curation.duplicates.findings import newest_search
from curation.duplicates.regrouping import Ruling
from storage import views
from storage.artifacts import Manifest
from storage.errors import InvalidInput, NotFound
from storage.project import Project


def keep(project: Project, task: str, record_id: str, by: str) -> Manifest:
    """Let a cluster keep this record instead. Raises InvalidInput for one that has no copies, or is kept."""
    cluster = _cluster(project, task, record_id)
    if len(cluster) == 1:
        raise InvalidInput(f"Record {record_id} has no copies.", next_step="It is kept as it is.")
    if cluster[0] == record_id:
        raise InvalidInput(f"Record {record_id} is the one that is kept.", next_step="Choose a copy of it.")
    return _ruled(project, task, Ruling("keep", (record_id,)), by)


def apart(project: Project, task: str, record_ids: Sequence[str], by: str) -> Manifest:
    """Say of members of one cluster that they are no copies of the others: they leave it together.

    Raises InvalidInput for records of several clusters, or for all of one.
    """
    cluster = _cluster(project, task, *record_ids[:1])
    leaving = tuple(record for record in cluster if record in set(record_ids))
    if len(leaving) != len(set(record_ids)):
        raise InvalidInput(
            "These records are not all in one cluster.", next_step="Take them apart cluster by cluster."
        )
    staying = tuple(record for record in cluster if record not in set(leaving))
    if not staying:
        raise InvalidInput(
            f"All {len(leaving)} records of the cluster are chosen: none would be left to part from.",
            next_step="Leave at least one of them out.",
        )
    return _ruled(project, task, Ruling("apart", leaving, staying), by)


def together(project: Project, task: str, record_ids: Sequence[str], by: str) -> Manifest:
    """Say of records that they are copies: their clusters become one, kept by what the first one's keeps.

    Raises InvalidInput where they are in one cluster already.
    """
    clusters = {tuple(_cluster(project, task, record_id)) for record_id in record_ids}
    if len(clusters) < 2:
        raise InvalidInput(
            "These records are in one cluster already.", next_step="Choose records of two clusters."
        )
    return _ruled(project, task, Ruling("together", tuple(dict.fromkeys(record_ids))), by)


def undo(project: Project, task: str, seq: int, by: str) -> Manifest:
    """Take a ruling back. Raises NotFound for one that does not stand."""
    rulings.take_back(project, task, seq, by)
    return publishing.brought_up_to_date(project, task, _searched(project, task))


def _ruled(project: Project, task: str, ruling: Ruling, by: str) -> Manifest:
    newest = _searched(project, task)
    rulings.state(project, task, ruling, by)
    return publishing.brought_up_to_date(project, task, newest)


def _cluster(project: Project, task: str, record_id: str = "") -> list[str]:
    """The cluster of a record, its keeper first. Raises NotFound for a record no search has seen."""
    rows = views.rows(project, _MEMBERS, (record_id,), task=task)
    if not rows:
        raise NotFound(f"The newest search for duplicates in {task} has no record {record_id!r}.")
    return [row["record_id"] for row in rows]


_MEMBERS = """
SELECT record_id FROM duplicates
WHERE cluster = (SELECT any_value(cluster) FROM duplicates WHERE record_id = ?)
ORDER BY keeper DESC, similarity DESC, record_id
"""


def _searched(project: Project, task: str) -> Manifest:
    newest = newest_search(project, task)
    if newest is None:
        raise NotFound(f"Nobody has searched {task} for duplicates yet.")
    return newest
