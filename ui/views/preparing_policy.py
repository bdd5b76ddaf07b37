"""The policy on the page Cleaning and redaction: what happens to each kind of identifier."""

from __future__ import annotations

import streamlit as st

from curation.preparing import findings
from curation.redaction import IDENTIFIERS, Identifier, installed_model
from curation.tasks import Task
from ui.components.words import plain, several
from ui.resources import project
from ui.views import preparing_custom, preparing_doubt, preparing_try
from ui.views.preparing_draft import FORM, Draft

ACTIONS = {"mask": "Mask", "pseudonym": "Pseudonym", "drop_row": "Drop row", "keep": "Keep"}
WHAT = (
    "**Mask** writes what stood there, such as [email]. **Pseudonym** adds a code that is the same for the "
    "same value throughout the project. **Drop row** leaves the record out. **Keep** changes nothing."
)


def draw(task: Task, held: Draft) -> None:
    """The kinds with what is done about each, the task's own kinds, and a text to try it on."""
    found = findings.found_by_kind(project(), task.name)
    has_model = installed_model(held.policy["language"], held.policy["model"]) is not None
    st.caption(WHAT)
    for kind in IDENTIFIERS.values():
        _kind(held, kind, found.get(kind.code, 0), has_model=has_model)
    preparing_custom.draw(held, found)
    preparing_doubt.draw(held)
    preparing_try.draw(task, held)


def _kind(held: Draft, kind: Identifier, found: int, *, has_model: bool) -> None:
    about = [several(found, "found by the imports so far", "found by the imports so far")] if found else []
    if kind.needs_model and not has_model:
        about.append("needs a language model, and none is installed: not found by this set-up")
    with st.container(key=f"row_kind_{kind.code}", horizontal=True, vertical_alignment="center"):
        with st.container(gap=None, width="stretch"):
            st.markdown(plain(kind.says))
            if about:
                st.caption(plain(" · ".join(about)))
        with st.container(width="content"):
            chosen = action_choice(kind.says, str(held.policy["actions"].get(kind.code, "mask")), kind.code)
    if chosen == "mask":  # the action of every kind that is not named
        held.policy["actions"].pop(kind.code, None)
    else:
        held.policy["actions"][kind.code] = chosen


def action_choice(label: str, stands: str, name: str) -> str:
    """One of the four actions, chosen for the kind `name`."""
    chosen = st.segmented_control(
        label, list(ACTIONS), default=stands, key=f"{FORM}.action.{name}", required=True,
        format_func=ACTIONS.__getitem__, label_visibility="collapsed",
    )  # fmt: skip
    return str(chosen)
