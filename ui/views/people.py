"""People: who may sign in, and as what."""

from __future__ import annotations

from typing import cast

import streamlit as st

from storage import people
from storage.argilla_client.shapes import Role
from storage.people import Account
from ui.actions import people as act
from ui.components.page import header, when
from ui.components.words import count, plain
from ui.guard import guard
from ui.notices import say
from ui.resources import person, project
from ui.views.people_manage import manage
from ui.views.secret import shown_once

_PERSON = "person"
_ROLES: dict[str, str] = {
    "annotator": "Annotator: reviews and votes",
    "admin": "Admin: runs the whole loop",
    "owner": "Owner: also makes owners",
}
_COLORS = {"owner": "primary", "admin": "blue", "annotator": "gray"}


def page() -> None:
    """Everybody, the person being managed, and the form that invites another."""
    top = st.container()
    _invite()
    found = act.listing(project(), person())  # with whom the form has just invited
    with top:
        header(
            "People", "Who may sign in here, and as what. Their answers stay when they leave.",
            number=count(sum(account.active for account in found)), unit="may sign in",
        )  # fmt: skip
    opened = st.query_params.get(_PERSON)
    for account in found:
        _row(account, opened=account.user_id == opened)


def _invite() -> None:
    with st.expander("Invite somebody", icon=":material/person_add:"):
        with st.form("people.invite", border=False, clear_on_submit=True):
            left, right = st.columns(2)
            username = left.text_input(
                "Name to sign in with", key="people.name", placeholder="name, without spaces"
            )
            roles = [role for role in _ROLES if act.may_give(person(), cast(Role, role))]
            role = right.selectbox("Role", roles, key="people.role", format_func=_ROLES.__getitem__)
            names = _workspaces([project().name])
            sent = st.form_submit_button("Invite", key="people.send", type="primary")
    if sent:
        with guard():
            password = act.invite(project(), person(), username.strip(), cast(Role, role), names)
            shown_once(f"{username.strip()} may sign in now, as {role}.", "First password", password)


def _workspaces(chosen: list[str]) -> list[str]:
    """A choice for owners where there is one to make; admins decide about this project alone."""
    there = people.workspaces(project()) if person().role == "owner" else []
    if len(there) < 2:
        return chosen
    return st.multiselect(
        "Workspaces", there, chosen, key="people.workspaces",
        help="One workspace per project. Without this project’s they cannot sign in here.",
    )  # fmt: skip


def _row(account: Account, *, opened: bool) -> None:
    with st.container(key=f"row_person_{account.user_id}", horizontal=True, vertical_alignment="center"):
        with st.container(width=110):
            if account.active:
                st.badge(account.role.capitalize(), color=_COLORS[account.role])  # type: ignore[arg-type]
            else:
                st.badge("Deactivated", icon=":material/block:", color="gray")
        with st.container(width="stretch", gap=None):
            st.text(account.username + (" (you)" if account.user_id == person().user_id else ""))
            st.caption(plain(_about(account)))
        if account.seen_at:
            when(account.seen_at)
        if act.may_manage(person(), account):
            st.button(
                "Close" if opened else "Manage", key=f"people.open.{account.user_id}", type="tertiary",
                on_click=_toggle, args=(account.user_id, opened),
            )  # fmt: skip
    if opened and act.may_manage(person(), account):
        with st.container(key=f"sheet_person_{account.user_id}"), guard():
            done = manage(account, _ROLES)
            if done:
                say(done)
                st.rerun()


def _about(account: Account) -> str:
    if not account.active:
        return f"was {account.role}, by {account.deactivated_by}" if account.deactivated_by else "shut out"
    others = [name for name in account.workspaces if name != project().name]
    parts = [
        "the account that Understudy works with" if account.is_ours else "",
        "" if account.role == "owner" or project().name in account.workspaces else "not in this project",
        f"also in {', '.join(others)}" if others else "",
        f"API key ····{account.key_hint}" if account.key_hint else "",
        "" if account.seen_at else "not seen here yet",
    ]
    return " · ".join(part for part in parts if part)


def _toggle(user_id: str, opened: bool) -> None:
    if opened:
        del st.query_params[_PERSON]
    else:
        st.query_params[_PERSON] = user_id
