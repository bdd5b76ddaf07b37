"""The section of Settings that makes a task and changes it."""

from __future__ import annotations

import re

import streamlit as st

from curation.tasks import Task
from ui.actions import tasks as act
from ui.edit_base import based_on, forget
from ui.guard import guard
from ui.notices import say
from ui.resources import person, project
from ui.task_choice import remember

_EDIT, _NEW = "settings.task", "settings.new_task"


def draw(current: Task | None) -> None:
    """The form of the chosen task, and one for a new task."""
    if current is not None:
        _form(current)
        with st.expander("Add another task", icon=":material/add:"):
            _form(None)
    else:
        _form(None)


def _form(task: Task | None) -> None:
    prefix = _EDIT if task else _NEW
    revision = based_on(prefix, task.name, task.revision) if task else 0
    with st.form(prefix, border=True):
        st.subheader(task.title if task else "A new task", anchor=False)
        title = st.text_input(
            "Title", task.title if task else "", key=f"{prefix}.title", placeholder="Product categories"
        )
        columns = st.text_input(
            "Input columns", ", ".join(task.input_columns) if task else "", key=f"{prefix}.columns",
            placeholder="title, description",
            help="What the model is shown, separated by commas. Fixed once records are imported.",
        )  # fmt: skip
        labels = st.text_area(
            "Labels, one a line", "\n".join(task.labels) if task else "", key=f"{prefix}.labels", height=220,
            placeholder="Home & Garden > Kitchen & Dining > Cookware",
        )  # fmt: skip
        guidelines = st.text_area(
            "Guidelines for reviewers", task.guidelines if task else "", key=f"{prefix}.guidelines",
            placeholder="What makes a label right, and what to do in doubt.",
        )  # fmt: skip
        share = st.number_input(
            "Held out at import, in percent", 0, 90, round(100 * task.held_out_share) if task else 10,
            key=f"{prefix}.held_out",
            help="Records set apart by hash before any label exists. They measure and never train.",
        )  # fmt: skip
        label = f"Save changes to {task.title}" if task else "Make this task"
        if st.form_submit_button(label, key=f"{prefix}.save", type="primary"):
            values = {
                "title": title.strip(),
                "input_columns": _split(columns, ","),
                "labels": _split(labels, "\n"),
                "guidelines": guidelines.strip(),
                "held_out_share": share / 100,
            }
            with guard():
                _save(task, values, revision)


def _save(task: Task | None, values: dict[str, object], revision: int) -> None:
    if task is None:
        made = act.create(project(), person(), Task(name=_name_of(str(values["title"])), **values))
        say(f"Made the task {made.title}.")
        remember(made.name)
    else:
        changed = Task(**{**task.model_dump(), **values})
        act.change(project(), person(), changed, revision)
        forget(_EDIT)
        say(f"Saved {changed.title}.")
    st.rerun()


def _split(text: str, sign: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(sign) if part.strip())


def _name_of(title: str) -> str:
    """The task's name for folders and addresses: `Product categories` becomes `product-categories`."""
    return re.sub(r"[^a-z0-9]+", "-", title.casefold()).strip("-")[:63]
