"""Labels by their ids: a few are looked up, many are read at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from curation import labelling
from curation.labelling import TeacherLabel
from storage.project import Project

FEW = 2_000
"""Up to so many are looked up, which reads one narrow column each time; then all are read, once."""


class LabelLookup:
    """The labels of a task; call it with the ids that are wanted."""

    def __init__(self, project: Project, task: str) -> None:
        self._where = project, task
        self._asked = 0
        self._all: Mapping[str, TeacherLabel] | None = None

    def __call__(self, label_ids: Collection[str]) -> Mapping[str, TeacherLabel]:
        """Those of these labels that there are, and maybe others."""
        self._asked += len(label_ids)
        if self._all is None and self._asked <= FEW:
            return labelling.of_ids(*self._where, label_ids) if label_ids else {}
        if self._all is None:
            self._all = labelling.by_id(*self._where)
        return self._all
