"""Who may sign in: inviting, roles, workspaces, passwords, keys, shutting out and letting in again.

Owners manage everybody, admins all but owners and never into a role above their own. Nobody
changes their own role or shuts themselves out, nobody touches the account that Understudy itself
works with, and one owner always stays. What takes something away ends the person's sessions at once.
"""

from __future__ import annotations

from collections.abc import Sequence

from storage import people
from storage.argilla_client import keys
from storage.argilla_client.shapes import Role
from storage.errors import NotAllowed
from storage.people import Account
from storage.project import Project
from ui import sign_in
from ui.actions.registry import action, note
from ui.sign_in import Person, attempts, sessions


@action("people.list", "people")
def listing(project: Project, by: Person) -> list[Account]:
    """Everybody who may sign in, or could; API keys masked."""
    return people.listing(project)


@action("people.invite", "people")
def invite(project: Project, by: Person, username: str, role: Role, workspaces: Sequence[str] = ()) -> str:
    """Make an account; the answer is its first password, to be shown once."""
    names = list(workspaces) or [project.name]
    _may_give(by, role)
    _may_open(project, by, names)
    password = people.invite(project, username, role, names)
    note(project, by, "people.invite", username, role=role, workspaces=names)
    return password


@action("people.set_role", "people")
def set_role(project: Project, by: Person, username: str, role: Role) -> None:
    """Give somebody another role; it reaches their open pages with their next click."""
    account = _managed(project, by, username)
    _may_give(by, role)
    _not_oneself(by, account, "change your own role")
    _not_ours(account)
    people.set_role(project, account, role)
    sessions.set_role(project, account.user_id, role)
    note(project, by, "people.set_role", username, before=account.role, role=role)


@action("people.set_workspaces", "people")
def set_workspaces(project: Project, by: Person, username: str, workspaces: Sequence[str]) -> None:
    """Let somebody see exactly these workspaces; without this project's they may sign in here no more."""
    account = _managed(project, by, username)
    changed = set(workspaces) ^ set(account.workspaces)
    _may_open(project, by, sorted(changed))
    people.set_workspaces(project, account, workspaces)
    if account.role != "owner" and project.name not in workspaces:
        sessions.end_all_of(project, account.user_id)
    note(project, by, "people.set_workspaces", username, workspaces=sorted(workspaces))


@action("people.reset_password", "people")
def reset_password(project: Project, by: Person, username: str) -> str:
    """Give somebody a random password, to be shown once, and end their sessions."""
    account = _managed(project, by, username)
    password = people.reset_password(project, account)
    sessions.end_all_of(project, account.user_id)
    attempts.forget(project, username)
    note(project, by, "people.reset_password", username)
    return password


@action("people.replace_key", "people")
def replace_key(project: Project, by: Person, username: str) -> str:
    """Give somebody a new API key, to be shown once; the old one is refused from now on."""
    account = _managed(project, by, username)
    _not_ours(account)
    key = keys.replace(project, account.user_id)
    note(project, by, "people.replace_key", username)
    return key


@action("people.deactivate", "people")
def deactivate(project: Project, by: Person, username: str) -> None:
    """Shut somebody out: sessions, password, tokens and workspaces end. Their answers stay."""
    account = _managed(project, by, username)
    _not_oneself(by, account, "deactivate yourself")
    _not_ours(account)
    sessions.end_all_of(project, account.user_id)
    people.deactivate(project, account, by.username)
    sessions.end_all_of(project, account.user_id)  # one opened while Argilla was told
    note(project, by, "people.deactivate", username, role=account.role)


@action("people.reactivate", "people")
def reactivate(project: Project, by: Person, username: str) -> str:
    """Let somebody in again, as what they were; the answer is their new password, to be shown once."""
    account = _managed(project, by, username)
    password = people.reactivate(project, account)
    note(project, by, "people.reactivate", username, role=account.role)
    return password


@action("account.change_password", "review")
def change_password(
    project: Project, by: Person, current: str, chosen: str, *, session_id: str | None = None
) -> None:
    """Choose a password of one's own; every other session of the person ends."""
    sign_in.check_password(project, by, current)
    people.set_password(project, by.username, chosen)
    sessions.end_all_of(project, by.user_id, but=session_id)
    note(project, by, "account.change_password", by.username)


@action("account.sign_out_everywhere", "review")
def sign_out_everywhere(project: Project, by: Person) -> None:
    """End every session of one's own, this one too."""
    sessions.end_all_of(project, by.user_id)
    note(project, by, "account.sign_out_everywhere", by.username)


def may_give(by: Person, role: Role) -> bool:
    """Whether somebody may hand out a role: nobody hands out one above their own."""
    return by.may("people") and (role != "owner" or by.role == "owner")


def may_manage(by: Person, account: Account) -> bool:
    """Whether somebody may change anything about an account."""
    return by.may("people") and (account.role != "owner" or by.role == "owner")


def _managed(project: Project, by: Person, username: str) -> Account:
    """The account, if it is one that `by` may manage at all."""
    account = people.get(project, username)
    if not may_manage(by, account):
        raise NotAllowed(f"{username} is an owner; {by.username} is {by.role}.", next_step="Ask an owner.")
    return account


def _may_give(by: Person, role: Role) -> None:
    if not may_give(by, role):
        raise NotAllowed(f"{by.username} is {by.role} and may not make owners.", next_step="Ask an owner.")


def _may_open(project: Project, by: Person, names: Sequence[str]) -> None:
    others = [name for name in names if name != project.name]
    if others and by.role != "owner":
        raise NotAllowed(
            f"{by.username} is {by.role} of {project.name} and may not decide about {', '.join(others)}.",
            next_step="Ask an owner.",
        )


def _not_oneself(by: Person, account: Account, what: str) -> None:
    if account.user_id == by.user_id:
        raise NotAllowed(f"You cannot {what}.", next_step="Ask another owner or admin.")


def _not_ours(account: Account) -> None:
    if account.is_ours:
        raise NotAllowed(
            f"{account.username} is the account that Understudy itself works with; it stays as it is.",
            next_step="Its password can be reset.",
        )
