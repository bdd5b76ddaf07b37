"""What the artifacts say of a record: its cluster, the reviews of it and of its cluster, its labels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from curation.tasks import Task, vocabulary
from storage import views
from storage.project import Project

MOST_NEAR = 200
_READ = ("duplicates", "records", "reviews", "teacher_labels")
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Told:
    """`members` has the inputs of the cluster's other records; `reviews` and `labels` the newest first."""

    members: Mapping[str, Mapping[str, str]]
    reviews: tuple[Row, ...]
    labels: tuple[Row, ...]


def told(project: Project, task: Task, record_id: str) -> Told:
    """All of it, nothing held out, over one connection: opening one costs more than the questions."""
    with views.connect(project, task.name, only=_READ) as connection:
        near = views.answered(connection, _MEMBERS, (record_id, record_id, MOST_NEAR))
        members = {row["record_id"]: orjson.loads(row["inputs"]) for row in near}
        reviews = views.answered(connection, _REVIEWS, ([record_id, *members],))
        labels = views.answered(connection, _LABELS, (record_id,))
    followed = [{**row, "error_tags": vocabulary.followed(task, row["error_tags"] or ())} for row in reviews]
    return Told(members, tuple(followed), tuple(labels))


_MEMBERS = """
SELECT d.record_id, any_value(r.inputs) AS inputs
FROM duplicates AS d JOIN records AS r ON r.record_id = d.record_id
WHERE d.cluster = (SELECT any_value(cluster) FROM duplicates WHERE record_id = ?)
    AND d.record_id <> ? AND NOT r.held_out
GROUP BY d.record_id ORDER BY d.record_id LIMIT ?
"""
_REVIEWS = """
SELECT record_id, queue, reviewer, decision, output, error_tags, note, submitted_at
FROM reviews WHERE NOT deleted AND record_id IN (SELECT unnest(?::VARCHAR[])) ORDER BY submitted_at DESC
"""
_LABELS = """
SELECT label_id, prompt_version, teacher, output FROM teacher_labels
WHERE output IS NOT NULL AND record_id = ? ORDER BY prompt_version DESC, created_at DESC
"""
