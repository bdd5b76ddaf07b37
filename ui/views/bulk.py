"""Bulk: many waiting records side by side, chosen and decided together."""

from __future__ import annotations

import streamlit as st

from curation import queues
from curation.queues import Queue
from ui.components.bulk import bulk_grid
from ui.components.page import empty_state, header
from ui.resources import person, project
from ui.task_choice import chosen_task

_QUEUE = "queue"


def page() -> None:
    """The waiting records of the address's queue, or of the task's newest, as a grid."""
    task = chosen_task()
    found = queues.listing(project(), task.name) if task else []
    action = header(
        "Bulk", "Choose records that are alike and decide them together. One undo takes all back."
    )
    if task is None or not found:
        empty_state(
            "No queue is open yet",
            "A queue holds the teacher's labels of one prompt version. Label some records, then open it.",
            address="labels", action="Prompts and labels",
        )  # fmt: skip
        return
    with action:
        queue = _choose([queue for queue in found if queue.purpose == queues.MAIN])
    bulk_grid(queue=queue.name, person=person().username, task=queues.task_of(project(), queue))


def _choose(found: list[Queue]) -> Queue:
    by_name = {queue.name: queue for queue in found}
    newest = max(found, key=lambda queue: queue.prompt_version).name
    wanted = st.query_params.get(_QUEUE, newest)
    chosen = st.selectbox(
        "Queue", list(by_name), index=list(by_name).index(wanted if wanted in by_name else newest),
        key="bulk.queue", format_func=lambda name: f"Prompt v{by_name[name].prompt_version}",
        label_visibility="collapsed", width=220,
    )  # fmt: skip
    if chosen != wanted:
        st.query_params[_QUEUE] = chosen
    return by_name[chosen]
