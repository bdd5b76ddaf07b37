"""Explore: what the records are like, whom they leave out, which labels look wrong, what a benchmark has."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from curation.exploring import records
from storage import jobs
from ui.components import job_progress
from ui.components.page import empty_state, header, no_task
from ui.components.words import count, noun
from ui.resources import project
from ui.task_choice import chosen_task
from ui.views import explore_alike, explore_contamination, explore_groups, explore_labels, explore_records

SECTION = "section"
_WRITTEN = "explore.section_written"
_KINDS = ("explore", "contamination")


def page() -> None:
    """One section at a time; which one stands in the address."""
    task = chosen_task()
    many = records.count(project(), task.name) if task else 0
    action = header(
        "Explore", "Know what is in the records before a student learns it: read it in shapes, not in rows.",
        number=count(many) if many else "", unit=noun(many, "record"),
    )  # fmt: skip
    if task is None:
        no_task("What is looked at are the records of a task.")
        return
    if not many:
        empty_state(
            "Nothing to look at yet", "Bring in records first.", address="import", action="Import records"
        )
        return
    sections: dict[str, Callable[[], None]] = {
        "Records": lambda: explore_records.draw(task, action),
        "Groups": lambda: explore_groups.draw(task),
        "Labels": lambda: explore_labels.draw(task),
        "Alike": lambda: explore_alike.draw(task),
        "Contamination": lambda: explore_contamination.draw(task),
    }
    chosen = _section(list(sections))
    job_progress.watch_all([job for job in jobs.listing(project(), task=task.name) if job.kind in _KINDS])
    sections[chosen]()


def _section(names: list[str]) -> str:
    """The section of the address where a link led here, else the one chosen on the page."""
    wanted = st.query_params.get(SECTION, names[0])
    if wanted != st.session_state.get(_WRITTEN):
        st.session_state["explore.section"] = wanted if wanted in names else names[0]
    chosen = st.segmented_control(
        "Section", names, key="explore.section", required=True, label_visibility="collapsed"
    )
    st.query_params[SECTION] = st.session_state[_WRITTEN] = str(chosen)
    return str(chosen)
