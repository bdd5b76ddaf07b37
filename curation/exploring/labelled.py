"""Records with their one label, as the teacher gave it or people kept it. Held-out records are not read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import orjson

from curation.context.approved import text_of
from curation.tasks import Task
from storage import views
from storage.errors import InvalidInput
from storage.project import Project

Whose = Literal["teacher", "people"]


@dataclass(frozen=True)
class LabelledRecords:
    """Records in an order by hash; a sample if they are fewer than `of`.

    `clusters` names the duplicate cluster of each: the same for copies of one record.
    """

    record_ids: tuple[str, ...]
    texts: tuple[str, ...]
    labels: tuple[str, ...]
    clusters: tuple[str, ...]
    of: int


def read(project: Project, task: Task, whose: Whose, *, most: int) -> LabelledRecords:
    """The labelled records: by the teacher under its newest prompt, or by people where they agree.

    Raises InvalidInput for a task without one label per record.
    """
    if task.kind != "classification" or task.multi_label:
        raise InvalidInput(
            f"The outputs of task {task.name!r} are not one label per record.",
            next_step="This can be asked of a classification with single labels.",
        )
    sql = _READ.format(given=_TEACHER if whose == "teacher" else _PEOPLE)
    names = ("records", "duplicates", "teacher_labels" if whose == "teacher" else "reviews")
    with views.connect(project, task.name, only=names) as connection:
        rows = views.answered(connection, sql, (most,))
    return LabelledRecords(
        tuple(row["record_id"] for row in rows),
        tuple(text_of(orjson.loads(row["inputs"])) for row in rows),
        tuple(row["label"] for row in rows),
        tuple(row["cluster"] for row in rows),
        rows[0]["every"] if rows else 0,
    )


_TEACHER = """
SELECT record_id, arg_max(output, created_at) AS label FROM teacher_labels
WHERE output IS NOT NULL AND prompt_version = (
    SELECT max(prompt_version) FROM teacher_labels WHERE output IS NOT NULL
) GROUP BY record_id
"""
_PEOPLE = """
SELECT record_id, any_value(output) AS label FROM (
    SELECT *, max(prompt_version) OVER (PARTITION BY record_id) AS newest FROM reviews WHERE NOT deleted
) WHERE prompt_version = newest GROUP BY record_id
HAVING bool_and(decision <> 'discarded') AND count(DISTINCT output) = 1 AND bool_and(output IS NOT NULL)
"""
_READ = """
WITH given AS ({given}), placed AS (
    SELECT record_id, any_value(cluster) AS cluster FROM duplicates GROUP BY record_id
), once AS (SELECT record_id, any_value(inputs) AS inputs, bool_or(held_out) AS held_out FROM records
    SEMI JOIN given USING (record_id) GROUP BY record_id)
SELECT record_id, inputs, label, count(*) OVER () AS every,
    coalesce('cluster ' || placed.cluster, record_id) AS cluster
FROM given JOIN once USING (record_id) LEFT JOIN placed USING (record_id)
WHERE NOT held_out ORDER BY hash(record_id), record_id LIMIT ?
"""
