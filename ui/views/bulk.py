"""Bulk: many waiting records side by side, chosen and decided together."""

from __future__ import annotations

from curation import queues
from ui.components.bulk import bulk_grid
from ui.components.page import header
from ui.queue_choice import chosen_queue, no_queue_yet
from ui.resources import person, project
from ui.task_choice import chosen_task


def page() -> None:
    """The waiting records of the address's queue, or of the task's newest, as a grid."""
    task = chosen_task()
    found = queues.listing(project(), task.name) if task else []
    action = header(
        "Bulk", "Choose records that are alike and decide them together. One undo takes all back."
    )
    if task is None or not found:
        no_queue_yet()
        return
    with action:
        queue = chosen_queue([queue for queue in found if queue.purpose == queues.MAIN], key="bulk.queue")
    bulk_grid(queue=queue.name, person=person().username, task=queues.task_of(project(), queue))
