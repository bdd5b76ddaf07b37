"""Leakage of a version: whether a row of one split says what a row of another says, and which do."""

from __future__ import annotations

import streamlit as st

from curation.datasets import DatasetVersion
from curation.datasets.leakage import report
from curation.datasets.leakage.report import Report, Texts
from curation.tasks import Task
from storage import jobs
from ui.actions import versions as act
from ui.components import job_progress
from ui.components.differences import Pair, differences
from ui.components.links import link
from ui.components.page import empty_state, stat, when
from ui.components.words import count, plain, several
from ui.guard import guard
from ui.resources import person, project

_WAYS = {
    "record": ("Same record", "stands in two splits"),
    "cluster": ("Same cluster", "copies of one another"),
    "group": ("Same group", "of the definition's column"),
    "text": ("Same text", "but for case, spaces and signs"),
    "near": ("Nearly the same", "by its characters"),
}
_SHOWN = 20


def show(task: Task, version: DatasetVersion) -> None:
    """What the last look found, and the button for the first or the next."""
    looks = [
        job
        for job in jobs.listing(project(), task=task.name)
        if job.kind == report.JOB_KIND and job.args["version"] == version.version
    ]
    running = job_progress.watch_all(looks)
    found = report.newest(project(), task.name, version.version)
    if found is None and not running:
        empty_state(
            "Not looked for yet",
            f"Compare every row of {version.version} with those of the other splits: by record, duplicate "
            "cluster, text, and nearly the same text. Seconds, or minutes for a million rows.",
        )
    if not running:
        _button(task, version, first=found is None)
    if found is not None:
        _found(task, version, found)


def _button(task: Task, version: DatasetVersion, *, first: bool) -> None:
    label, kind = ("Look for leaks", "primary") if first else ("Look again", "secondary")
    if person().may("run") and st.button(label, key="datasets.leaks", type=kind):  # type: ignore[arg-type]
        with guard():
            act.look_for_leaks(project(), person(), task.name, version.version)
            st.rerun()


def _found(task: Task, version: DatasetVersion, found: Report) -> None:
    if found.found == 0:
        st.success(_clean(found), icon=":material/verified:")
    else:
        st.error(
            f"{several(found.found, 'row')} of {count(found.rows)} may not stand where they do: a student "
            "that learns from them is measured on what it has seen. Search for duplicates again, or say "
            "there that these are copies, and freeze the next version.",
            icon=":material/error:",
        )
        link("duplicates", label="Duplicates", icon=":material/arrow_forward:")
        with st.container(key="stats", horizontal=True):
            for how, (title, detail) in _WAYS.items():
                if how in found.counts:
                    stat(how, title, count(found.counts[how]), detail)
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
        st.caption("Looked at", width="content")
        when(found.at)
    if found.shown:
        pairs = report.texts(project(), task.name, found.shown[:_SHOWN], version.version)
        differences([pair(each) for each in pairs], key="datasets.leaking")
        if found.found > len(pairs):
            st.caption(
                f"The first {len(pairs)} of {several(found.found, 'row')}; `understudy dataset leakage "
                f"{task.name} {version.version} --json` has the first {report.SHOWN}."
            )


def _clean(found: Report) -> str:
    group = f", none of its column {plain(found.group_column)}" if found.group_column else ""
    return (
        f"**Nothing leaks.** None of {count(found.rows)} rows says what a row of another split says: not the "
        f"same record, none of its duplicate cluster{group}, no text that is the same or "
        f"{100 * found.near:.0f}% alike."
    )


def pair(each: Texts) -> Pair:
    """A crossing as it is drawn: the row that may not stand there against the one that says why."""
    crossing = each.crossing
    how = _WAYS[crossing.how][0].lower()
    alike = f", {100 * crossing.similarity:.0f}% alike" if crossing.how == "near" else ""
    return Pair(
        heading=f"{crossing.split} and {crossing.other_split}",
        notes=(f"{how}{alike}", f"{crossing.record_id} · {crossing.other_id}"),
        before=each.row, after=each.other,
        before_name=f"only in {crossing.split}", after_name=f"only in {crossing.other_split}",
    )  # fmt: skip
