"""Import: choose a file, say which column is which, look at it, and bring it in."""

from __future__ import annotations

from datetime import timedelta

import streamlit as st

from curation import overview
from curation.tasks import Task
from storage import jobs
from storage.identifiers import now
from storage.jobs import Job
from ui.components import job_progress
from ui.components.page import empty_state, header
from ui.components.words import count
from ui.guard import guard
from ui.resources import project
from ui.task_choice import chosen_task
from ui.views import import_form, import_from, import_look, import_past, import_sources

_KINDS = ("import", "fetch", "refresh")
_FAILURES_SHOWN = timedelta(hours=1)


def page() -> None:
    """The form for the next import, the sources that are kept, and the imports so far."""
    task = chosen_task()
    seen = overview.read(project(), task.name) if task else None
    header(
        "Import", "Bring in the inputs to be labelled, from files, folders and addresses.",
        number=count(seen.imported.records) if seen and seen.imported.records else "", unit="records",
    )  # fmt: skip
    if task is None:
        empty_state(
            "No task yet", "Records belong to a task.", address="settings", action="Make the first task"
        )
        return
    running = _jobs(task)
    with st.container(key="sheet_import"), guard():
        _new_import(task, running)
    import_sources.show(task, running)
    import_past.show(task)


def _jobs(task: Task) -> list[Job]:
    """Those that bring something in now; the newest is shown for a while where it failed."""
    found = [job for job in jobs.listing(project(), task=task.name, limit=20) if job.kind in _KINDS]
    for place, job in enumerate(found):
        failed = place == 0 and job.status == "failed" and job.finished_at is not None
        recent = failed and job.finished_at is not None and now() - job.finished_at < _FAILURES_SHOWN
        if not job.is_terminal or recent:
            job_progress.watch(job.job_id)
    return [job for job in found if not job.is_terminal]


def _new_import(task: Task, running: list[Job]) -> None:
    chosen = import_from.choose(task, running)
    if chosen is None:
        return
    looked = import_look.look(chosen)
    if looked is not None:
        import_form.draw(task, chosen, looked)
