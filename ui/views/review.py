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
from ui.components.page import header
from ui.components.words import plain
from ui.queue_choice import chosen_queue, no_queue_yet
from ui.resources import person, project
from ui.task_choice import chosen_task

_ORDER = "order"


def page() -> None:
    """The queue of the address, or the task's newest, as a card."""
    task = chosen_task()
    found = queues.listing(project(), task.name) if task else []
    action = header(
        "Review", "Say of each label whether it is right. Keys decide; nothing waits for the network."
    )
    if task is None or not found:
        no_queue_yet()
        return
    with action, st.container(horizontal=True):
        queue = chosen_queue(found, key="review.queue")
        order = _order(queue, task)
    client = argilla_client.connect(project(), token=person().argilla_token)
    queue_card(
        queue=queue.name,
        person=person().username,
        task=queues.task_of(project(), queue),
        progress=asdict(reviews.progress(client, project(), queue.name, person=person().username)),
        order=order,
    )


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
