"""The section of Settings that makes a task and changes it."""

from __future__ import annotations

import re
from typing import Any

import streamlit as st

from curation.sample.preset_samples import SAMPLES, PresetSample
from curation.tasks import PRESETS, Task
from ui.actions import samples
from ui.actions import tasks as act
from ui.edit_base import based_on, forget
from ui.guard import guard
from ui.notices import say
from ui.resources import person, project
from ui.task_choice import remember
from ui.views import task_form

_EDIT, _NEW = "settings.task", "settings.new_task"


def draw(current: Task | None) -> None:
    """The form of the chosen task, and one for a new task."""
    if current is not None:
        _form(_EDIT, current, current, current.kind, based_on(_EDIT, current.name, current.revision))
        with st.expander("Add another task", icon=":material/add:"):
            _new()
    else:
        _new()


def _new() -> None:
    """A new task, empty or begun from a published case."""
    left, right = st.columns(2)
    chosen = left.selectbox(
        "Begin with", list(PRESETS), None, key=f"{_NEW}.preset", placeholder="An empty task",
        format_func=lambda name: PRESETS[name].title,
        help="A published case, with its form, error tags and rules filled in. Change all of it.",
    )  # fmt: skip
    preset = PRESETS[chosen] if chosen else None
    kinds = list(task_form.KINDS)
    kind = right.selectbox(
        "What an output is", kinds, kinds.index(preset.kind) if preset else 0,
        key=f"{_NEW}.kind.{chosen}", format_func=task_form.KINDS.__getitem__,
    )  # fmt: skip
    _form(_NEW, None, preset, kind, 0)


def _form(form: str, task: Task | None, shown: Task | None, kind: str, revision: int) -> None:
    """The fields of a task of this kind, filled in from `shown`; `task` is the one that is changed."""
    prefix = form if task or shown is None else f"{form}.{shown.name}"
    with st.form(form, border=True):
        st.subheader(task.title if task else "A new task", anchor=False)
        title = st.text_input(
            "Title", shown.title if shown else "", key=f"{prefix}.title", placeholder="Product categories"
        )
        columns = st.text_input(
            "Input columns", ", ".join(shown.input_columns) if shown else "", key=f"{prefix}.columns",
            placeholder="title, description",
            help="What the model is shown, separated by commas. Fixed once records are imported.",
        )  # fmt: skip
        given = task_form.of_kind(kind, shown, prefix)
        shown_as = task_form.shown_as(task, prefix) if task else {}
        rated = task_form.ratings(shown, prefix)
        guidelines = st.text_area(
            "Guidelines for reviewers", shown.guidelines if shown else "", key=f"{prefix}.guidelines",
            placeholder="What makes an output right, and what to do in doubt.",
        )  # fmt: skip
        share = st.number_input(
            "Held out at import, in percent", 0, 90, round(100 * shown.held_out_share) if shown else 10,
            key=f"{prefix}.held_out",
            help="Records set apart by hash before any label exists. They measure and never train.",
        )  # fmt: skip
        sample = SAMPLES.get(shown.name) if shown and not task else None
        wanted = sample is not None and st.checkbox(
            f"With sample data: {sample.about}", key=f"{prefix}.sample",
            help="Written for Understudy, with a recorded teacher and a first prompt, to try every step on.",
        )  # fmt: skip
        label = f"Save changes to {task.title}" if task else "Make this task"
        if st.form_submit_button(label, key=f"{prefix}.save", type="primary"):
            with guard():
                names = [part.strip() for part in columns.split(",") if part.strip()]
                values = {
                    **task_form.values(given),
                    "kind": kind,
                    "title": title.strip(),
                    "input_columns": names,
                    "shown_as": {name: way for name, way in shown_as.items() if name in names},
                    "ratings": task_form.read_ratings(rated, shown.ratings if shown else ()),
                    "guidelines": guidelines.strip(),
                    "held_out_share": share / 100,
                }
                _save(task, shown, values, revision, sample if wanted else None)


def _save(
    task: Task | None, shown: Task | None, values: dict[str, Any], revision: int, sample: PresetSample | None
) -> None:
    standing = shown.model_dump() if shown else {}
    if task is None:
        values = {**values, "name": _name_of(str(values["title"])), "shown_as": standing.get("shown_as", {})}
        made = act.create(project(), person(), Task(**{**standing, **values, "revision": 0}))
        if sample is not None:
            samples.bring(project(), person(), made.name, sample)
        say(f"Made the task {made.title}.")
        remember(made.name)
    else:
        changed = Task(**{**standing, **values})
        act.change(project(), person(), changed, revision)
        forget(_EDIT)
        say(f"Saved {changed.title}.")
    st.rerun()


def _name_of(title: str) -> str:
    """The task's name for folders and addresses: `Product categories` becomes `product-categories`."""
    return re.sub(r"[^a-z0-9]+", "-", title.casefold()).strip("-")[:63]
