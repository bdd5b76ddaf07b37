"""What could be frozen now: counted at once in a small task, on request in a large one."""

from __future__ import annotations

import streamlit as st

from curation import datasets
from curation.datasets import Definition, FreezePreview
from curation.tasks import Task
from storage import artifacts
from ui.actions import datasets as act
from ui.components.page import stat
from ui.components.words import count, plain, several
from ui.guard import guard
from ui.notices import say
from ui.resources import person, project

COUNTED_AT_ONCE = 50_000
"""Up to so many records the page counts unasked; above, that takes longer than a page may."""
_ASKED = "datasets.counted"


def read(task: Task, definition: Definition) -> FreezePreview | None:
    """What a version by the definition would hold now; None in a large task until somebody asks."""
    records = sum(one.rows("records") for one in artifacts.listing(project(), "records", task.name))
    if records > COUNTED_AT_ONCE and st.session_state.get(_ASKED) != task.name:
        st.caption(f"What could be frozen of {several(records, 'record')} is counted on request.")
        st.button("Count what could be frozen", key="datasets.count", on_click=_ask, args=(task.name,))
        return None
    with st.spinner("Reading the newest decisions …"):
        return datasets.preview(project(), task.name, definition=definition)


def _ask(task: str) -> None:
    st.session_state[_ASKED] = task


def show(coming: FreezePreview, *, warn: bool) -> None:
    """The counts, and what is left out; `warn` is False where the form above warns of the same."""
    reasons = coming.left_out
    told = " · ".join(f"{count(rows)} {reason}" for reason, rows in reasons.items() if rows)
    replayed = f" · {several(coming.replayed, 'row')} replayed" if coming.replayed else ""
    with st.container(key="stats", horizontal=True):
        stat("approved", "Approved", count(coming.approved), "the teacher was right")
        stat("corrected", "Corrected", count(coming.corrected), "a person wrote the answer")
        stat("gold", "Held out, with gold", count(coming.gold), f"for evaluation only{replayed}")
        stat("left_out", "Left out", count(sum(reasons.values())), told)
    for warning in coming.warnings if warn else ():
        st.warning(plain(warning), icon=":material/warning:")
    if coming.stands_as:
        st.caption(f"{coming.stands_as} holds all of it. New decisions can be frozen as the next version.")


def freeze(task: Task, coming: FreezePreview, definition: Definition) -> None:
    """The button that freezes it, for those who may and where there is something new."""
    if not person().may("run") or coming.stands_as:
        return
    rows = sum(coming.splits.values())
    if st.button(
        f"Freeze {count(rows)} rows", key="datasets.freeze", type="primary", disabled=not coming.can_freeze
    ):
        with guard():
            made = act.freeze(project(), person(), task.name, definition=definition)
            say(f"Frozen as {made.version}.")
            st.rerun()
