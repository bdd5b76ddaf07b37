"""The section of Settings that names the teachers: an endpoint, or a column of the file."""

from __future__ import annotations

import streamlit as st

from curation import teachers
from curation.teachers import MayTrain, OpenAITeacher, Teacher
from storage.errors import UserError
from ui.actions import tasks as act
from ui.components.page import empty_state
from ui.components.words import plain
from ui.guard import guard
from ui.notices import say
from ui.resources import person, project

_ENDPOINT, _RECORDED = "Endpoint", "Column of the file"
_TERMS: dict[MayTrain, str] = {
    "unknown": "Terms not stated", "allowed": "May be trained on", "refused": "Must not be trained on",
}  # fmt: skip


def draw() -> None:
    """The teachers there are, and a form for another."""
    known = teachers.listing(project())
    if not known:
        empty_state(
            "No teacher yet",
            "A teacher gives the first label: any endpoint that speaks OpenAI’s protocol, or a column of "
            "your file that already holds its answers.",
        )
    for teacher in known:
        with st.container(key=f"row_teacher_{teacher.name}", horizontal=True, vertical_alignment="center"):
            with st.container(width="stretch", gap=None):
                st.markdown(f"**{plain(teacher.name)}**")
                st.caption(plain(_about(teacher)))
            _readiness(teacher)
            _terms(teacher)
    with st.expander("Add a teacher", icon=":material/add:", expanded=not known):
        _form()


def _about(teacher: Teacher) -> str:
    if isinstance(teacher, OpenAITeacher):
        return f"{teacher.model} at {teacher.base_url}"
    return f"answers recorded in the column {teacher.column}"


def _readiness(teacher: Teacher) -> None:
    if not isinstance(teacher, OpenAITeacher) or not teacher.key_env:
        return
    try:
        teacher.key()
    except UserError:
        st.badge(f"${teacher.key_env} is not set", icon=":material/key_off:", color="orange")
    else:
        st.badge(f"${teacher.key_env} is set", icon=":material/key:", color="green")


def _terms(teacher: Teacher) -> None:
    """Whether what it says may be trained on, with where that stands: licences forbid some of it."""
    key = f"settings.teacher.terms.{teacher.name}"
    with st.popover(_TERMS[teacher.may_train], key=key), st.form(f"{key}.form", border=False):
        may_train = st.radio(
            "May a model be trained on what it says?", list(_TERMS), format_func=_TERMS.__getitem__,
            index=list(_TERMS).index(teacher.may_train), key=f"{key}.may_train",
        )  # fmt: skip
        source = st.text_input(
            "Where that stands", teacher.terms_source, key=f"{key}.source",
            placeholder="Address of the terms, or a contract",
        )  # fmt: skip
        read_on = st.date_input("Read on", teacher.terms_date, key=f"{key}.date")
        if st.form_submit_button("Save terms", key=f"{key}.save"):
            with guard():
                said = {"may_train": may_train, "terms_source": source, "terms_date": read_on}
                changed = teachers.parse({**teacher.model_dump(), **said})
                act.save_teacher(project(), person(), changed, based_on=teacher.revision)
                say(f"Saved the terms of {teacher.name}.")
                st.rerun()


def _form() -> None:
    kind = st.segmented_control(
        "What it is", [_ENDPOINT, _RECORDED], key="settings.teacher.kind", default=_ENDPOINT, required=True
    )
    with st.form("settings.teacher", border=False):
        name = st.text_input("Name", key="settings.teacher.name", placeholder="gpt")
        if kind == _RECORDED:
            definition: dict[str, object] = {
                "kind": "recorded",
                "column": st.text_input("Column", key="settings.teacher.column", placeholder="teacher"),
            }
        else:
            definition = _endpoint_fields()
        if st.form_submit_button("Add this teacher", key="settings.teacher.save", type="primary"):
            with guard():
                parsed = teachers.parse({**definition, "name": name.strip()})
                teacher = act.save_teacher(project(), person(), parsed)
                say(f"Added the teacher {teacher.name}.")
                st.rerun()


def _endpoint_fields() -> dict[str, object]:
    left, right = st.columns(2)
    prices = st.columns(2)
    return {
        "kind": "openai",
        "base_url": left.text_input("Base URL", "https://api.openai.com/v1", key="settings.teacher.base_url"),
        "model": right.text_input("Model", key="settings.teacher.model", placeholder="gpt-4o-mini"),
        "key_env": left.text_input(
            "Environment variable that holds the key", "OPENAI_API_KEY", key="settings.teacher.key_env",
            help="The key itself is never stored. Leave empty where the endpoint asks for none.",
        ),
        "max_tokens": right.number_input(
            "Most tokens of an answer", 1, 100_000, 256, key="settings.teacher.tokens"
        ),
        "price_input_usd_per_million": prices[0].number_input(
            "USD per million input tokens", 0.0, None, None, key="settings.teacher.price_input"
        ),
        "price_output_usd_per_million": prices[1].number_input(
            "USD per million output tokens", 0.0, None, None, key="settings.teacher.price_output"
        ),
    }  # fmt: skip
