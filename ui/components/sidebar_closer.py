"""On a phone the sidebar covers the page: close it once a page was chosen from it."""

from __future__ import annotations

import streamlit as st

_SCRIPT = """
const NARROW_PX = 768;
export default function ({ data }) {
  const before = window.understudyPage;
  window.understudyPage = data.page;
  if (before === undefined || before === data.page || window.innerWidth >= NARROW_PX) return;
  document.querySelector('[data-testid="stSidebarCollapseButton"] button')?.click();
}
"""


def close_after_navigation(page: str) -> None:
    """Mount what watches for the page to change; `page` is the address of this one."""
    st.components.v2.component("understudy_sidebar_closer", js=_SCRIPT)(
        key="shell.closer", data={"page": page}
    )
