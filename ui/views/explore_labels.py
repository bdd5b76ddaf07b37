"""Labels that are probably wrong, flagged for review; and what more labels would bring."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from curation import exploring, flags
from curation.exploring import Explored, LabelErrors, LearningCurve, Suspect, records
from curation.exploring.job import Part
from curation.exploring.labelled import Whose
from curation.tasks import Task
from storage import jobs
from ui.actions import exploring as act
from ui.components import curve_chart
from ui.components.links import link
from ui.components.page import empty_state, stat, when
from ui.components.words import count, plain, several
from ui.guard import guard
from ui.notices import say
from ui.resources import person, project

_PER_PAGE = 20
_TRUSTED = 0.6
"""Where the proxy finds the given label less often than this, its doubts are no evidence."""
_SHOWN_CHARACTERS = 400
_WHOSE: dict[Whose, str] = {"people": "Decided by people", "teacher": "Given by the teacher"}


def draw(task: Task) -> None:
    """The suspects of the newest look, and the learning curve."""
    if task.kind != "classification" or task.multi_label:
        empty_state(
            "Not for this kind of task",
            "Whether labels look wrong can be told where each record has one label of a set.",
        )
        return
    last = exploring.newest_label_errors(project(), task.name) or exploring.newest_curve(project(), task.name)
    whose: Whose = st.segmented_control(
        "Whose labels", list(_WHOSE), key="explore.whose_labels", required=True,
        default=last.whose if last and last.whose else "people",
        format_func=_WHOSE.__getitem__, label_visibility="collapsed",
    )  # fmt: skip
    _errors(task, whose)
    _more(task, whose)


def _errors(task: Task, whose: Whose) -> None:
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.subheader("Probably wrong", anchor=False)
        _start(task, "label_errors", "Look for label errors", whose)
    seen = exploring.newest_label_errors(project(), task.name)
    if seen is None or seen.whose != whose:
        st.caption(
            "A quick model learns from some of the labels and judges the others; where it is sure of another "
            "label, somebody should look."
        )
        return
    _age(seen)
    found = seen.found
    with st.container(key="stats", horizontal=True):
        stat("suspects", "Suspects", count(found.found), f"of {several(found.judged, 'record')} judged")
        stat(
            "proxy",
            "The model agrees with",
            f"{100 * found.accuracy:.0f}%",
            "where it is low, suspects say little",
        )
        stat("left_out", "Labels not judged", count(len(found.left_out)), "too few records of them")
    if found.accuracy < _TRUSTED:
        so = "most of these are right" if found.suspects else "that it doubts none says nothing"
        st.warning(
            f"The model finds the given label too seldom to judge it: {so}. More records of each label "
            "would make it a better judge.",
            icon=":material/warning:",
        )
    if found.suspects:
        _suspects(task, found.suspects)
    elif found.accuracy >= _TRUSTED:
        st.success("No label stands out as wrong.", icon=":material/check:")


def _suspects(task: Task, suspects: Sequence[Suspect]) -> None:
    flagged = {flag.record_id for flag in flags.open_flags(project(), task.name)}
    pages = -(-len(suspects) // _PER_PAGE)
    number = min(pages, int(st.session_state.get("explore.suspects_page") or 1))
    shown = suspects[(number - 1) * _PER_PAGE : number * _PER_PAGE]
    inputs = records.inputs_of(project(), task.name, [suspect.record_id for suspect in shown])
    open_ones = [suspect for suspect in shown if suspect.record_id not in flagged]
    if person().may("run") and st.button(
        f"Flag {several(len(open_ones), 'record')} for review", key="explore.flag", disabled=not open_ones,
        help="They come to Conflicts, each with what speaks against its label.",
    ):  # fmt: skip
        with guard():
            _flag(task, open_ones)
            st.rerun()
    for suspect in shown:
        with st.container(key=f"sheet_{suspect.record_id}", gap="xsmall"):
            text = " · ".join(value for value in inputs.get(suspect.record_id, {}).values() if value)
            st.markdown(plain(text[:_SHOWN_CHARACTERS]) or "–")
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.badge(f"{plain(suspect.given)} {100 * suspect.confidence:.0f}%", color="gray")
                st.caption("more likely", width="content")
                st.badge(f"{plain(suspect.suggested)} {100 * suspect.probability:.0f}%", color="orange")
                if suspect.record_id in flagged:
                    st.badge("Flagged", icon=":material/flag:", color="blue")
                link(
                    "explore", label="What is alike", icon=":material/join_inner:",
                    parameters={"section": "Alike", "record": suspect.record_id},
                )  # fmt: skip

    if pages > 1:
        st.pagination(pages, key="explore.suspects_page")


def _flag(task: Task, suspects: Sequence[Suspect]) -> None:
    notes = {suspect.record_id: suspect.why for suspect in suspects}
    made = act.flag(project(), person(), task.name, notes)
    missing = len(notes) - made
    more = f" {several(missing, 'record')} could not be: no queue has them." if missing else ""
    say(f"Flagged {several(made, 'record')}; they wait on Conflicts.{more}")


def _more(task: Task, whose: Whose) -> None:
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.subheader("How many more labels?", anchor=False)
        _start(task, "learning_curve", "Measure the learning curve", whose)
    seen = exploring.newest_curve(project(), task.name)
    if seen is None or seen.whose != whose:
        st.caption(
            "The same model learns from 25, 50, 75 and 100% of the labels; the curve says what more bring."
        )
        return
    _age(seen)
    found = seen.found
    st.markdown(curve_chart.gain(found))
    curve_chart.learning_curve(found, key="explore.curve")
    st.caption(
        f"Measured on {several(found.labels, 'label')} by that quick model, bars and band are 95% intervals. "
        "It says whether more labels still help, not how good the student gets."
    )


def _age(seen: Explored[LabelErrors] | Explored[LearningCurve]) -> None:
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
        when(seen.at)
        if not seen.is_current:
            st.caption("· records or labels came since", width="content")


def _start(task: Task, part: Part, label: str, whose: Whose) -> None:
    active = jobs.listing(project(), task=task.name, active_only=True)
    running = any(job.kind == "explore" and job.args.get("part") == part for job in active)
    if person().may("run") and st.button(label, key=f"explore.{part}", disabled=running):
        with guard():
            act.explore(project(), person(), task.name, part, whose=whose)
            st.rerun()
