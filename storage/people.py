"""Who may sign in: Argilla's accounts, and what a deactivated one is to get back.

Nothing here asks whether the person who wants a change may have it: `ui.actions.people` does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Row, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from storage import argilla_client, database, locks
from storage.argilla_client import ArgillaClient, ArgillaUser, keys
from storage.argilla_client.shapes import Role
from storage.database import tables
from storage.errors import Conflict, InvalidInput, NotFound
from storage.project import Project
from storage.services.secrets import legible_password

_USERNAME = re.compile(r"\w[\w.@-]{1,63}")


@dataclass(frozen=True)
class Account:
    """Somebody who may sign in, or could before they were deactivated.

    `workspaces` is empty for owners, who see every one. `key_hint` is the end of the API key.
    `is_ours` marks the account that Understudy itself works with. `seen_at` is the last time in
    this app; what somebody does in Argilla's own pages does not show here.
    """

    user_id: str
    username: str
    role: Role
    active: bool
    workspaces: tuple[str, ...]
    key_hint: str
    is_ours: bool
    seen_at: datetime | None = None
    deactivated_at: datetime | None = None
    deactivated_by: str = ""


def listing(project: Project) -> list[Account]:
    """Everybody, by name, the deactivated last."""
    owner = argilla_client.connect(project)
    ours, members = owner.me().id, owner.members()
    seen, left = _seen(project), _deactivated(project)
    found = []
    for user in owner.users():
        row = left.get(user.id) if not user.active else None
        belongs = () if user.role == "owner" else (name for name, ids in members.items() if user.id in ids)
        found.append(
            Account(
                user.id, user.username, cast(Role, row.role) if row else user.role, user.active,
                tuple(sorted(row.workspaces if row else belongs)), user.key_hint, user.id == ours,
                seen.get(user.id), row.at if row else None, row.by if row else "",
            )
        )  # fmt: skip
    return sorted(found, key=lambda account: (not account.active, account.username.casefold()))


def get(project: Project, username: str) -> Account:
    """One account; of two with that name the active one. Raises NotFound."""
    found = next((account for account in listing(project) if account.username == username), None)
    if found is None:
        raise NotFound(f"There is no account {username!r}.", next_step="`understudy people list` shows them.")
    return found


def workspaces(project: Project) -> list[str]:
    """The workspaces there are, by name."""
    return sorted(argilla_client.connect(project).my_workspaces())


def invite(project: Project, username: str, role: Role, names: Iterable[str]) -> str:
    """Make an account in these workspaces; the answer is its first password, which nothing shows again.

    Raises InvalidInput for a name that cannot be typed, Conflict for one that is taken or was.
    """
    if not _USERNAME.fullmatch(username):
        raise InvalidInput(
            f"{username!r} cannot be a name to sign in with.",
            next_step="Use 2 to 64 letters, digits, '.', '_', '-' or '@', without spaces.",
        )
    with _changing(project) as owner:
        for user in owner.users():
            if user.username.casefold() == username.casefold():
                raise Conflict(
                    f"There is an account {user.username!r} already.",
                    next_step="Choose another name."
                    if user.active
                    else "It was deactivated. Bring it back, or choose another name.",
                )
        password = legible_password()
        owner.create_user(username, password, role, _known(owner, names))
    return password


def set_role(project: Project, account: Account, role: Role) -> None:
    """Give an account another role. Raises Conflict where no owner would be left."""
    with _changing(project) as owner:
        if role != "owner":
            _require_another_owner(owner, account)
        owner.set_role(account.user_id, role)


def set_workspaces(project: Project, account: Account, names: Iterable[str]) -> None:
    """Let an account see exactly these workspaces. Raises NotFound for one that is not there."""
    with _changing(project) as owner:
        wanted = set(_known(owner, names))
        standing = {name for name, ids in owner.members().items() if account.user_id in ids}
        for name in sorted(wanted - standing):
            owner.add_to_workspace(account.user_id, name)
        for name in sorted(standing - wanted):
            owner.remove_from_workspace(account.user_id, name)


def reset_password(project: Project, account: Account) -> str:
    """Give an account a random password; the answer is the password, which nothing shows again."""
    password = legible_password()
    argilla_client.connect(project).set_password(account.username, password)
    return password


def set_password(project: Project, username: str, password: str) -> None:
    """Give an account the password it chose. Raises InvalidInput for one that is too short or too long."""
    argilla_client.connect(project).set_password(username, password)


def deactivate(project: Project, account: Account, by: str) -> None:
    """Shut an account out of Argilla, and remember what it gets back. Its answers stay and keep its name.

    Password and tokens end at once; so does the API key in our own Argilla. In an external one the
    key lives on without a workspace: it can still change the answers that this very account gave.
    Safe to repeat. Raises Conflict where no owner would be left.
    """
    with _changing(project) as owner:
        _require_another_owner(owner, account)
        if account.active:
            _remember(project, account, by)
            owner.shut(account.user_id, account.username)
        for name, ids in owner.members().items():
            if account.user_id in ids:
                owner.remove_from_workspace(account.user_id, name)
        if keys.replaceable(project):
            keys.replace(project, account.user_id)


def reactivate(project: Project, account: Account) -> str:
    """Give a deactivated account its name, role and workspaces back; the answer is its new password.

    Raises Conflict where it is active, or where its name was given to somebody else.
    """
    if account.active:
        raise Conflict(f"{account.username} is not deactivated.")
    password = legible_password()
    with _changing(project) as owner:
        if any(user.active and user.username == account.username for user in owner.users()):
            raise Conflict(
                f"Somebody else is called {account.username!r} by now.",
                next_step="Invite the person under another name.",
            )
        owner.reopen(account.user_id, account.username, account.role, password)
        there = set(owner.my_workspaces())
        for name in account.workspaces or (project.name,):
            if name in there:
                owner.add_to_workspace(account.user_id, name)
        table = tables.deactivated
        with database.engine(project).begin() as connection:
            connection.execute(delete(table).where(table.c.user_id == account.user_id))
    return password


@contextmanager
def _changing(project: Project) -> Iterator[ArgillaClient]:
    """One change of accounts at a time, so that two owners cannot take each other's role away."""
    with database.engine(project).begin() as connection:
        locks.hold(connection, "people")
        yield argilla_client.connect(project)


def _require_another_owner(owner: ArgillaClient, account: Account) -> None:
    def counts(user: ArgillaUser) -> bool:
        return user.active and user.role == "owner" and user.id != account.user_id

    if account.role == "owner" and account.active and not any(map(counts, owner.users())):
        raise Conflict(
            f"{account.username} is the last owner.", next_step="Make somebody else an owner first."
        )


def _known(owner: ArgillaClient, names: Iterable[str]) -> list[str]:
    wanted, there = list(dict.fromkeys(names)), owner.my_workspaces()
    for name in wanted:
        if name not in there:
            raise NotFound(
                f"There is no workspace {name!r}.", next_step=f"There are: {', '.join(sorted(there))}."
            )
    return wanted


def _remember(project: Project, account: Account, by: str) -> None:
    row = {
        "username": account.username, "role": account.role, "workspaces": list(account.workspaces), "by": by,
    }  # fmt: skip
    statement = insert(tables.deactivated).values(user_id=account.user_id, **row)
    with database.engine(project).begin() as connection:
        connection.execute(
            statement.on_conflict_do_update(index_elements=["user_id"], set_={**row, "at": func.now()})
        )


def _seen(project: Project) -> dict[str, datetime]:
    table = tables.sessions
    query = select(table.c.user_id, func.max(table.c.checked_at).label("at")).group_by(table.c.user_id)
    with database.engine(project).connect() as connection:
        return {row.user_id: row.at for row in connection.execute(query)}


def _deactivated(project: Project) -> dict[str, Row[tuple[object, ...]]]:
    with database.engine(project).connect() as connection:
        return {row.user_id: row for row in connection.execute(select(tables.deactivated))}
