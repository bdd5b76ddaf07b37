"""Which task the pages are about: it stands in the address, so a link shows what its sender saw."""

from __future__ import annotations

import streamlit as st

from curation import tasks
from curation.tasks import Task
from ui.resources import project
from ui.session_keys import TASK


def all_tasks() -> list[Task]:
    """The project's tasks, by title."""
    return sorted(tasks.listing(project()), key=lambda task: task.title.casefold())


def chosen_task() -> Task | None:
    """The task of the address, else the one looked at last, else the first; None in an empty project."""
    known = {task.name: task for task in all_tasks()}
    wanted = st.query_params.get(TASK) or st.session_state.get(TASK)
    task = known.get(str(wanted)) or next(iter(known.values()), None)
    if task is not None:
        remember(task.name)
    return task


def remember(name: str) -> None:
    """Make `name` the task of every page of this tab."""
    st.session_state[TASK] = name
    if st.query_params.get(TASK) != name:
        st.query_params[TASK] = name


def address_parameters() -> dict[str, str]:
    """What a link to another page carries along."""
    name = st.session_state.get(TASK)
    return {TASK: str(name)} if name else {}
