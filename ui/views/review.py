"""Review: one record at a time, with the teacher's output, decided by key."""

from __future__ import annotations

from dataclasses import asdict

import streamlit as st

from curation import queues, reviews
from curation.queues import Queue
from storage import argilla_client
from ui.components.card import queue_card
from ui.components.page import empty_state, header
from ui.resources import person, project
from ui.task_choice import chosen_task

_QUEUE = "queue"


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
    with action:
        queue = _choose(found)
    client = argilla_client.connect(project(), token=person().argilla_token)
    queue_card(
        queue=queue.name,
        person=person().username,
        task=queues.task_of(project(), queue),
        progress=asdict(reviews.progress(client, project(), queue.name)),
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


def _title(queue: Queue) -> str:
    return f"Prompt v{queue.prompt_version}" + (", two reviewers each" if queue.purpose == "overlap" else "")
