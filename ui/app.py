"""The router: who is looking, which page, and nothing else."""

from __future__ import annotations

import streamlit as st

from ui.components import theme
from ui.guard import guard
from ui.notices import show_notice
from ui.resources import visitor
from ui.views import catalogue, shell, sign_in


def main() -> None:
    """Draw the page of this address for the signed-in person."""
    st.set_page_config(page_title="Understudy", page_icon=theme.MARK, layout="wide")
    theme.apply()
    with guard():
        person = visitor()
        if person is None:
            sign_in.page()
            return
        entries = catalogue.entries()
        page = st.navigation([entry.page for entry in entries], position="hidden")
        shell.sidebar(person, entries, page.url_path)
        show_notice()
        with guard():
            catalogue.require(person, page.url_path)
            page.run()


if __name__ == "__main__":
    main()
