"""Exports: whether rows may leave, as what, where to, and what left before."""

from __future__ import annotations

import streamlit as st

from curation import datasets
from curation.datasets import DatasetVersion, sharing
from curation.tasks import Task
from ui.components.page import empty_state, header, no_task
from ui.components.words import count, noun
from ui.resources import project
from ui.task_choice import chosen_task
from ui.views import dataset_exports, exports_checks, exports_hub, exports_past, exports_standing

_DATASET, _CARD = "dataset", "card"


def page() -> None:
    """One version: its standing first, then every way out of the project."""
    task = chosen_task()
    versions = datasets.listing(project(), task.name)[::-1] if task else []
    shown = _shown(versions)
    header(
        "Exports", "Rows leave in the form that a tool reads, with what is known of where they come from.",
        number=count(shown.total) if shown else "",
        unit=f"{noun(shown.total, 'row')} in {shown.version}" if shown else "",
    )  # fmt: skip
    if task is None:
        no_task("What leaves is a dataset version of a task.")
        return
    if shown is None:
        empty_state(
            "Nothing to export yet", "Freeze the approved rows into a dataset version first.",
            address="datasets", action="Datasets",
        )  # fmt: skip
        return
    version = _chosen(versions, shown)
    found = sharing.standing(project(), task.name, version.version)
    may_leave = found.permission.may_export
    exports_standing.show(task, version, found)
    st.subheader("Download", anchor=False)
    if not may_leave:
        st.caption("These open once the rows may leave: state above what is missing, or answer for them.")
    dataset_exports.downloads(task, version, may_leave=may_leave)
    exports_checks.show(task, version)
    exports_hub.show(task, version, may_leave=may_leave)
    _card(task, version)
    exports_past.show(task)


def _shown(versions: list[DatasetVersion]) -> DatasetVersion | None:
    """The version of the address, else the newest."""
    wanted = st.query_params.get(_DATASET)
    return next((one for one in versions if one.version == wanted), versions[0] if versions else None)


def _chosen(versions: list[DatasetVersion], shown: DatasetVersion) -> DatasetVersion:
    if len(versions) == 1:
        return shown
    named = {one.version: one for one in versions}
    chosen = st.selectbox(
        "Version", list(named), index=list(named).index(shown.version), key="exports.version",
        format_func=lambda name: f"{name}, {count(named[name].total)} rows",
    )  # fmt: skip
    if chosen != shown.version:
        st.query_params[_DATASET] = chosen
        st.rerun()
    return shown


def _card(task: Task, version: DatasetVersion) -> None:
    """The card as it would leave now, when it is asked for: its agreement takes a while to measure."""
    st.subheader("Card", anchor=False)
    opened = st.query_params.get(_CARD) == version.version
    st.caption("The README of a Hub folder: counts, prompt, agreement, redaction, licences, limits.")
    st.button(
        "Hide the card" if opened else "Show the card", key="exports.card", on_click=_toggle,
        args=(version.version, opened),
    )  # fmt: skip
    if opened:
        with st.spinner("Gathering what is known …"):
            written = sharing.card(project(), task.name, version.version)
        st.code(written, language="markdown", wrap_lines=True)


def _toggle(version: str, opened: bool) -> None:
    if opened:
        st.query_params.pop(_CARD, None)
    else:
        st.query_params[_CARD] = version
