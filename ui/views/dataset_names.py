"""Names of dataset versions on pages: as badges beside a version, and the form that moves one."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from curation.datasets import DatasetVersion, names
from curation.datasets.names import MOST_WORDS, USUAL, Name
from curation.tasks import Task
from ui.actions import versions as act
from ui.components.words import ago, plain
from ui.guard import guard
from ui.notices import say
from ui.resources import person, project


def badges(found: Sequence[str]) -> None:
    """The names of a version."""
    for name in found:
        st.badge(plain(name), icon=":material/bookmark:", color="green" if name == USUAL[0] else "gray")


def described(version: DatasetVersion, found: Sequence[str]) -> str:
    """A version with its names, for lists to choose from: `v0003, production`."""
    return ", ".join([version.version, *found])


def menu(task: Task, version: DatasetVersion, standing: Sequence[Name]) -> None:
    """Give this version a name, or take one away from it. `standing` are all names of the task now."""
    key = f"datasets.name.{version.version}"
    with st.popover("Name", icon=":material/bookmark:", key=key):
        st.caption("A name moves from version to version; trainings and exports may ask for it.")
        offered = list(dict.fromkeys([*(name.name for name in standing), *USUAL]))
        stands = {name.name: name for name in standing}
        chosen = st.selectbox(
            "Name", offered, key=f"{key}.chosen", accept_new_options=True,
            format_func=lambda name: f"{name}, now {stands[name].version}" if name in stands else name,
        )  # fmt: skip
        why = st.text_input(
            "Reason", key=f"{key}.why", placeholder="won against the teacher", max_chars=MOST_WORDS
        )
        there = stands.get(chosen or "")
        mine = there is not None and there.version == version.version
        if st.button(f"Let it stand for {version.version}", key=f"{key}.move", disabled=mine or not chosen):
            _move(task, chosen or "", version.version, there, why)
        if mine and st.button("Take it away", key=f"{key}.remove"):
            _take_away(task, there, why)


def _move(task: Task, name: str, version: str, there: Name | None, why: str) -> None:
    with guard():
        based_on = there.revision if there else None
        act.name_version(project(), person(), task.name, name.strip(), version, based_on=based_on, why=why)
        say(f"{name} stands for {version}.")
        st.rerun()


def _take_away(task: Task, there: Name | None, why: str) -> None:
    with guard():
        if there is not None:
            act.take_name_away(project(), person(), task.name, there.name, based_on=there.revision, why=why)
            say(f"{there.name} stands for no version any more.")
            st.rerun()


def history(task: Task) -> None:
    """Every move of a name, newest first."""
    moves = names.history(project(), task.name)
    if not moves:
        return
    with st.expander(f"Moves of names ({len(moves):,})", icon=":material/history:", key="datasets.moves"):
        for move in moves[:100]:
            what = f"let **{plain(move.name)}** stand for {move.version}"
            if move.version is None:
                what = f"took **{plain(move.name)}** away"
            why = f": {plain(move.why)}" if move.why else ""
            st.markdown(f"{plain(move.by)} {what}{why}, {ago(move.at)}")
