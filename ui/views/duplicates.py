"""Duplicates: exact and near copies, in clusters, of which one record is kept."""

from __future__ import annotations

import streamlit as st

from curation import duplicates, overview
from curation.duplicates import Summary
from curation.tasks import Task
from storage import jobs
from ui.actions import duplicates as act
from ui.components import job_progress
from ui.components.page import empty_state, header, no_task, stat
from ui.components.words import count, noun, several
from ui.guard import guard
from ui.resources import person, project
from ui.task_choice import chosen_task
from ui.views import duplicate_clusters


def page() -> None:
    """The newest search, its clusters, and the next search."""
    task = chosen_task()
    seen = overview.read(project(), task.name) if task else None
    searched = seen.searched if seen else None
    copies = searched.copies if searched else 0
    action = header(
        "Duplicates", "Copies are set aside before anyone labels or reviews the same thing twice.",
        number=count(copies) if searched and searched.at else "",
        unit=f"{noun(copies, 'copy', 'copies')} set aside",
    )  # fmt: skip
    if task is None or seen is None or searched is None:
        no_task("Copies are looked for among the records of a task.")
        return
    if seen.imported.records == 0:
        empty_state(
            "Nothing to compare yet", "Bring in records first.", address="import", action="Import records"
        )
        return
    searches = [job for job in jobs.listing(project(), task=task.name) if job.kind == "duplicates"]
    running = job_progress.watch_all(searches)
    if not running:
        with action:
            _start(task, first=searched.at is None)
    if searched.at is None:
        if not running:
            alone = "There is one record so far, and nothing that it could be a copy of."
            many = (
                f"Compare {several(seen.imported.records, 'record')} with each other. It takes seconds; "
                "near copies are found by their words, not by their bytes."
            )
            empty_state("Not searched yet", alone if seen.imported.records == 1 else many)
        return
    _found(duplicates.summary(project(), task.name), seen.imported.trainable)
    duplicate_clusters.show(task, searched.clusters)


def _found(summary: Summary | None, left: int) -> None:
    if summary is None:
        return
    with st.container(key="stats", horizontal=True):
        stat("exact", "Exact", count(summary.exact), "same words, whatever the case")
        stat("near", "Near", count(summary.near), f"{100 * summary.threshold:.0f}% alike and more")
        stat("drawn", "Beside a held-out record", count(summary.drawn_out), "never trained on")
        stat("kept", "Left to label", count(left), f"in {several(summary.clusters, 'cluster')} one is kept")
    if summary.new_records:
        st.info(
            f"{several(summary.new_records, 'record')} came after this search. Search again to compare them.",
            icon=":material/update:",
        )


def _start(task: Task, *, first: bool) -> None:
    label = "Find duplicates" if first else "Search again"
    kind = "primary" if first else "secondary"
    if person().may("run") and st.button(label, key="duplicates.start", type=kind):  # type: ignore[arg-type]
        with guard():
            act.find(project(), person(), task.name)
            st.rerun()
