"""The grid of the bulk page: cells to choose, and one decision for all that are chosen.

It asks `/api/grid` and sends to `/api/reviews/same` through an outbox like the card's, in parts under
one id: what was not acknowledged is sent again, also after a reload.
"""

from __future__ import annotations

from typing import Any

from curation import outputs
from curation.tasks import Task
from ui.components.sources import component

MOST_LABELS = 500
_SCRIPTS = ("../card/plain.js", "../card/outbox.js", "cells.js", "choice.js", "sending.js", "bulk.js")


def bulk_grid(*, queue: str, person: str, task: Task) -> None:
    """Mount the grid for one queue. `task` is the task as that queue asks it."""
    component("bulk", _SCRIPTS)(
        key=f"bulk.grid.{queue}", data=grid_data(queue=queue, person=person, task=task)
    )


def grid_data(*, queue: str, person: str, task: Task) -> dict[str, Any]:
    """What the grid is mounted with. `labels` only where an output is one label of at most 500."""
    form = outputs.form_of(task)
    few = form.type == "label" and len(form.labels) <= MOST_LABELS
    return {
        "queue": queue,
        "person": person,
        "form": form.type,
        "labels": list(form.labels) if few else [],
        "error_tags": [{"code": tag.code, "name": tag.name} for tag in task.offered_tags],
        "tags_required": task.tags_required,
    }
