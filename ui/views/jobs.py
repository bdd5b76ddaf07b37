"""Jobs: what is running, what ran, and the log of each."""

from __future__ import annotations

import streamlit as st

from storage import jobs
from storage.jobs import Job
from ui.components import job_progress
from ui.components.page import empty_state, header, when
from ui.components.words import plain, span
from ui.resources import project
from ui.session_keys import JOB

_KEPT = 100


def page() -> None:
    """The jobs of the project, newest first; the chosen one with its log."""
    found = jobs.listing(project(), limit=_KEPT)
    running = sum(not job.is_terminal for job in found)
    header(
        "Jobs", "Long work runs here. It goes on when you close this tab and survives a restart.",
        number=str(running) if found else "", unit="running or waiting",
    )  # fmt: skip
    if not found:
        empty_state(
            "Nothing has run yet",
            "Imports, labelling, training and evaluations appear here while they run; their logs stay.",
            address="import", action="Import records",
        )  # fmt: skip
        return
    opened = st.query_params.get(JOB)
    if opened:
        _one(opened)
    _list()


def _one(job_id: str) -> None:
    job_progress.watch(job_id)
    with st.expander("Log", expanded=True, icon=":material/notes:"):
        _log(job_id)
    st.button("Close", key="jobs.close", type="tertiary", icon=":material/close:", on_click=_close)


@st.fragment(run_every=2)
def _log(job_id: str) -> None:
    text = jobs.log_tail(project(), job_id, lines=200)
    st.code(text or "Nothing was written to the log yet.", language=None, wrap_lines=True)


@st.fragment(run_every=2)
def _list() -> None:
    for job in jobs.listing(project(), limit=_KEPT):
        _row(job)


def _row(job: Job) -> None:
    with st.container(key=f"row_{job.job_id}", horizontal=True, vertical_alignment="center"):
        with st.container(width=120):
            job_progress.badge(job.status)
        with st.container(width="stretch", gap=None):
            st.markdown(plain(job.title))
            st.caption(plain(_detail(job)))
        when(job.finished_at or job.created_at)
        st.button("Log", key=f"jobs.open.{job.job_id}", type="tertiary", on_click=_open, args=(job.job_id,))


def _detail(job: Job) -> str:
    if job.status == "running":
        return job_progress.progress_line(job)
    took = (job.finished_at - job.started_at).total_seconds() if job.finished_at and job.started_at else None
    parts = [f"by {job.created_by}" if job.created_by else "from the command line"]
    if took is not None:
        parts.insert(1, f"took {span(took)}")
    if job.error:
        parts.append(job.error.splitlines()[0])
    return " · ".join(parts)


def _open(job_id: str) -> None:
    st.query_params[JOB] = job_id


def _close() -> None:
    del st.query_params[JOB]
