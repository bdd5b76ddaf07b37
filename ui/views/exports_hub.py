"""Pushing a version to the Hugging Face Hub, as a job."""

from __future__ import annotations

import streamlit as st

from curation.datasets import DatasetVersion
from curation.datasets.permissions import LICENCES
from curation.datasets.sharing import hub
from curation.tasks import Task
from storage import jobs
from ui.actions import datasets as act
from ui.components import job_progress
from ui.components.words import plain, several
from ui.guard import guard
from ui.resources import person, project


def show(task: Task, version: DatasetVersion, *, may_leave: bool) -> None:
    """The last push where it has not ended well, and the form for the next."""
    st.subheader("Hugging Face Hub", anchor=False)
    pushes = [job for job in jobs.listing(project(), task=task.name) if job.kind == "push"]
    last = pushes[0] if pushes else None
    if last is not None and last.status != "succeeded":
        job_progress.watch(last.job_id)
    elif last is not None:
        st.caption(f"Last pushed to {plain(str(last.summary.get('url', '')))}")
    if last is None or last.is_terminal:
        _form(task, version, may_leave)


def _form(task: Task, version: DatasetVersion, may_leave: bool) -> None:
    variable = hub.token_env(project())
    ready = hub.has_token(project())
    if not ready:
        st.caption(
            f"A push reads its token from \\${plain(variable)}, which is not set where the app was started."
        )
    with st.expander("Push to the Hub", icon=":material/cloud_upload:"), st.form("exports.hub", border=False):
        left, right = st.columns(2)
        name = left.text_input("Repository", key="exports.hub.name", placeholder=f"our-team/{task.name}")
        licence = right.selectbox(
            "Licence you give these rows", ["", *(each for each in LICENCES if each != "own")],
            key="exports.hub.licence", format_func=lambda given: given or "none stated",
        )  # fmt: skip
        private = st.checkbox(
            "Private: only your organisation sees it", value=True, key="exports.hub.private"
        )
        label = f"Push {several(version.total, 'row')}"
        if st.form_submit_button(label, key="exports.hub.push", disabled=not (ready and may_leave)):
            with guard():
                act.start_push(
                    project(), person(), task.name, version.version, name.strip(), private=private,
                    licence=str(licence),
                )  # fmt: skip
                st.rerun()
