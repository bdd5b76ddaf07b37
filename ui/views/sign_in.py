"""What a signed-out tab shows: the way to the sign-in form, taken at once where scripts may run."""

from __future__ import annotations

import streamlit as st

_GO = """
export default function ({ data }) {
  if (window.top === window) window.location.assign(data.address + "?next=" + encodeURIComponent(
    window.location.pathname + window.location.search));
}
"""


def page() -> None:
    """Say that the session is over, and lead to the form."""
    st.title("You are signed out")
    st.write("Sign in to go on where you were. Everything you decided is kept.")
    st.markdown("[Sign in](/sign-in)")
    st.components.v2.component("sign_in_redirect", js=_GO)(key="sign_in.go", data={"address": "/sign-in"})
