"""Cleaning and redaction: what every text of a task goes through before it is a record."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from curation import imports, preparing
from curation.preparing import Preparation, uncertain
from curation.tasks import Task
from storage.errors import InvalidInput
from ui.actions import preparing as act
from ui.components.page import header, no_task
from ui.components.words import count
from ui.edit_base import based_on, forget
from ui.guard import guard, show
from ui.notices import say
from ui.resources import person, project
from ui.task_choice import chosen_task
from ui.views import preparing_policy, preparing_queue, preparing_recipe, preparing_standings
from ui.views.preparing_draft import FORM, Draft, draft

SECTION = "section"
_SECTION_KEY = f"{FORM}.section"


def page() -> None:
    """One section at a time, over one draft of recipe and policy that is saved as a whole."""
    task = chosen_task()
    waiting = sum(uncertain.waiting_by_kind(project(), task.name).values()) if task else 0
    action = header(
        "Cleaning and redaction", "What every text goes through before a person or a model reads it.",
        number=count(waiting) if waiting else "",
        unit="doubtful value waits" if waiting == 1 else "doubtful values wait",
    )  # fmt: skip
    if task is None:
        no_task("A recipe and a policy belong to a task.")
        return
    standing = preparing.of(project(), task.name)
    revision = based_on(FORM, task.name, standing.revision)
    held = draft(standing)
    faults = st.container()
    _sections(task, held)
    try:
        wanted = Preparation(held.recipe(), held.redaction())
    except InvalidInput as fault:
        with faults:
            show(fault)
        wanted = None
    with action:
        _save(task, wanted, standing, revision)


def _sections(task: Task, held: Draft) -> None:
    sections: dict[str, Callable[[Task, Draft], None]] = {
        "Cleaning": preparing_recipe.draw,
        "Redaction": preparing_policy.draw,
        "Doubtful values": preparing_queue.draw,
        "Safe Harbor": preparing_standings.draw,
    }
    wanted = st.query_params.get(SECTION, "Cleaning")
    if _SECTION_KEY not in st.session_state:
        st.session_state[_SECTION_KEY] = wanted if wanted in sections else "Cleaning"
    chosen = str(
        st.segmented_control(
            "Section", list(sections), key=_SECTION_KEY, required=True, label_visibility="collapsed"
        )
    )
    st.query_params[SECTION] = chosen
    with guard():
        sections[chosen](task, held)


def _save(task: Task, wanted: Preparation | None, standing: Preparation, revision: int) -> None:
    """The button that saves, where there is something to save; else which revision stands."""
    if wanted is not None and not standing.differences(wanted):
        st.caption(f"revision {standing.revision} stands" if standing.revision else "the default stands")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Discard", key=f"{FORM}.discard", type="tertiary", on_click=forget, args=(FORM,))
        pressed = st.button(
            f"Save as revision {revision + 1}", key=f"{FORM}.save", type="primary", disabled=wanted is None
        )
    if pressed and wanted is not None:
        with guard():
            made = act.save(project(), person(), task.name, wanted.recipe, wanted.policy, based_on=revision)
            forget(FORM)
            say(_saved(task, made.revision))
            st.rerun()


def _saved(task: Task, revision: int) -> str:
    sentence = f"Revision {revision} holds for every import from now on."
    if not imports.listing(project(), task.name):
        return sentence
    return (
        f"{sentence} Records that stand stay as they are; importing a file again brings what differs as "
        "new ones."
    )
