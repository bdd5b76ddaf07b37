"""Import: choose a file, say which column is which, look at it, and bring it in."""

from __future__ import annotations

import streamlit as st

from curation import overview
from curation.tasks import Task
from storage import jobs
from storage.jobs import Job
from ui.components import job_progress
from ui.components.page import header, no_task
from ui.components.words import count, noun
from ui.guard import guard
from ui.resources import project
from ui.task_choice import chosen_task
from ui.views import import_form, import_from, import_look, import_past, import_sources

_KINDS = ("import", "fetch", "refresh")


def page() -> None:
    """The form for the next import, the sources that are kept, and the imports so far."""
    task = chosen_task()
    records = overview.read(project(), task.name).imported.records if task else 0
    header(
        "Import", "Bring in the inputs to be labelled, from files, folders and addresses.",
        number=count(records) if records else "", unit=noun(records, "record"),
    )  # fmt: skip
    if task is None:
        no_task("Records belong to a task.")
        return
    running = _jobs(task)
    with st.container(key="sheet_import"), guard():
        _new_import(task, running)
    import_sources.show(task, running)
    import_past.show(task)


def _jobs(task: Task) -> list[Job]:
    """Those that bring something in now."""
    found = [job for job in jobs.listing(project(), task=task.name) if job.kind in _KINDS]
    return job_progress.watch_all(found)


def _new_import(task: Task, running: list[Job]) -> None:
    chosen = import_from.choose(task, running)
    if chosen is None:
        return
    looked = import_look.look(chosen)
    if looked is not None:
        import_form.draw(task, chosen, looked)
