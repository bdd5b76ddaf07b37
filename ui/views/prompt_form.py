"""A prompt version on the page: its texts, one record as the teacher sees it, and the next version's form."""

from __future__ import annotations

import streamlit as st

from curation import corpus, prompts
from curation.corpus import Record
from curation.prompts import Prompt
from curation.tasks import Task
from ui.actions import tasks as act
from ui.components.page import when
from ui.components.words import plain
from ui.guard import guard
from ui.notices import say
from ui.resources import person, project


def first(task: Task) -> None:
    """The form of version 1, begun with a template that fits the task."""
    with st.container(key="empty_prompt"):
        st.subheader("Write the first prompt", anchor=False)
        st.write("It is sent to the teacher once per record. A name in braces becomes that record’s text.")
    _form(task, system="", template=_starting_point(task), version=1)


def show(task: Task, prompt: Prompt) -> None:
    """The version's texts beside one record, rendered as the teacher would get it."""
    left, right = st.columns([1, 1], gap="medium")
    with left, st.container(key="sheet_prompt"):
        with st.container(horizontal=True):
            st.markdown(f"**Prompt {prompt.version}**", width="stretch")
            when(prompt.created_at)
        if prompt.reason:
            st.caption(plain(prompt.reason))
        if prompt.system:
            st.code(prompt.system, language=None, wrap_lines=True)
        st.code(prompt.template, language=None, wrap_lines=True)
    with right, st.container(key="sheet_example"):
        st.markdown("**As the teacher gets it**")
        record = example(task.name)
        if record is None:
            st.caption("No record may be labelled: all are held out or copies.")
        else:
            st.code(prompts.render(prompt, record.inputs).text, language=None, wrap_lines=True)


def next_version(task: Task, prompt: Prompt) -> None:
    """The form of the next version, begun with this one's texts."""
    if person().may("run"):
        with st.expander("Write the next version", icon=":material/edit:"):
            _form(task, system=prompt.system, template=prompt.template, version=prompt.number + 1)


@st.cache_data(ttl=30, show_spinner=False)
def example(task: str) -> Record | None:
    """The first record that may be labelled."""
    return corpus.first_trainable(project(), task)


def _form(task: Task, *, system: str, template: str, version: int) -> None:
    columns = ", ".join(f"`{{{plain(column)}}}`" for column in task.input_columns)
    with st.form("labels.prompt_form"):
        system = st.text_area("System text (may be empty)", system, key="labels.system", height=80)
        template = st.text_area("Template", template, key="labels.template", height=220)
        st.caption(f"Columns: {columns}; `{{labels}}` becomes the task’s labels, one a line.")
        reason = st.text_input(
            "Reason for this version", key="labels.reason",
            placeholder="The first one" if version == 1 else "What it is to do better",
        )  # fmt: skip
        answers = st.pills(
            "Error tags it answers", [tag.code for tag in task.error_tags], selection_mode="multi",
            format_func={tag.code: tag.name for tag in task.error_tags}.__getitem__, key="labels.answers",
        ) if version > 1 and task.error_tags else []  # fmt: skip
        if st.form_submit_button("Save as a new version", key="labels.save_prompt", type="primary"):
            with guard():
                made = act.create_prompt(
                    project(), person(), task.name, system=system, template=template, reason=reason,
                    answers_tags=tuple(answers or ()),
                )  # fmt: skip
                st.session_state.pop("labels.prompt", None)
                st.query_params["prompt"] = made.version
                say(f"Saved prompt {made.version}.")
                st.rerun()


def _starting_point(task: Task) -> str:
    inputs = "\n".join(f"{column}: {{{column}}}" for column in task.input_columns)
    if task.labels:
        return f"Choose the one label that fits. Answer with the label alone.\n\n{{labels}}\n\n{inputs}"
    return f"Write the {task.target} for this record. Answer with it alone.\n\n{inputs}"
