"""A password or key that is shown once: it stands on this drawing of the page and nowhere else."""

from __future__ import annotations

import streamlit as st

from ui.components.words import plain


def shown_once(sentence: str, label: str, secret: str) -> None:
    """Show a secret with what it is for. The next click on the page takes it away."""
    with st.container(key="sheet_secret", gap="small"):
        st.markdown(f"**{plain(sentence)}**")
        st.caption(f"{label}, shown this once. Hand it over in person or through a safe channel.")
        st.code(secret, language=None)
