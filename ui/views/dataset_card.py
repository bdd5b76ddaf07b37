"""The card of a version: its README as people read it, and what it was made with."""

from __future__ import annotations

import re

import streamlit as st

from curation.datasets import DatasetVersion
from curation.datasets.differences import making
from ui.components.words import plain

_HEAD = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
_TITLE = re.compile(r"\A\s*# [^\n]*\n")
CARD = "README.md"


def show(version: DatasetVersion) -> None:
    """The definition in a table, and the card below."""
    made = making.described(version.manifest)
    with st.expander("Definition", icon=":material/tune:", key="datasets.made_with"):
        st.table([{"Made with": plain(what), "": plain(value)} for what, value in made])
    with st.container(key="sheet_card"):
        st.markdown(body(version))


def body(version: DatasetVersion) -> str:
    """The card without its metadata and its title, which the page has already."""
    if CARD not in {entry.name for entry in version.manifest.files}:
        return "This version was written without a card."
    text = version.manifest.path(CARD).read_text(encoding="utf-8")
    return _TITLE.sub("", _HEAD.sub("", text, count=1), count=1).strip()
