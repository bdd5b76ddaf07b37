"""The part of the settings that says how a review queue hands its cards out."""

from __future__ import annotations

import streamlit as st

from curation import ordering, queues
from curation.ordering import Handing
from curation.queues import Queue
from curation.tasks import Task
from storage.errors import InvalidInput
from ui.actions import handing as act
from ui.components import orders
from ui.components.page import empty_state
from ui.edit_base import based_on, forget
from ui.guard import guard
from ui.notices import say
from ui.resources import person, project

_FORM = "settings.queues"
_QUEUE = "queue"


def draw(task: Task | None) -> None:
    """The queue of the address, or the newest, in a form."""
    found = queues.listing(project(), task.name) if task else []
    if task is None or not found:
        empty_state(
            "No queue is open yet", "What a queue hands out is set once it is open.",
            address="labels", action="Prompts and labels",
        )  # fmt: skip
        return
    queue = _chosen(found)
    stands = ordering.of(project(), queue.name)
    revision = based_on(_FORM, queue.name, stands.revision)
    with st.form(f"{_FORM}.form"):
        with guard():
            wanted = _asked(task, stands.handing)
            if st.form_submit_button("Save", key=f"{_FORM}.save", type="primary"):
                act.set_queue(project(), person(), queue.name, _read(stands.handing, wanted), revision)
                forget(_FORM)
                say("Saved how the queue hands out its cards.")
                st.rerun()


def _chosen(found: list[Queue]) -> Queue:
    by_name = {queue.name: queue for queue in reversed(found)}
    wanted = st.query_params.get(_QUEUE)
    names = list(by_name)
    place = names.index(wanted) if wanted in by_name else 0
    name = st.selectbox("Queue", names, index=place, key="settings.queue")
    st.query_params[_QUEUE] = name
    return by_name[name]


def _asked(task: Task, handing: Handing) -> dict[str, object]:
    """The form's fields as they stand."""
    left, right = st.columns(2)
    with left:
        offered = orders.offered((*task.input_columns, *handing.slices), handing.order)
        order = st.selectbox(
            "Order of cards", offered, index=offered.index(handing.order), key=f"{_FORM}.order",
            format_func=orders.title, accept_new_options=True,
            help="To have one value of a column first, type `slice:COLUMN=VALUE`. "
            "People may choose another order on the Review page.",
        )  # fmt: skip
        slices = st.text_input(
            "Further columns that people may order by", ", ".join(handing.slices), key=f"{_FORM}.slices",
            help="Columns of the file beside the inputs, with commas between; none that holds an answer.",
        )  # fmt: skip
        lease = st.number_input(
            "Minutes a card is held", 1, 1440, handing.lease_minutes, key=f"{_FORM}.lease",
            help="A browser that dies keeps its cards from others for so long at most.",
        )  # fmt: skip
    with right:
        gold = st.number_input(
            "Cards with a known output, %", 0.0, 50.0, 100 * handing.gold_share, 1.0, key=f"{_FORM}.gold",
            help="Adjudicated or marked records among the others; nobody is told which. They come in "
            "when the queue is opened again.",
        )  # fmt: skip
        blind = st.number_input(
            "Records decided without the teacher's output, %", 0.0, 100.0, 100 * handing.blind_share, 1.0,
            key=f"{_FORM}.blind", help="Counts for records that are added from now on.",
        )  # fmt: skip
        targets = st.text_area(
            "Targets, one a line", "\n".join(ordering.target_lines(handing)), key=f"{_FORM}.targets",
            height=100, placeholder="300/day\nann=2000/all", help="Without a name it is everybody's.",
        )  # fmt: skip
    return {
        "order": order.strip(), "slices": tuple(name.strip() for name in slices.split(",") if name.strip()),
        "lease_minutes": int(lease), "gold_share": round(gold / 100, 6), "blind_share": round(blind / 100, 6),
        "targets": targets,
    }  # fmt: skip


def _read(handing: Handing, wanted: dict[str, object]) -> Handing:
    lines = [line for line in str(wanted["targets"]).splitlines() if line.strip()]
    targets = ordering.retargeted(handing.model_copy(update={"targets": {}}), lines)
    if len(targets) < len(lines):
        raise InvalidInput("A name has two targets.", next_step="Keep one line for each.")
    return ordering.changed(handing, **{**wanted, "targets": targets})
