"""The records that read most like one of them, or like any text."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from curation import exploring
from curation.exploring import records
from curation.tasks import Task
from ui.components.words import count, plain
from ui.guard import guard
from ui.resources import project

_RECORD = "record"
_WRITTEN = "explore.alike_written"
_SHOWN_CHARACTERS = 500


def draw(task: Task) -> None:
    """A record's id or any words, and what is nearest."""
    linked = st.query_params.get(_RECORD, "")
    if linked != st.session_state.get(_WRITTEN, ""):
        st.session_state["explore.alike"] = linked
    asked = st.text_input(
        "A record’s id, or any words", key="explore.alike",
        placeholder="rec_… or a few words",
        help="Likeness is of spelling, not of meaning: the cosine of letter triples.",
    ).strip()  # fmt: skip
    st.query_params[_RECORD] = st.session_state[_WRITTEN] = asked
    if not asked:
        st.caption("See what stands around a record: copies, versions, the same thing with another label.")
        return
    with guard(), st.spinner("Comparing …"):
        own = records.inputs_of(project(), task.name, [asked])
        if own:
            with st.container(key="sheet_asked", gap="xsmall"):
                st.caption(plain(asked))
                st.markdown(_text(own[asked]))
            found = exploring.nearest(project(), task.name, asked)
        else:
            found = exploring.nearest_to_text(project(), task.name, asked)
    if found.looked_through < found.of:
        st.caption(
            f"Looked through an even sample of {count(found.looked_through)} of {count(found.of)} records."
        )
    if not found.records:
        st.caption("Nothing is like it.")
    for each in found.records:
        with st.container(key=f"row_{each.record_id}", horizontal=True, vertical_alignment="top"):
            with st.container(width=70):
                st.badge(f"{100 * each.similarity:.0f}%", color="gray")
            with st.container(width="stretch", gap=None):
                st.markdown(_text(each.inputs))
                st.caption(plain(each.record_id))


def _text(inputs: Mapping[str, str]) -> str:
    return plain(" · ".join(value for value in inputs.values() if value)[:_SHOWN_CHARACTERS]) or "–"
