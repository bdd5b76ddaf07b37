"""How many more labels? The learning curve of the task, with the predicted gain of the next hundred."""

from __future__ import annotations

import streamlit as st

from curation.datasets import more_labels
from curation.exploring import LearningCurve
from curation.tasks import Task
from storage import jobs
from ui.actions import versions as act
from ui.components import curve_chart, job_progress
from ui.components.page import when
from ui.components.words import count, plain, several
from ui.guard import guard
from ui.resources import person, project


def show(task: Task) -> None:
    """The curve measured last, and the button that measures it."""
    if not more_labels.possible(task):
        return
    st.subheader("How many more labels?", anchor=False)
    found = more_labels.newest(project(), task.name)
    newest = next(
        (job for job in jobs.listing(project(), task=task.name) if job.kind == more_labels.JOB_KIND), None
    )
    if newest is not None and newest.status != "succeeded":
        job_progress.watch(newest.job_id)
    if found is not None:
        _curve(found.curve)
        with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
            st.caption("Measured", width="content")
            when(found.at)
    else:
        st.caption(
            "A fast stand-in for the student learns from a quarter, half, three quarters and all of what "
            "people decided; the curve says whether more labels would still help, not how good it gets."
        )
    busy = newest is not None and not newest.is_terminal
    label = "Measure again" if found else "Measure it"
    if person().may("run") and st.button(label, key="datasets.measure", disabled=busy):
        with guard():
            act.measure_more_labels(project(), person(), task.name)
            st.rerun()


def _curve(curve: LearningCurve) -> None:
    st.markdown(curve_chart.gain(curve))
    curve_chart.learning_curve(curve, key="datasets.curve")
    used = "" if curve.labels == curve.of else f" of {count(curve.of)}"
    left_out = (
        f"; {several(len(curve.left_out), 'label')} with too few records left out" if curve.left_out else ""
    )
    st.caption(
        plain(
            f"Measured on {count(curve.labels)}{used} labelled records by a fast stand-in, bars and band are "
            f"95% intervals{left_out}. The curve tends to {100 * curve.limit:.0f}%."
        )
    )
