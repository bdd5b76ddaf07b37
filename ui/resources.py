"""What every page of this process shares: the project and who is looking at it."""

from __future__ import annotations

import streamlit as st

from storage.errors import NotAllowed
from storage.project import Project, find_project
from ui import sign_in
from ui.session_keys import SESSION_COOKIE
from ui.sign_in import Person


@st.cache_resource(show_spinner=False)
def project() -> Project:
    """The project this server was started for ($UNDERSTUDY_PROJECT)."""
    return find_project()


def session_cookie() -> str | None:
    """The sign-in cookie of the browser that shows this page."""
    value = st.context.cookies.get(SESSION_COOKIE)
    return str(value) if value else None


def visitor() -> Person | None:
    """The signed-in person, or None. Asked of the database at every run, so an ended session ends here."""
    return sign_in.person_of(project(), session_cookie())


def person() -> Person:
    """The signed-in person. Raises NotAllowed when the session ended meanwhile."""
    found = visitor()
    if found is None:
        raise NotAllowed("You are signed out.", next_step="Sign in again.")
    return found


def sign_out() -> None:
    """End the session of the browser that shows this page, wherever else its cookie is."""
    sign_in.leave(project(), session_cookie())
