"""One sentence after an action, shown once on the page that follows."""

from __future__ import annotations

import streamlit as st

from ui.components.words import plain
from ui.session_keys import NOTICE


def say(sentence: str) -> None:
    """Leave a sentence for the next run of a page."""
    st.session_state[NOTICE] = sentence


def show_notice() -> None:
    """Show what was left, once."""
    said = st.session_state.pop(NOTICE, None)
    if said:
        st.toast(plain(str(said)), icon=":material/check:")
