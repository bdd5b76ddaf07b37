"""How many records there are, and the inputs of some, to be shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import orjson

from storage import artifacts, views
from storage.project import Project


def count(project: Project, task: str) -> int:
    """How many records the task has, as its manifests say: an import brings each only once."""
    return sum(each.rows("records") for each in artifacts.listing(project, "records", task))


def inputs_of(project: Project, task: str, record_ids: Sequence[str]) -> dict[str, Mapping[str, str]]:
    """The inputs by record id; a record that the task does not have is not among them."""
    if not record_ids:
        return {}
    with views.connect(project, task, only=("records",)) as connection:
        rows = views.answered(connection, _INPUTS, (list(record_ids),))
    return {row["record_id"]: orjson.loads(row["inputs"]) for row in rows}


_INPUTS = """
SELECT record_id, any_value(inputs) AS inputs FROM records
WHERE record_id IN (SELECT unnest(?::VARCHAR[])) GROUP BY record_id
"""
