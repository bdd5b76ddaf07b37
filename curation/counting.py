"""Counts over a task's artifacts by SQL, each made once for the same artifacts and records left out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from curation import left_out
from storage import figures, views
from storage.artifacts import Manifest
from storage.project import Project

_TRAINABLE = """
CREATE TEMP VIEW trainable AS
SELECT DISTINCT record_id FROM records AS r LEFT JOIN duplicates AS d USING (record_id)
ANTI JOIN left_out USING (record_id)
WHERE NOT r.held_out AND coalesce(d.keeper AND NOT d.held_out, true)
"""


def counted(
    project: Project, task: str, name: str, sql: str, sources: Iterable[Manifest], gone: Sequence[str]
) -> list[dict[str, Any]]:
    """The rows that `sql` gives over the views, and over two more: `left_out` and `trainable`.

    `name` is the count's own among those of the task; `sources` are the artifacts that it reads,
    `gone` the ids of the records that are left out.
    """

    def count() -> list[dict[str, Any]]:
        with views.connect(project, task) as connection:
            left_out.show(connection, gone)
            connection.execute(_TRAINABLE)
            return views.answered(connection, sql)

    found: list[dict[str, Any]] = figures.kept(project, task, name, sources, count, beside=gone)
    return found
