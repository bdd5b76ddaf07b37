"""What the next dataset version is built from: its definition in a form, and the rows it would give."""

from __future__ import annotations

import streamlit as st

from curation import datasets
from curation.datasets import FreezePreview
from curation.datasets.definition import DEFAULT_NAME, Definition, files, storing, words
from curation.datasets.definition.storing import Saved
from curation.tasks import Task
from ui.actions import dataset_definitions as act
from ui.components.page import stat
from ui.components.words import count, plain, several
from ui.edit_base import based_on, forget
from ui.guard import guard
from ui.notices import say
from ui.resources import person, project
from ui.views import dataset_definition_form

FORM = "datasets.definition"
_NAMED, _CHOICE, _OPEN = "definition", "datasets.built_from", "datasets.define"


def editor(task: Task) -> Definition:
    """The definition of the address, or the default; whoever may freeze can change and save it here.

    The answer is what is saved: what is typed counts once it is.
    """
    listed = storing.listing(project(), task.name)
    with st.container(key="sheet_definition", gap="small"):
        saved = _chosen(listed)
        if person().may("run") and st.toggle("Change what the next version is built from", key=_OPEN):
            _edit(task, saved)
    return saved.definition


def is_open() -> bool:
    """Whether the form stands open, with counts and warnings of its own."""
    return bool(st.session_state.get(_OPEN))


def _chosen(listed: list[Saved]) -> Saved:
    by_name = {saved.definition.name: saved for saved in listed}
    wanted = st.query_params.get(_NAMED)
    name = wanted if wanted in by_name else DEFAULT_NAME
    if len(by_name) > 1:
        name = st.selectbox(
            "Built from the definition", list(by_name), list(by_name).index(name), key=_CHOICE
        )
        st.query_params[_NAMED] = name
    saved = by_name[name]
    st.markdown(f"**Built from** {plain(words.summary(saved.definition))}")
    return saved


def _edit(task: Task, saved: Saved) -> None:
    revision = based_on(FORM, f"{task.name}/{saved.definition.name}", saved.revision)
    wanted: Definition | None = None
    with guard():
        read = dataset_definition_form.asked(task, saved.definition, FORM)
        with st.spinner("Counting rows …", show_time=False):
            coming = datasets.preview(project(), task.name, definition=read, fresh=False)
        _counts(coming)
        with st.popover("As text", icon=":material/data_object:"):
            st.caption("For a file and `understudy dataset define`:")
            st.code(files.to_yaml(read), language="yaml", wrap_lines=True)
        wanted = read
    with guard():
        _save(task, saved, wanted, revision)


def _save(task: Task, saved: Saved, wanted: Definition | None, revision: int) -> None:
    """Under its own name in place of what stands, under another as a new one; None cannot be saved."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input(
            "Save as", saved.definition.name, key=f"{FORM}.name",
            help="Another name keeps both; small letters, digits, - and _.",
        )  # fmt: skip
        pressed = st.button(
            "Save the definition", key=f"{FORM}.save", icon=":material/save:", disabled=wanted is None
        )
    if not pressed or wanted is None:
        return
    renamed = Definition(**{**wanted.model_dump(), "name": name.strip()})
    base = revision if renamed.name == saved.definition.name else 0
    act.define(project(), person(), task.name, renamed, based_on=base)
    forget(FORM)
    st.query_params[_NAMED] = renamed.name
    st.session_state.pop(_CHOICE, None)
    say(f"Saved the definition {renamed.name}.")
    st.rerun()


def _counts(coming: FreezePreview) -> None:
    """The rows by split, and what is left out and why."""
    reasons = coming.left_out
    told = " · ".join(f"{count(rows)} {reason}" for reason, rows in reasons.items() if rows)
    held_back = several(coming.robustness, "row") + " in wordings kept for robustness"
    with st.container(key="stats_definition", horizontal=True):
        replayed = f"{count(coming.replayed)} of them replayed" if coming.replayed else ""
        stat("defined_train", "Train", count(coming.splits["train"]), replayed)
        stat("defined_validation", "Validation", count(coming.splits["validation"]))
        stat("defined_test", "Test", count(coming.splits["test"]), held_back if coming.robustness else "")
        stat("defined_left_out", "Left out", count(sum(reasons.values())), told)
    for warning in coming.warnings:
        st.warning(plain(warning), icon=":material/warning:")
