"""The queue card: one record, its label and the keys that decide, as a Streamlit component.

The card talks to the app's own routes (`/api/cards`, `/api/reviews`) and never reruns the page.
What it shows goes in as data and reaches the page as text, never as markup.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ui.components.sources import component

_SCRIPTS = ("outbox.js", "card.js", "drawing.js")


def queue_card(
    *,
    queue: str,
    person: str,
    labels: Sequence[str],
    error_tags: Sequence[Mapping[str, str]],
    progress: Mapping[str, int],
) -> None:
    """Mount the card for one queue.

    `error_tags` are mappings with `code`, `name` and `definition`; `labels` is empty for a task
    whose output is free text; `progress` has `total`, `mine` and `pending`.
    """
    data = {
        "queue": queue,
        "person": person,
        "labels": list(labels),
        "error_tags": [dict(tag) for tag in error_tags],
        "progress": dict(progress),
    }
    component("card", _SCRIPTS)(key=f"review.card.{queue}", data=data)
