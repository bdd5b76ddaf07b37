"""Datasets: approved and corrected rows, frozen into numbered versions, with their names and exports."""

from __future__ import annotations

import streamlit as st

from curation import datasets
from curation.datasets import DatasetVersion, names
from curation.datasets.names import Name
from curation.tasks import Task
from ui.components.links import link
from ui.components.page import empty_state, header, no_task, when
from ui.components.words import plain
from ui.resources import person, project
from ui.task_choice import chosen_task
from ui.views import (
    dataset_coming,
    dataset_definition,
    dataset_exports,
    dataset_lineage,
    dataset_more_labels,
    dataset_names,
    dataset_version,
)  # fmt: skip

VERSION = "version"


def page() -> None:
    """The version or import that the address names; else what could be frozen now, and all versions."""
    task = chosen_task()
    found = datasets.listing(project(), task.name)[::-1] if task else []
    if task is not None and (wanted := st.query_params.get(VERSION)):
        dataset_version.page(task, wanted, found)
        return
    action = header(
        "Datasets", "A version never changes: what was trained on it can always be said.",
        number=found[0].version if found else "", unit="newest version",
    )  # fmt: skip
    if task is not None and (import_id := st.query_params.get(dataset_lineage.IMPORT)):
        dataset_lineage.forward(task, import_id)
        return
    coming_place, versions_place = st.container(), st.container()
    if task is None:
        no_task("A dataset version holds the approved rows of a task.")
        return
    with versions_place:
        _versions(task, found)
    with coming_place:
        definition = dataset_definition.editor(task)
        coming = dataset_coming.read(task, definition)
        if coming is None:
            return
        if not coming.can_freeze and not found:
            _nothing()
            return
        dataset_coming.show(coming, warn=not dataset_definition.is_open())
    with action:
        dataset_coming.freeze(task, coming, definition)


def _nothing() -> None:
    empty_state(
        "Nothing is approved yet", "Approve or correct some labels first; they become the rows.",
        address="review", action="Review",
    )  # fmt: skip


def _versions(task: Task, found: list[DatasetVersion]) -> None:
    if not found:
        return
    standing = names.listing(project(), task.name)
    for version in found:
        _version(task, version, standing, alone=len(found) == 1)
    dataset_names.history(task)
    dataset_more_labels.show(task)


def _version(task: Task, version: DatasetVersion, standing: list[Name], *, alone: bool) -> None:
    with st.container(key=f"sheet_{version.version}", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{version.version}**", width="content")
            dataset_names.badges([name.name for name in standing if name.version == version.version])
            st.markdown(dataset_version.splits(version), width="stretch")
            when(version.created_at)
        st.caption(plain(f"{_made(version)} · sha256 {version.content_hash[:12]} · by {version.created_by}"))
        with st.container(horizontal=True, vertical_alignment="center"):
            _open(version, "Open", "folder_open", "card")
            if not alone:
                _open(version, "Compare", "difference", "compare")
            if person().may("export"):
                dataset_exports.menu(task, version)
            if person().may("run"):
                dataset_names.menu(task, version, standing)
            link("train", label="Train on it", icon=":material/model_training:",
                 parameters={"dataset": version.version})  # fmt: skip


def _open(version: DatasetVersion, label: str, icon: str, section: str) -> None:
    link(
        "datasets", label=label, icon=f":material/{icon}:",
        parameters={VERSION: version.version, dataset_version.SHOW: section},
    )  # fmt: skip


def _made(version: DatasetVersion) -> str:
    """What it was built from, in a few words."""
    definition = version.manifest.facts.get("definition") or {}
    parts = [f"prompt v{version.prompt_number}", f"seed {version.seed}"]
    if definition:
        parts.insert(0, f"definition {definition.get('name', 'default')}")
    if definition.get("student_prompt"):
        parts.append("own student prompt")
    return ", ".join(parts)
