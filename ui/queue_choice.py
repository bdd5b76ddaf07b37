"""Which review queue a page shows: the address's, or the newest of the task."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from curation import queues
from curation.queues import Queue
from ui.components.page import empty_state

_QUEUE = "queue"


def chosen_queue(found: Sequence[Queue], *, key: str) -> Queue:
    """Let the person choose among the queues; of equal purpose the newest prompt comes first."""
    by_name = {queue.name: queue for queue in found}
    newest = max(found, key=lambda queue: (queue.purpose == queues.MAIN, queue.prompt_version)).name
    wanted = st.query_params.get(_QUEUE, newest)
    names = list(by_name)
    chosen = st.selectbox(
        "Queue", names, index=names.index(wanted if wanted in by_name else newest), key=key,
        format_func=lambda name: _title(by_name[name]), label_visibility="collapsed", width=220,
    )  # fmt: skip
    if chosen != wanted:
        st.query_params[_QUEUE] = chosen
    return by_name[chosen]


def no_queue_yet() -> None:
    """What a page says where none is open."""
    empty_state(
        "No queue is open yet",
        "A queue holds the teacher's labels of one prompt version. Label some records, then open it.",
        address="labels", action="Prompts and labels",
    )  # fmt: skip


def _title(queue: Queue) -> str:
    return f"Prompt v{queue.prompt_version}" + (
        ", two reviewers each" if queue.purpose == queues.OVERLAP else ""
    )
