"""What left the project, who sent it, and the hash to know it by."""

from __future__ import annotations

import streamlit as st

from curation.datasets import sharing
from curation.datasets.sharing import PastExport
from curation.tasks import Task
from ui.components.page import when
from ui.components.words import plain, several
from ui.resources import project
from ui.views.dataset_exports import words_of


def show(task: Task) -> None:
    """The newest exports of the task's versions."""
    st.subheader("What left", anchor=False)
    found = sharing.history(project(), task.name)
    if not found:
        st.caption("Nothing yet. Each export will stand here with who sent it and its hash.")
    for number, each in enumerate(found):
        _row(number, each)


def _row(number: int, each: PastExport) -> None:
    with st.container(key=f"row_export_{number}", horizontal=True, vertical_alignment="top"):
        st.markdown(f"**{plain(each.version)}**", width=60)
        with st.container(width="stretch", gap=None):
            st.markdown(f"{plain(words_of(each.format))}, {several(each.rows, 'row')}")
            st.caption(plain(_about(each)))
        when(each.at)


def _about(each: PastExport) -> str:
    left_out = f"{each.left_out:,} had nothing for it" if each.left_out else ""
    to = each.destination.removeprefix("hub:")
    where = f"to the Hub, {to}" if each.destination.startswith("hub:") else ""
    answered = "an admin answered for some rows" if each.overridden else ""
    parts = [
        f"by {each.by}",
        ", ".join(each.splits),
        where,
        left_out,
        answered,
        f"sha256 {each.sha256[:12]}…",
    ]
    return " · ".join(part for part in parts if part)
