"""What a fine-tuning provider would refuse, looked for before anything is uploaded."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from curation.datasets import DatasetVersion
from curation.datasets.exports import exporting, provider_checks
from curation.datasets.exports.provider_checks import PROVIDERS, Finding
from curation.tasks import Task
from ui.components.words import count, plain, several
from ui.guard import guard
from ui.resources import project

MOST_ROWS = 100_000
"""More than a page lets a person wait for; no provider takes so many either."""
_FOUND = "exports.found"
_SPLITS = ("train", "validation")


def show(task: Task, version: DatasetVersion) -> None:
    """The choice of a provider and a split, and what was found of the last one checked."""
    st.subheader("Before you upload", anchor=False)
    with st.container(horizontal=True, vertical_alignment="bottom", key="exports_check"):
        provider = st.selectbox(
            "Provider", list(PROVIDERS), key="exports.check.provider",
            format_func=lambda name: PROVIDERS[name].title,
        )  # fmt: skip
        split = st.selectbox("Rows", _SPLITS, key="exports.check.split")
        rows = version.rows.get(split, 0)
        pressed = st.button(
            f"Check {several(rows, 'row')}", key="exports.check", disabled=not 0 < rows <= MOST_ROWS
        )
    if rows > MOST_ROWS:
        st.caption(f"More than {count(MOST_ROWS)} rows are checked by command: understudy export --check.")
    asked = (task.name, version.version, split, provider)
    if pressed:
        with guard(), st.spinner("Reading the rows as the provider would …"):
            given = exporting.rows(project(), task.name, version.version, [split])
            st.session_state[_FOUND] = (asked, provider_checks.checks(given, provider))
    of, found = st.session_state.get(_FOUND, (None, ()))
    if of == asked:
        _found(PROVIDERS[provider].title, found)


def _found(title: str, found: Sequence[Finding]) -> None:
    if not found:
        st.success(f"{title} has nothing against these rows.", icon=":material/check:")
        return
    errors = sum(each.level == "error" for each in found)
    refused = f"{title} would refuse them" if errors else f"{title} would take them"
    st.markdown(f"**{refused}.** {several(len(found), 'finding')}; rows are counted as the file has them.")
    for number, each in enumerate(found):
        with st.container(key=f"row_finding_{number}", horizontal=True, vertical_alignment="center"):
            if each.level == "error":
                st.badge("Refused", icon=":material/error:", color="red")
            else:
                st.badge("Warning", icon=":material/warning:", color="orange")
            with st.container(width="stretch", gap=None):
                st.markdown(plain(each.what))
                st.caption(plain(each.next_step))
