"""The section of Settings that names the ways a label can be wrong."""

from __future__ import annotations

import re

import streamlit as st

from curation.tasks import ErrorTag, Task
from ui.actions import tasks as act
from ui.components.page import empty_state
from ui.edit_base import based_on, forget
from ui.guard import guard
from ui.notices import say
from ui.resources import person, project

_FORM = "settings.tags"
_BLANK = "new"


def draw(task: Task | None) -> None:
    """One row per tag and a blank one; a tag's code never changes, its words may."""
    if task is None:
        empty_state("No task yet", "Error tags belong to a task. Make one in the section Task first.")
        return
    revision = based_on(_FORM, task.name, task.revision)
    with st.form(_FORM):
        st.subheader("Error tags", anchor=False)
        st.caption(
            "Reviewers set these by key, 1 to 9 in this order. Empty a name to retire its tag; "
            "what was tagged with it keeps its code."
        )
        rows = [_row(tag.code, tag) for tag in task.error_tags]
        rows.append(_row(_BLANK, None))
        if st.form_submit_button("Save error tags", key="settings.tags.save", type="primary"):
            with guard():
                _save(task, rows, revision)


def _row(code: str, tag: ErrorTag | None) -> ErrorTag:
    left, right = st.columns([1, 2])
    name = left.text_input(
        f"Name of {tag.name}" if tag else "Name",
        tag.name if tag else "",
        key=f"settings.tags.name.{code}",
        label_visibility="collapsed" if tag else "visible",
        placeholder="Sibling category",
    )
    definition = right.text_input(
        f"When to use {tag.name}" if tag else "When to use it",
        tag.definition if tag else "",
        key=f"settings.tags.definition.{code}",
        label_visibility="collapsed" if tag else "visible",
        placeholder="A neighbour of the right category",
    )
    made = code if tag else re.sub(r"[^a-z0-9]+", "_", name.casefold()).strip("_")
    return ErrorTag(code=made, name=name.strip(), definition=definition.strip())


def _save(task: Task, rows: list[ErrorTag], revision: int) -> None:
    kept = tuple(tag for tag in rows if tag.name)
    changed = Task(**{**task.model_dump(), "error_tags": [tag.model_dump() for tag in kept]})
    act.change(project(), person(), changed, revision)
    forget(_FORM)
    say("Saved the error tags.")
    st.rerun()
