"""One version of a dataset: its card, what differs from another, leakage, and the lineage of its rows."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from curation import datasets
from curation.datasets import DatasetVersion, names
from curation.tasks import Task
from storage.errors import NotFound
from ui.components.links import link
from ui.components.page import header, when
from ui.components.words import count, noun, plain
from ui.guard import show
from ui.resources import person, project
from ui.views import (
    dataset_card,
    dataset_diff,
    dataset_exports,
    dataset_leakage,
    dataset_lineage,
    dataset_names,
)  # fmt: skip

SHOW = "show"
_PURPOSE = "A version never changes: what was trained on it can always be said."
_SECTIONS = {"card": "Card", "compare": "Compare", "leakage": "Leakage", "lineage": "Lineage"}


def page(task: Task, wanted: str, versions: Sequence[DatasetVersion]) -> None:
    """The version that the address names, by its number or by a name that stands for it."""
    try:
        version = datasets.get(project(), task.name, names.resolve(project(), task.name, wanted))
    except NotFound as gone:
        header("Datasets", _PURPOSE)
        link("datasets", label="All versions", icon=":material/arrow_back:")
        show(gone)
        return
    standing = names.listing(project(), task.name)
    mine = [name.name for name in standing if name.version == version.version]
    action = header(
        version.version, _PURPOSE,
        number=count(version.total), unit=noun(version.total, "row"),
    )  # fmt: skip
    with action:
        link("train", label="Train on it", icon=":material/model_training:",
             parameters={"dataset": version.version})  # fmt: skip
    link("datasets", label="All versions", icon=":material/arrow_back:")
    with st.container(horizontal=True, vertical_alignment="center", key="version_head"):
        dataset_names.badges(mine)
        st.markdown(splits(version), width="stretch")
        when(version.created_at)
    with st.container(horizontal=True, vertical_alignment="center"):
        if person().may("export"):
            dataset_exports.menu(task, version)
        if person().may("run"):
            dataset_names.menu(task, version, standing)
    _section(task, version, versions, names.by_version(project(), task.name))


def _section(
    task: Task, version: DatasetVersion, versions: Sequence[DatasetVersion], named: dict[str, list[str]]
) -> None:
    asked = st.query_params.get(SHOW, "card")
    chosen = st.segmented_control(
        "Section", list(_SECTIONS), default=asked if asked in _SECTIONS else "card", key="datasets.show",
        format_func=_SECTIONS.__getitem__, label_visibility="collapsed",
    ) or "card"  # fmt: skip
    if chosen != asked:
        st.query_params[SHOW] = chosen
    if chosen == "compare":
        dataset_diff.show(task, version, versions, named)
    elif chosen == "leakage":
        dataset_leakage.show(task, version)
    elif chosen == "lineage":
        dataset_lineage.show(task, version)
    else:
        dataset_card.show(version)


def splits(version: DatasetVersion) -> str:
    """Rows by split, in Markdown."""
    return plain(" · ".join(f"{count(rows)} {split}" for split, rows in version.rows.items()))
