"""What stands around every page: the task switcher, the pages, running jobs and the person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from storage import jobs
from ui.components import theme
from ui.components.sidebar_closer import close_after_navigation
from ui.components.words import plain, several
from ui.resources import project, sign_out, visitor
from ui.sign_in import Person
from ui.task_choice import address_parameters, all_tasks, chosen_task, remember

if TYPE_CHECKING:
    from ui.views.catalogue import Entry


def sidebar(person: Person, entries: Sequence[Entry], address: str) -> None:
    """Draw the navigation in the order of the loop, for the roles that may use each page."""
    with st.sidebar:
        close_after_navigation(address)
        _brand()
        _task_switcher()
        for section in ("loop", "project"):
            with st.container(key=f"nav_{section}"):
                for entry in entries:
                    if entry.section == section and person.may(entry.needs):
                        st.page_link(
                            entry.page, label=entry.title, icon=f":material/{entry.icon}:",
                            query_params=address_parameters(),
                        )  # fmt: skip
        with st.container(key="sidebar_foot"):
            _running_jobs()
            _account(person, entries)
            st.button("Sign out", key="shell.sign_out", type="tertiary", on_click=sign_out)


def _account(person: Person, entries: Sequence[Entry]) -> None:
    """Who is signed in, as a link to their account."""
    name = plain(person.username) + (f" · {person.role}" if person.role != person.username else "")
    for entry in entries:
        if entry.section == "person":
            st.page_link(entry.page, label=name, query_params=address_parameters())


def _brand() -> None:
    with st.container(key="brand", horizontal=True, vertical_alignment="center", gap="small"):
        st.image(theme.MARK, width=24)
        st.text("Understudy")


def _task_switcher() -> None:
    known = all_tasks()
    current = chosen_task()
    if current is None:
        st.caption(project().name)
        return
    names = [task.name for task in known]
    titles = {task.name: task.title for task in known}
    st.selectbox(
        "Task", names, index=names.index(current.name), key="shell.task", format_func=titles.__getitem__,
        label_visibility="collapsed", on_change=_switch_task,
    )  # fmt: skip


def _switch_task() -> None:
    remember(str(st.session_state["shell.task"]))


@st.fragment(run_every=5)
def _running_jobs() -> None:
    if visitor() is None:
        st.rerun()  # the session was ended elsewhere: the whole page leaves, not this corner alone
    active = jobs.listing(project(), active_only=True)
    if active:
        running = sum(job.status == "running" for job in active)
        st.caption(
            f":material/progress_activity: {several(running, 'job')} running"
            if running
            else f":material/schedule: {several(len(active), 'job')} waiting"
        )
