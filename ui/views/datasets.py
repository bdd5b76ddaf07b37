"""Datasets: approved and corrected rows, frozen into numbered versions, and their exports."""

from __future__ import annotations

import streamlit as st

from curation import datasets
from curation.datasets import DatasetVersion, Definition, FreezePreview
from curation.tasks import Task
from ui.actions import datasets as act
from ui.components.links import link
from ui.components.page import empty_state, header, stat, when
from ui.components.words import count, plain, several
from ui.guard import guard
from ui.notices import say
from ui.resources import person, project
from ui.task_choice import chosen_task
from ui.views import dataset_definition, dataset_exports


def page() -> None:
    """What could be frozen now, and the versions that stand."""
    task = chosen_task()
    found = datasets.listing(project(), task.name)[::-1] if task else []
    action = header(
        "Datasets", "A version never changes: what was trained on it can always be said.",
        number=found[0].version if found else "", unit="newest version",
    )  # fmt: skip
    coming_place, versions_place = st.container(), st.container()
    if task is None:
        _nothing()
        return
    with versions_place:
        for version in found:
            _version(task, version)
    with coming_place:
        built_from = st.container()
    with built_from:
        definition = dataset_definition.editor(task)
    with coming_place, st.spinner("Reading the newest decisions …"):
        coming = datasets.preview(project(), task.name, definition=definition)
    with coming_place:
        if not coming.can_freeze and not found:
            _nothing()
            return
        _coming(coming)
    with action:
        _freeze(task, coming, definition)


def _nothing() -> None:
    empty_state(
        "Nothing is approved yet", "Approve or correct some labels first; they become the rows.",
        address="review", action="Review",
    )  # fmt: skip


def _freeze(task: Task, coming: FreezePreview, definition: Definition) -> None:
    if not person().may("run"):
        return
    if coming.stands_as:
        return
    rows = sum(coming.splits.values())
    if st.button(
        f"Freeze {count(rows)} rows", key="datasets.freeze", type="primary", disabled=not coming.can_freeze
    ):
        with guard():
            made = act.freeze(project(), person(), task.name, definition=definition)
            say(f"Frozen as {made.version}.")
            st.rerun()


def _coming(coming: FreezePreview) -> None:
    left_out = coming.discarded + coming.in_conflict + coming.unusable + coming.beside_held_out
    reasons = [
        several(coming.discarded, "discarded", "discarded"),
        several(coming.in_conflict, "in conflict", "in conflict"),
        several(coming.beside_held_out, "beside a held-out record", "beside held-out records"),
    ]
    with st.container(key="stats", horizontal=True):
        stat("approved", "Approved", count(coming.approved), "the teacher was right")
        stat("corrected", "Corrected", count(coming.corrected), "a person wrote the answer")
        stat("gold", "Held out, with gold", count(coming.gold), "for evaluation only")
        stat("left_out", "Left out", count(left_out), " · ".join(reasons))
    if coming.stands_as:
        st.caption(f"{coming.stands_as} holds all of it. New decisions can be frozen as the next version.")


def _version(task: Task, version: DatasetVersion) -> None:
    with st.container(key=f"sheet_{version.version}", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{version.version}**", width="content")
            st.markdown(_splits(version), width="stretch")
            when(version.created_at)
        made = f"prompt v{version.prompt_number} · sha256 {version.content_hash[:12]}"
        st.caption(plain(f"{made} · by {version.created_by}"))
        with st.container(horizontal=True, vertical_alignment="center"):
            if person().may("export"):
                dataset_exports.menu(task, version)
            link(
                "train",
                label="Train on it",
                icon=":material/model_training:",
                parameters={"dataset": version.version},
            )


def _splits(version: DatasetVersion) -> str:
    return plain(" · ".join(f"{count(rows)} {split}" for split, rows in version.rows.items()))
