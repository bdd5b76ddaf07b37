"""Home: the loop as a pipeline with its counts, and the next thing to do."""

from __future__ import annotations

import streamlit as st

from curation.tasks import Task
from storage import jobs
from ui import stages
from ui.components import job_progress
from ui.components.links import go, leads, link
from ui.components.page import empty_state, header, when
from ui.components.words import plain
from ui.resources import person, project
from ui.stages import Next, Stage
from ui.task_choice import chosen_task

_LATELY = 5


def page() -> None:
    """Where the task stands and what comes next."""
    task = chosen_task()
    if task is None:
        _first_start()
        return
    header(task.title, "From an expensive teacher to a small model of your own, one stage at a time.")
    loop = stages.read(project(), person(), task)
    coming = stages.coming(loop)
    _pipeline(stages.drawn(loop), coming)
    _next(coming)
    _lately(task)


def _first_start() -> None:
    header("Welcome", "Turn an expensive model’s labels into a small model your team owns.")
    empty_state(
        "Start with a task",
        "A task is one narrow job: what goes in, which labels may come out, and the ways a label can be "
        "wrong. Everything else follows from it. To look around first, the command understudy demo makes a "
        "project with a sample task that has been through the whole loop.",
        address="settings", action="Make the first task",
    )  # fmt: skip


def _pipeline(found: list[Stage], coming: Next) -> None:
    with st.container(key="pipeline"):
        for stage in found:
            state = "next" if stage.address == coming.address else "done" if stage.reached else "empty"
            with st.container(key=f"stage_{state}_{stage.address}"):
                if not link(stage.address, label=stage.title):
                    st.caption(stage.title)
                st.text(stage.value)
                st.caption("  \n".join(plain(line) for line in stage.detail))


def _next(coming: Next) -> None:
    with st.container(key="next", horizontal=True, vertical_alignment="center"):
        st.markdown(f"**Next**  {plain(coming.sentence)}", width="stretch")
        if (
            coming.address
            and leads(coming.address)
            and st.button(coming.action, key="home.next", type="primary")
        ):
            go(coming.address)


def _lately(task: Task) -> None:
    found = jobs.listing(project(), task=task.name, limit=_LATELY)
    if not found:
        return
    st.subheader("Lately", anchor=False)
    for job in found:
        with st.container(key=f"row_{job.job_id}", horizontal=True, vertical_alignment="center"):
            with st.container(width=120):
                job_progress.badge(job.status)
            st.markdown(plain(job.title), width="stretch")
            when(job.finished_at or job.created_at)
    link("jobs", label="All jobs", icon=":material/arrow_forward:")
