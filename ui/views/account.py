"""Your account: the role one has, a password of one's own, and an end to every session."""

from __future__ import annotations

import streamlit as st

from storage import argilla_client
from ui import sign_in
from ui.actions import people as act
from ui.components.page import header
from ui.components.words import plain
from ui.guard import guard
from ui.notices import say
from ui.resources import person, project, session_cookie


def page() -> None:
    """What is known of the person, and what they may change themselves."""
    header("Your account", "Your role here, your password, and an end to your sessions.")
    _about()
    _password()
    _sessions()


def _about() -> None:
    client = argilla_client.connect(project(), token=person().argilla_token)
    with st.container(key="sheet_account"):
        st.table(
            {
                "Name": plain(person().username),
                "Role": person().role,
                "API key": plain(f"····{client.me().key_hint}"),
            },
            border="horizontal",
        )
        st.caption(
            "The key is for scripts with Argilla’s SDK. Whoever invites people can give you a new one."
        )


def _password() -> None:
    with st.form("account.password", clear_on_submit=True):
        st.subheader("Password", anchor=False)
        current = st.text_input("The one you have", type="password", key="account.current")
        chosen = st.text_input(
            "The one you want", type="password", key="account.chosen", help="8 characters or more."
        )
        again = st.text_input("Once more", type="password", key="account.again")
        if st.form_submit_button("Change password", key="account.change", type="primary"):
            with guard():
                _change(current, chosen, again)


def _change(current: str, chosen: str, again: str) -> None:
    if chosen != again:
        st.error("The two new passwords are not the same. Nothing was changed.", icon=":material/error:")
        return
    session_id = sign_in.session_of(project(), session_cookie())
    act.change_password(project(), person(), current, chosen, session_id=session_id)
    say("Your password is changed. Other sessions of yours have ended.")
    st.rerun()


def _sessions() -> None:
    st.subheader("Sessions", anchor=False)
    st.caption("A session lasts twelve hours. End them all where you left one open on another machine.")
    st.button("Sign out everywhere", key="account.everywhere", on_click=_everywhere)


def _everywhere() -> None:
    act.sign_out_everywhere(project(), person())
