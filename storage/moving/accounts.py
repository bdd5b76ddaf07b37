"""Accounts on their way to another Argilla: made there with new first passwords, which are told once."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from storage.argilla_client import ArgillaClient
from storage.argilla_client.replies import DEACTIVATED
from storage.argilla_client.whole import Account
from storage.errors import Conflict
from storage.project import Project
from storage.services import argilla
from storage.services.secrets import write_private

_Kept: TypeAdapter[dict[str, dict[str, str]]] = TypeAdapter(dict[str, dict[str, str]])


@dataclass(frozen=True)
class NewAccount:
    """An account that a move made. `password` is told once: nothing but its hash is kept."""

    username: str
    role: str
    password: str = field(repr=False)


@dataclass(frozen=True)
class KnownAccount:
    """An account that was there. Its role stays, also where the export names another (`role_there`)."""

    username: str
    role: str
    role_there: str


@dataclass(frozen=True)
class MovedAccounts:
    """What became of an export's accounts; `ids` are theirs in the target, by name."""

    new: tuple[NewAccount, ...]
    known: tuple[KnownAccount, ...]
    ids: Mapping[str, str]


def move(project: Project, client: ArgillaClient, accounts: Iterable[Account]) -> MovedAccounts:
    """Make what accounts are missing, and add members to the project's workspace.

    Passwords of accounts just made wait in a private file until `handed_over`, so that a move which
    is interrupted tells them when it is repeated. Deactivated accounts come along, since answers are
    theirs, and stay shut: nobody is told their password.
    """
    given = {account.username: account for account in accounts}
    there = {
        account.username: (user_id, account) for user_id, account in client.accounts(project.name).items()
    }
    kept = _kept(project)
    waiting = kept.get(client.base_url, {})
    waiting |= {
        name: secrets.token_urlsafe(15) for name in given if name not in there and name not in waiting
    }
    if waiting:
        _keep(project, kept | {client.base_url: waiting})
    ids: dict[str, str] = {}
    for name, account in given.items():
        user_id, standing = there.get(name, ("", None))
        ids[name] = user_id or _made(client, project, account, waiting[name])
        if account.member and not (standing and standing.member):
            client.add_to_workspace(ids[name], project.name)
    return MovedAccounts(
        tuple(
            NewAccount(name, given[name].role, password)
            for name, password in waiting.items()
            if name in given and not DEACTIVATED.fullmatch(name)
        ),
        tuple(
            KnownAccount(name, account.role, there[name][1].role)
            for name, account in given.items()
            if name in there and name not in waiting
        ),
        ids,
    )


def handed_over(project: Project) -> None:
    """Forget the first passwords of the project's Argilla: they have been shown."""
    kept = _kept(project)
    if kept.pop(argilla.url(project), None) is not None:
        _keep(project, kept)


def _made(client: ArgillaClient, project: Project, account: Account, password: str) -> str:
    try:
        return client.add_account(account, password)
    except Conflict:  # made by somebody else meanwhile
        there = client.accounts(project.name)
        return next(user_id for user_id, each in there.items() if each.username == account.username)


def _kept(project: Project) -> dict[str, dict[str, str]]:
    """First passwords that were not shown yet, by Argilla and account."""
    try:
        return _Kept.validate_json(_file(project).read_bytes())
    except (FileNotFoundError, ValidationError):
        return {}


def _keep(project: Project, kept: Mapping[str, Mapping[str, str]]) -> None:
    if kept:
        write_private(_file(project), json.dumps(kept))
    else:
        _file(project).unlink(missing_ok=True)


def _file(project: Project) -> Path:
    return project.services_dir / "first-passwords.json"
