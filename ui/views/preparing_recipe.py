"""The recipe on the page Cleaning and redaction: its steps in order, and what they do to real rows."""

from __future__ import annotations

import streamlit as st

from curation import cleaning, imports
from curation.cleaning import Report, StepReport
from curation.tasks import Task
from storage.errors import InvalidInput, NotFound
from ui.actions import preparing as act
from ui.components.marked import Entry, Piece, changed, marked
from ui.components.words import count, exact, plain, several
from ui.resources import person, project
from ui.views import preparing_options
from ui.views.preparing_draft import FORM, ChosenStep, Draft

_LINES = 20
_STARTS = {"The default": cleaning.DEFAULT, "Web pages and mails": cleaning.WEB}


def draw(task: Task, held: Draft) -> None:
    """The steps, each with its options and its part of the preview."""
    st.caption(
        "Texts go through these steps from top to bottom. Records that stand stay as they are when the "
        "recipe changes; importing a file again brings what differs as new records."
    )
    shown = st.container()
    rows = st.container()
    _starts(held)
    with rows:
        places = [_step(held, each, number) for number, each in enumerate(held.steps, start=1)]
        _adding(held)
    with shown:
        import_id = _chosen_import(task)
        report = _preview(task, held, import_id) if import_id else None
    if report is not None:
        reports = {each.step: each for each in report.steps}
        for each, place in zip(held.steps, places, strict=True):
            if each.name in reports:
                with place:
                    _touched(reports[each.name], FORM)
    if import_id:
        _done(task, import_id)


def _step(held: Draft, each: ChosenStep, number: int) -> st.delta_generator.DeltaGenerator:
    """One step; the answer is where its part of the preview goes."""
    title = preparing_options.title_of(each.name)
    with st.container(key=f"row_step_{each.name}", gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", key=f"step_line_{each.name}"):
            each.on = st.toggle(f"**{number}** {plain(title)}", each.on, key=f"{FORM}.on.{each.name}")
            with st.container(
                key=f"step_buttons_{each.name}", horizontal=True, horizontal_alignment="right", gap="xsmall"
            ):
                _buttons(held, each, first=number == 1, last=number == len(held.steps))
        st.caption(preparing_options.WHAT[each.name])
        return st.container(key=f"step_preview_{each.name}", gap="xsmall")


def _buttons(held: Draft, each: ChosenStep, *, first: bool, last: bool) -> None:
    if preparing_options.WORDS[each.name]:
        with st.popover("Options", key=f"{FORM}.options.{each.name}", type="tertiary"):
            each.options = preparing_options.draw(each.name, each.options)
    st.button(
        "Up", key=f"{FORM}.up.{each.name}", type="tertiary", disabled=first, on_click=held.move,
        args=(each.name, -1),
    )  # fmt: skip
    st.button(
        "Down", key=f"{FORM}.down.{each.name}", type="tertiary", disabled=last, on_click=held.move,
        args=(each.name, 1),
    )  # fmt: skip
    st.button(
        "Remove", key=f"{FORM}.remove.{each.name}", type="tertiary", on_click=held.remove, args=(each.name,)
    )


def _adding(held: Draft) -> None:
    missing = held.missing()
    if not missing:
        return
    st.subheader("More steps", anchor=False)
    for name in missing:
        with st.container(key=f"row_more_{name}", horizontal=True, vertical_alignment="center"):
            with st.container(gap=None, width="stretch"):
                st.markdown(plain(preparing_options.title_of(name)))
                st.caption(preparing_options.WHAT[name])
            st.button("Add", key=f"{FORM}.add.{name}", on_click=held.add, args=(name,))


def _starts(held: Draft) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="preparing_starts"):
        st.caption("Begin again from", width="content")
        for number, (words, recipe) in enumerate(_STARTS.items()):
            st.button(
                words, key=f"{FORM}.start.{number}", on_click=held.start_from, args=(recipe,),
            )  # fmt: skip


def _chosen_import(task: Task) -> str | None:
    """The import whose rows are shown; None before any."""
    past = {each.import_id: each for each in imports.listing(project(), task.name)}
    if not past:
        st.caption("Once a file is imported, what each step would do to its first 200 rows stands here.")
        return None
    return str(
        st.selectbox(
            "Shown on the first rows of", list(past), key=f"{FORM}.import",
            format_func=lambda name: f"{past[name].file}, imported {exact(past[name].imported_at)}",
        )
    )  # fmt: skip


def _preview(task: Task, held: Draft, import_id: str) -> Report | None:
    """What the draft would do to the first rows of an import."""
    try:
        report = act.preview(project(), person(), task.name, import_id, held.recipe())
    except InvalidInput:
        return None  # what is wrong with the recipe stands beside the button that would save it
    except NotFound as gone:
        st.info(plain(f"{gone.what} {gone.next_step}"), icon=":material/info:")
        return None
    kept = several(report.kept, "row")
    st.caption(f"Of the first {several(report.read, 'row')}, as they came, {kept} would be kept.")
    return report


def _done(task: Task, import_id: str) -> None:
    """What the import did when it was made, by the recipe of its day."""
    steps = act.done(project(), person(), task.name, import_id)
    if not steps:
        return
    st.subheader("What that import did", anchor=False)
    for step in steps:
        with st.container(key=f"row_done_{step.step}", gap="xsmall"):
            st.markdown(plain(step.title))
            _touched(step, f"{FORM}.done")


def _touched(step: StepReport, form: str) -> None:
    """How many rows a step changed or rejected, and ten of them."""
    if not step.changed + step.rejected:
        left = f"Leaves all {count(step.seen)} rows as they are."
        left = "Leaves the one row as it is." if step.seen == 1 else left
        st.caption(left if step.seen else "No row comes this far.")
        return
    what = f"Rejects {count(step.rejected)}" if step.rejected else f"Changes {count(step.changed)}"
    with st.expander(f"{what} of {several(step.seen, 'row')}", key=f"{form}.seen.{step.step}"):
        entries = [
            Entry(
                changed(each.before, each.after) if each.after is not None else (Piece("same", each.before),),
                caption=f"row {each.number:,}" + (f", {each.column}" if each.column else ""),
                note=each.reason,
            )
            for each in step.examples
        ]
        lines = [
            Entry((Piece("removed", each.line),), caption=f"in {several(each.records, 'record')}")
            for each in step.found_lines[:_LINES]
        ]
        if entries or lines:
            marked([*lines, *entries], key=f"{form}.examples.{step.step}", look="separated")
        else:
            st.caption("Its examples were deleted with the raw rows.")
