"""Whether the rows of a version may leave, what stands against it, and what a person may say to that."""

from __future__ import annotations

import streamlit as st

from curation.datasets import DatasetVersion
from curation.datasets.permissions import LICENCES, Permission, Verdict
from curation.datasets.sharing import ImportTerms, Standing, TeacherTerms
from curation.tasks import Task
from ui.actions import datasets as act
from ui.components.links import link
from ui.components.page import when
from ui.components.words import count, licence, plain, several
from ui.guard import guard
from ui.notices import say
from ui.resources import person, project

OWN_WORDS = "another, in words"
_BADGES: dict[Verdict, tuple[str, str, str]] = {
    "allowed": ("May be used", "check", "green"),
    "unknown": ("Not known", "help", "orange"),
    "refused": ("Limits use", "block", "orange"),
}
_TRAINING: dict[Verdict, str] = {
    "allowed": "May be trained on", "unknown": "Terms not stated", "refused": "Must not be trained on",
}  # fmt: skip


def show(task: Task, version: DatasetVersion, found: Standing) -> None:
    """The verdict in a sentence, then each import and each teacher with its own."""
    with st.container(key="sheet_standing", gap="small"):
        _verdict(found.permission)
        if found.answered is not None:
            _answered(task, version, found)
        for terms in found.imports:
            _import(task, terms)
        for teacher in found.teachers:
            _teacher(teacher)
        if not found.permission.may_export:
            _answer_for(task, version, found.permission)


def _verdict(judged: Permission) -> None:
    if not judged.reasons:
        st.markdown(f"**All {several(judged.rows, 'row')} may leave.**")
        st.caption("Every import states a licence that allows it, and so do the terms of the teachers.")
        return
    held = judged.unknown + judged.refused
    answered = judged.may_export
    words = "may leave because an admin answered for them" if answered else "stay until more is known of them"
    st.markdown(f"**{count(held)} of {several(judged.rows, 'row')} {words}.**")
    for why, rows in judged.reasons.items():
        st.markdown(plain(f"{several(rows, 'row')} {why}."))
    if not answered:
        st.caption("Neither an export nor a training run takes this version before that.")


def _answered(task: Task, version: DatasetVersion, found: Standing) -> None:
    assert found.answered is not None
    override = found.answered.override
    with st.container(key="row_answered", horizontal=True, vertical_alignment="center"):
        with st.container(width="stretch", gap=None):
            st.markdown(f"**{plain(override.by)}** answered for them: {plain(override.reason)}")
            if found.permission.reasons and not found.permission.may_export:
                st.caption("More stands against the rows now than did then.")
        when(override.at)
        if st.button("Take back", key="exports.withdraw", type="tertiary"):
            with guard():
                act.withdraw(project(), person(), task.name, version.version)
                say("Taken back.")
                st.rerun()


def _import(task: Task, terms: ImportTerms) -> None:
    with st.container(key=f"row_import_{terms.import_id}", horizontal=True, vertical_alignment="center"):
        with st.container(width="stretch", gap=None):
            st.markdown(f"**{plain(terms.source)}**")
            said = f"licence {licence(terms.licence)}" if terms.licence else "no licence stated"
            st.caption(plain(f"{said}, by {terms.stated_by}" if terms.stated_by else said))
        _badge(terms.verdict)
        with st.popover("Licence", key=f"exports.licence.{terms.import_id}"):
            _licence_form(task, terms)


def _licence_form(task: Task, terms: ImportTerms) -> None:
    key = f"exports.licence.{terms.import_id}"
    with st.form(f"{key}.form", border=False):
        chosen = st.selectbox(
            "Licence of this import", [*LICENCES, OWN_WORDS], key=f"{key}.chosen",
            format_func=licence,
        )  # fmt: skip
        words = st.text_input("In words", key=f"{key}.words", placeholder="Contract of 3 May with …")
        st.caption("A licence in words is kept and shown; it counts as not known.")
        if st.form_submit_button("State it", key=f"{key}.save"):
            with guard():
                stated = words if chosen == OWN_WORDS else str(chosen)
                act.state_licence(project(), person(), task.name, terms.import_id, stated)
                say(f"Stated the licence of {terms.source}.")
                st.rerun()


def _teacher(terms: TeacherTerms) -> None:
    with st.container(key=f"row_terms_{terms.name}", horizontal=True, vertical_alignment="center"):
        with st.container(width="stretch", gap=None):
            st.markdown(f"**{plain(terms.name)}**")
            read = f", read on {terms.read_on:%d %B %Y}" if terms.read_on else ""
            said = _TRAINING[terms.verdict]
            st.caption(plain(f"{said}: {terms.source}{read}" if terms.source else said))
        _badge(terms.verdict)
        link("settings", label="Terms", icon=":material/tune:", parameters={"section": "Teachers"})


def _badge(verdict: Verdict) -> None:
    word, icon, color = _BADGES[verdict]
    st.badge(word, icon=f":material/{icon}:", color=color)  # type: ignore[arg-type]


def _answer_for(task: Task, version: DatasetVersion, judged: Permission) -> None:
    held = several(judged.unknown + judged.refused, "row")
    with st.expander("Answer for these rows", icon=":material/edit_note:"):
        with st.form("exports.answer", border=False):
            reason = st.text_area(
                "Why they may be used", key="exports.answer.reason",
                placeholder="A contract, a permission, a test that stays in the house",
            )  # fmt: skip
            st.caption("The audit log and the card of every export keep it, with your name.")
            if st.form_submit_button(f"Answer for {held}", key="exports.answer.save"):
                with guard():
                    act.answer_for(project(), person(), task.name, version.version, reason)
                    say(f"You answer for {held} of {version.version}.")
                    st.rerun()
