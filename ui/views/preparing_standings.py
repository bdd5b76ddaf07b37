"""The eighteen identifiers of the Safe Harbor rule, with how far this set-up finds each."""

from __future__ import annotations

from collections import Counter

import streamlit as st

from curation.redaction import Standing, standings
from curation.tasks import Task
from ui.components.page import stat
from ui.components.words import count, plain
from ui.views.preparing_draft import Draft

_SIGNS = {
    "found": ("Found", "check", "green"),
    "partly": ("Partly", "rule", "orange"),
    "not found": ("Not found", "close", "gray"),
}


def draw(task: Task, held: Draft) -> None:
    """The table, by the policy as it stands on the page."""
    found = standings(held.redaction())
    counted = Counter(one.extent for one in found)
    st.caption(
        "The rule (45 CFR 164.514(b)(2)) asks that all eighteen be removed. Redaction removes some and "
        "misses others, so what went through it does not meet the rule by that alone."
    )
    with st.container(key="stats", horizontal=True):
        stat("found", "Found", count(counted["found"]), "of eighteen")
        stat("partly", "Partly", count(counted["partly"]), "some of them are missed")
        stat("not_found", "Not found", count(counted["not found"]), "they stay in the texts")
    for one in found:
        _row(one)


def _row(one: Standing) -> None:
    word, icon, color = _SIGNS[one.extent]
    with st.container(key=f"row_standing_{one.letter}", horizontal=True, vertical_alignment="center"):
        with st.container(gap=None, width="stretch"):
            st.markdown(f"**{one.letter}** {plain(one.name)}")
            st.caption(plain(one.why))
        st.badge(word, icon=f":material/{icon}:", color=color)  # type: ignore[arg-type]
