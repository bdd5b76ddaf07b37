"""Links between pages that keep the task in the address."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from ui.resources import person
from ui.task_choice import address_parameters


def link(
    address: str,
    *,
    label: str | None = None,
    icon: str | None = None,
    parameters: Mapping[str, str] | None = None,
) -> bool:
    """A link to the page at `address`. Nothing, and False, for a page that the person may not open."""
    from ui.views import catalogue  # the catalogue knows every page, and the pages draw links

    entry = catalogue.entry(address)
    if entry is None or not leads(address):
        return False
    st.page_link(
        entry.page, label=label or entry.title, icon=icon or f":material/{entry.icon}:",
        query_params={**address_parameters(), **(parameters or {})},
    )  # fmt: skip
    return True


def leads(address: str) -> bool:
    """Whether the person may open the page at `address`."""
    from ui.views import catalogue

    entry = catalogue.entry(address)
    return entry is not None and person().may(entry.needs)


def go(address: str, parameters: Mapping[str, str] | None = None) -> None:
    """Leave for the page at `address`, at once."""
    from ui.views import catalogue

    entry = catalogue.entry(address)
    if entry is not None:
        st.switch_page(entry.page, query_params={**address_parameters(), **(parameters or {})})
