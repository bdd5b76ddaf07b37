"""Which revision a form was opened on, so that saving it never overwrites what came meanwhile."""

from __future__ import annotations

import streamlit as st


def based_on(form: str, name: str, revision: int) -> int:
    """The revision of `name` that the form `form` showed when it was opened; `revision` stands now.

    Where they differ, a warning offers to load what stands now and drop what was typed.
    """
    key = _key(form)
    opened = st.session_state.get(key)
    if opened is None or opened[0] != name:
        forget(form)
        st.session_state[key] = opened = (name, revision)
    if opened[1] != revision:
        with st.container(key=f"{form}.changed", horizontal=True, vertical_alignment="center"):
            st.warning("Somebody changed this meanwhile.", icon=":material/sync_problem:")
            st.button("Load what stands now", key=f"{form}.reload", on_click=forget, args=(form,))
    return int(opened[1])


def forget(form: str) -> None:
    """Open the form anew at its next drawing, with what stands then."""
    for key in [key for key in st.session_state if str(key).startswith(f"{form}.")]:
        del st.session_state[key]


def _key(form: str) -> str:
    return f"{form}.based_on"
