"""Duplicates: exact and near copies, in clusters, of which one record is kept."""

from __future__ import annotations

import streamlit as st

from curation import duplicates, overview
from curation.duplicates import Cluster, Summary
from curation.tasks import Task
from storage import jobs
from ui.actions import labels as act
from ui.components import job_progress
from ui.components.page import empty_state, header, stat
from ui.components.words import count, plain, several
from ui.guard import guard
from ui.resources import person, project
from ui.task_choice import chosen_task

_PAGE = "page"
_PER_PAGE = 20


def page() -> None:
    """The newest search, its clusters, and the next search."""
    task = chosen_task()
    seen = overview.read(project(), task.name) if task else None
    searched = seen.searched if seen else None
    action = header(
        "Duplicates", "Copies are set aside before anyone labels or reviews the same thing twice.",
        number=count(searched.copies) if searched and searched.at else "", unit="copies set aside",
    )  # fmt: skip
    if task is None or seen is None or searched is None or seen.imported.records == 0:
        empty_state(
            "Nothing to compare yet", "Bring in records first.", address="import", action="Import records"
        )
        return
    running = [
        job for job in jobs.listing(project(), task=task.name, active_only=True) if job.kind == "duplicates"
    ]
    for job in running:
        job_progress.watch(job.job_id)
    if not running:
        with action:
            _start(task, first=searched.at is None)
    if searched.at is None:
        if not running:
            empty_state(
                "Not searched yet",
                f"Compare {several(seen.imported.records, 'record')} with each other. It takes seconds; "
                "near copies are found by their words, not by their bytes.",
            )
        return
    _found(duplicates.summary(project(), task.name), seen.imported.trainable)
    _clusters(task, searched.clusters)


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
            act.find_duplicates(project(), person(), task.name)
            st.rerun()


def _clusters(task: Task, total: int) -> None:
    if total == 0:
        return
    pages = -(-total // _PER_PAGE)
    wanted = st.query_params.get(_PAGE, "1")
    number = min(int(wanted), pages) if wanted.isdecimal() and int(wanted) else 1
    found = duplicates.clusters(project(), task.name, limit=_PER_PAGE, offset=(number - 1) * _PER_PAGE)
    for cluster in found:
        _cluster(task, cluster)
    if pages > 1:
        chosen = st.pagination(pages, default=number, key="duplicates.page")
        if chosen != number:
            st.query_params[_PAGE] = str(chosen)
            st.rerun()


def _cluster(task: Task, cluster: Cluster) -> None:
    key = next(member.record_id for member in cluster.members if member.keeper)
    with st.container(key=f"sheet_cluster_{key}", gap="xsmall"):
        for member in cluster.members:
            with st.container(horizontal=True, vertical_alignment="top", key=f"member_{member.record_id}"):
                with st.container(width=110):
                    if member.keeper:
                        st.badge("Kept", icon=":material/check:", color="green")
                    else:
                        st.badge(f"{member.match} {100 * member.similarity:.0f}%", color="gray")
                with st.container(width="stretch", gap=None):
                    for place, column in enumerate(task.input_columns):
                        text = member.inputs.get(column, "")
                        if place == 0:
                            st.markdown(plain(text) or "–")
                        else:
                            st.caption(plain(text))
