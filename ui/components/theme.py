"""The look of the app, applied once per page: theme.css over the colours of .streamlit/config.toml."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import streamlit as st

_HERE = Path(__file__).parent
MARK = str(_HERE.parent / "static" / "mark.svg")
"""The app's mark, for the browser tab and the sidebar."""


@cache
def _css() -> str:
    return (_HERE / "theme.css").read_text(encoding="utf-8")


def apply() -> None:
    """Put the stylesheet on the page, told whether the viewer's theme is light or dark."""
    scheme = st.context.theme.type or "light dark"
    st.html(f"<style>:root {{ color-scheme: {scheme}; }}\n{_css()}</style>")
