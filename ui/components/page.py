"""The top of every page, and what an empty one says."""

from __future__ import annotations

from datetime import datetime

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ui.components.links import link
from ui.components.words import ago, exact, plain


def header(title: str, purpose: str, *, number: str = "", unit: str = "") -> DeltaGenerator:
    """Draw the title, what the page is for and its main number; the answer holds its main action."""
    with st.container(
        key="page_header", horizontal=True, horizontal_alignment="distribute", vertical_alignment="top"
    ):
        with st.container(width="stretch", gap="xxsmall"):
            st.title(title, anchor=False)
            st.caption(plain(purpose))
        if number:
            with st.container(key="main_number", width="content", gap=None, horizontal_alignment="right"):
                st.text(number)
                st.caption(plain(unit))
        return st.container(key="main_action", width="content")


def empty_state(title: str, what: str, *, address: str = "", action: str = "") -> None:
    """Say what is not there yet and, with a link to the page at `address`, what to do first."""
    with st.container(key="empty_state"):
        st.subheader(title, anchor=False)
        st.write(plain(what))
        if address:
            link(address, label=action, icon=":material/arrow_forward:")


def no_task(what: str) -> None:
    """What a page of a task says in a project without one; `what` is the sentence of why it needs one."""
    empty_state("No task yet", what, address="settings", action="Make the first task")


def stat(key: str, label: str, value: str, detail: str = "") -> None:
    """One number with its name above and what it is made of below."""
    with st.container(key=f"stat_{key}", width="stretch"):
        st.caption(plain(label))
        st.text(value)
        if detail:
            st.caption(plain(detail))


def when(moment: datetime | None) -> None:
    """How long ago, with the exact time on hover."""
    st.html(f'<time class="u-when" title="{exact(moment)}">{ago(moment)}</time>', width="content")
