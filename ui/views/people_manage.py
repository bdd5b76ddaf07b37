"""What can be changed about one person: role, workspaces, password, API key, and whether they may come in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import streamlit as st

from storage import people
from storage.argilla_client import keys
from storage.argilla_client.shapes import Role
from storage.people import Account
from ui.actions import people as act
from ui.components.words import plain
from ui.resources import person, project
from ui.views.secret import shown_once


def manage(account: Account, roles: Mapping[str, str]) -> str:
    """Draw it; the answer is the sentence that says what was changed, empty for nothing."""
    if not account.active:
        return _bring_back(account)
    oneself = account.user_id == person().user_id
    done = ""
    if not account.is_ours and not oneself:
        done = _role(account, roles) or _workspaces(account)
    _secrets(account)
    if not account.is_ours and not oneself:
        done = _shut_out(account) or done
    return done


def _role(account: Account, roles: Mapping[str, str]) -> str:
    given = [role for role in roles if act.may_give(person(), cast(Role, role))]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        role = st.selectbox(
            "Role", given, given.index(account.role), format_func=roles.__getitem__,
            key=f"people.role.{account.user_id}",
        )  # fmt: skip
        if st.button("Change role", key=f"people.set_role.{account.user_id}", disabled=role == account.role):
            act.set_role(project(), person(), account.username, cast(Role, role))
            return f"{account.username} is {role} now."
    return ""


def _workspaces(account: Account) -> str:
    there = people.workspaces(project()) if person().role == "owner" else [project().name]
    if account.role == "owner" or there == list(account.workspaces) == [project().name]:
        return ""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kept = [name for name in account.workspaces if name not in there]
        chosen = st.multiselect(
            "Workspaces", there, [name for name in account.workspaces if name in there],
            key=f"people.workspaces.{account.user_id}",
        )  # fmt: skip
        if st.button("Save workspaces", key=f"people.set_workspaces.{account.user_id}"):
            act.set_workspaces(project(), person(), account.username, [*kept, *chosen])
            return f"Saved the workspaces of {account.username}."
    return ""


def _secrets(account: Account) -> None:
    with st.container(horizontal=True):
        reset = st.button("Reset password", key=f"people.reset.{account.user_id}", icon=":material/key:")
        new_key = (
            keys.replaceable(project())
            and not account.is_ours
            and st.button("New API key", key=f"people.key.{account.user_id}", icon=":material/vpn_key:")
        )
    if reset:
        password = act.reset_password(project(), person(), account.username)
        shown_once(
            f"The old password of {account.username} no longer works, and their sessions here have ended.",
            "New password", password,
        )  # fmt: skip
    if new_key:
        key = act.replace_key(project(), person(), account.username)
        shown_once(f"The old API key of {account.username} no longer works.", "New API key", key)


def _shut_out(account: Account) -> str:
    with st.popover("Deactivate …", icon=":material/block:", key=f"people.shut.{account.user_id}"):
        st.write(
            f"{plain(account.username)} is signed out at once, here and in Argilla’s own pages. The password "
            "stops working; their answers stay and keep the name. You can bring them back."
        )
        if not keys.replaceable(project()):
            st.warning(
                "Their API key cannot be replaced in an external Argilla: with it they can still change "
                "their own answers, and nothing else. Ask whoever runs that Argilla to replace it.",
                icon=":material/vpn_key:",
            )
        if st.button(f"Deactivate {account.username}", key=f"people.deactivate.{account.user_id}"):
            act.deactivate(project(), person(), account.username)
            return f"{account.username} can come in no more."
    return ""


def _bring_back(account: Account) -> str:
    st.write(
        f"{plain(account.username)} was {account.role}, and gets that back together with a new password."
    )
    if st.button("Bring back", key=f"people.back.{account.user_id}", icon=":material/undo:"):
        password = act.reactivate(project(), person(), account.username)
        shown_once(f"{account.username} may sign in again, as {account.role}.", "New password", password)
    return ""
