"""A job as a page shows it: its state, how far it is, how long it still takes, and its end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import streamlit as st

from storage import jobs
from storage.identifiers import now
from storage.jobs import Job
from ui.actions import jobs as act
from ui.components.page import when
from ui.components.words import count, plain, span
from ui.resources import person, project

_STATES = {
    "waiting": ("Waiting", "schedule", "gray"),
    "running": ("Running", "progress_activity", "primary"),
    "succeeded": ("Done", "check", "green"),
    "failed": ("Failed", "error", "red"),
    "cancelled": ("Cancelled", "block", "gray"),
    "interrupted": ("Interrupted", "pause", "orange"),
}
_FAILURES_SHOWN = timedelta(hours=1)
_TOLD_FROM = 0.05
"""Share of a job after which its rate says something about the time left."""


def badge(status: str) -> None:
    """The state of a job as a word, a sign and a colour."""
    word, icon, color = _STATES[status]
    st.badge(word, icon=f":material/{icon}:", color=color)  # type: ignore[arg-type]


def progress_line(job: Job) -> str:
    """How far a job is: count, rate and time left, as far as they are known."""
    parts = [f"{count(job.done)} of {count(job.total)}" if job.total else count(job.done)]
    elapsed = (now() - job.started_at).total_seconds() if job.started_at else 0.0
    told = job.done >= _TOLD_FROM * job.total if job.total else job.done > 0
    if told and elapsed > 1:  # before that, the time went into getting ready
        rate = job.done / elapsed
        parts.append(f"{rate:.1f} a second" if rate < 10 else f"{rate:,.0f} a second")
        if job.total and job.total > job.done:
            parts.append(f"{span((job.total - job.done) / rate)} left")
    return " · ".join(parts)


def watch_all(found: Sequence[Job]) -> list[Job]:
    """Follow those of `found`, newest first, that have not ended; these are the answer.

    The newest is shown for an hour where it failed: who pressed the button must see that nothing came.
    """
    for place, job in enumerate(found):
        failed = place == 0 and job.status == "failed" and job.finished_at is not None
        recent = failed and job.finished_at is not None and now() - job.finished_at < _FAILURES_SHOWN
        if not job.is_terminal or recent:
            watch(job.job_id)
    return [job for job in found if not job.is_terminal]


def watch(job_id: str) -> None:
    """Follow a job until it ends; the page is drawn anew once it has."""
    job = jobs.get(project(), job_id)
    if job.is_terminal:
        _draw(job)
    else:
        _follow(job_id)


@st.fragment(run_every=1)
def _follow(job_id: str) -> None:
    job = jobs.get(project(), job_id)
    _draw(job)
    if job.is_terminal:
        st.rerun()


def _draw(job: Job) -> None:
    with st.container(key=f"sheet_{job.job_id}", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center"):
            badge(job.status)
            st.markdown(f"**{plain(job.title)}**", width="stretch")
            _buttons(job)
        if job.status == "running":
            share = min(1.0, job.done / job.total) if job.total else 0.0
            st.progress(share, text=plain(progress_line(job)))
            if job.message:
                st.caption(plain(job.message))
        elif job.error:
            st.error(plain(job.error), icon=":material/error:")
        with st.container(horizontal=True, gap="xsmall"):
            when(job.finished_at or job.started_at or job.created_at)
            st.caption(f"by {plain(job.created_by)}" if job.created_by else "from the command line")


def _buttons(job: Job) -> None:
    if not person().may("run"):
        return
    if not job.is_terminal:
        st.button("Cancel", key=f"jobs.cancel.{job.job_id}", on_click=_cancel, args=(job.job_id,))
    elif job.status in ("failed", "cancelled", "interrupted"):
        st.button("Resume", key=f"jobs.resume.{job.job_id}", on_click=_resume, args=(job.job_id,))


def _cancel(job_id: str) -> None:
    act.cancel(project(), person(), job_id)


def _resume(job_id: str) -> None:
    act.resume(project(), person(), job_id)
