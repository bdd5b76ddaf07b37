"""Review: one record at a time, with the teacher's output, decided by key."""

from __future__ import annotations

from dataclasses import asdict

import streamlit as st

from curation import ordering, queues, reviews
from curation.queues import Queue
from curation.tasks import Task
from storage import argilla_client
from storage.errors import InvalidInput
from ui.components import orders
from ui.components.card import queue_card
from ui.components.page import empty_state, header
from ui.components.words import plain
from ui.resources import person, project
from ui.task_choice import chosen_task

_QUEUE = "queue"
_ORDER = "order"


def page() -> None:
    """The queue of the address, or the task's newest, as a card."""
    task = chosen_task()
    found = queues.listing(project(), task.name) if task else []
    action = header(
        "Review", "Say of each label whether it is right. Keys decide; nothing waits for the network."
    )
    if task is None or not found:
        empty_state(
            "No queue is open yet",
            "A queue holds the teacher's labels of one prompt version. Label some records, then open it.",
            address="labels", action="Prompts and labels",
        )  # fmt: skip
        return
    with action, st.container(horizontal=True):
        queue = _choose(found)
        order = _order(queue, task)
    client = argilla_client.connect(project(), token=person().argilla_token)
    queue_card(
        queue=queue.name,
        person=person().username,
        task=queues.task_of(project(), queue),
        progress=asdict(reviews.progress(client, project(), queue.name, person=person().username)),
        order=order,
    )


def _choose(found: list[Queue]) -> Queue:
    by_name = {queue.name: queue for queue in found}
    newest = max(found, key=lambda queue: (queue.purpose == "main", queue.prompt_version))
    wanted = st.query_params.get(_QUEUE, newest.name)
    names = list(by_name)
    chosen = st.selectbox(
        "Queue", names, index=names.index(wanted) if wanted in by_name else names.index(newest.name),
        key="review.queue", format_func=lambda name: _title(by_name[name]), label_visibility="collapsed",
        width=220,
    )  # fmt: skip
    if chosen != wanted:
        st.query_params[_QUEUE] = chosen
    return by_name[chosen]


def _order(queue: Queue, task: Task) -> str:
    """The person's own order, from the address; empty for the queue's."""
    handing = ordering.of(project(), queue.name).handing
    wanted = str(st.query_params.get(_ORDER, ""))
    try:
        reviews.chosen_order(task, handing, wanted)
    except InvalidInput as fault:
        st.toast(plain(str(fault)))
        wanted = ""
    standing = orders.title(handing.order)
    standing = f"Order: {standing[0].lower()}{standing[1:]}"
    names = ["", *orders.offered((*task.input_columns, *handing.slices), wanted)]
    chosen = st.selectbox(
        "Order", names, index=names.index(wanted), key="review.order",
        label_visibility="collapsed", width=190,
        format_func=lambda name: orders.title(name) if name else standing,
    )  # fmt: skip
    if chosen:
        st.query_params[_ORDER] = chosen
    elif _ORDER in st.query_params:
        del st.query_params[_ORDER]
    return chosen


def _title(queue: Queue) -> str:
    return f"Prompt v{queue.prompt_version}" + (", two reviewers each" if queue.purpose == "overlap" else "")
