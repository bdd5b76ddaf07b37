"""The queue card: one record, its output and the keys that decide, as a Streamlit component.

The card talks to the app's own routes (`/api/cards`, `/api/reviews`, …) and never reruns the page.
What it shows goes in as data and reaches the page as text, never as markup. Its scripts stand by
noun in this folder; `editors/` has one for each form of output.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from curation import outputs
from curation.tasks import Task
from ui.components.sources import component

MOST_LABELS = 500
"""A larger label set stays on the server: the card asks `/api/labels`."""

_READING = ("plain.js", "markdown.js", "turns.js", "json_values.js", "inputs.js")
_WRITING = (
    "vendor/json-schema.js", "difference.js", "outputs.js", "editors/text_editor.js",
    "editors/chat_editor.js", "editors/json_rules.js", "editors/json_form.js", "editors/json_leaves.js",
    "editors/json_editor.js", "editors/label_search.js", "editors/label_picker.js", "editors/label_editor.js",
    "ratings.js", "tags.js",
)  # fmt: skip
_KEEPING = ("outbox.js", "supply.js", "drafts.js", "steps.js")
_DECIDING = (
    "keymap.js", "keysheet.js", "conflicts.js", "context.js", "panels.js", "card.js", "decisions.js",
    "answers.js", "keys.js", "drawing.js",
)  # fmt: skip
_SCRIPTS = (*_READING, *_WRITING, *_KEEPING, *_DECIDING)


def queue_card(
    *, queue: str, person: str, task: Task, progress: Mapping[str, object], order: str = ""
) -> None:
    """Mount the card for one queue. `task` is the task as that queue asks it.

    `progress` has `total`, `mine`, `pending` and `target`; `order` is the person's own, if any.
    """
    data = {**card_data(queue=queue, person=person, task=task, progress=progress), "order": order}
    component("card", _SCRIPTS)(key=f"review.card.{queue}", data=data)


def card_data(*, queue: str, person: str, task: Task, progress: Mapping[str, object]) -> dict[str, Any]:
    """What the card is mounted with: all of it plain values that become JSON."""
    form = outputs.form_of(task)
    labels = list(form.labels) if len(form.labels) <= MOST_LABELS else []
    return {
        "queue": queue,
        "person": person,
        "task": task.name,
        "title": task.title,
        "form": {
            "type": form.type,
            "labels": labels,
            "label_count": len(form.labels),
            "schema": dict(form.schema) if form.schema is not None else None,
            "length": form.length.model_dump() if form.length else None,
            "speakers": dict(form.speakers),
        },
        "shown": {column: task.shown(column) for column in task.input_columns},
        "error_tags": [
            {"code": tag.code, "name": tag.name, "definition": tag.definition, "group": tag.group}
            for tag in task.offered_tags
        ],
        "tags_required": task.tags_required,
        "ratings": [rating.model_dump() for rating in task.ratings],
        "progress": dict(progress),
        "guidelines": task.guidelines,
    }
