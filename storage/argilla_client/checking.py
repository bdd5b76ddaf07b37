"""Whether the project's Argilla can be worked with: it answers, its version, and what the key may do."""

from __future__ import annotations

import re
from dataclasses import dataclass

from storage.argilla_client.client import ArgillaClient, connect
from storage.argilla_client.shapes import Role
from storage.errors import InvalidInput, NotAllowed, NotFound
from storage.project import Project

OLDEST, TOO_NEW = (2, 6), (3, 0)
"""Argilla 2.6 is the first in which an account's password can be changed."""
_CHECK_LIMIT_S = 10.0


@dataclass(frozen=True)
class Standing:
    """The project's Argilla as it answers now. `account` is whose key is used."""

    url: str
    version: str
    account: str
    role: Role
    workspace: str
    workspace_stands: bool

    def __str__(self) -> str:
        what = f"Argilla {self.version}, as {self.account} ({self.role}), workspace {self.workspace}"
        return what if self.workspace_stands else f"{what}, which the next start makes"


def check(project: Project) -> Standing:
    """Ask the project's Argilla.

    Raises ServiceUnavailable (no answer), InvalidInput (no Argilla, or not one of the versions we
    speak to), NotAllowed (no key, not its key, an annotator's, or not in the workspace).
    """
    client = connect(project, timeout_s=_CHECK_LIMIT_S)
    version = _version(client)
    key = f"The key in {project.settings.services.argilla_api_key_env}"
    try:
        me = client.me()
    except NotAllowed as fault:
        raise NotAllowed(
            f"{key} is not one that the Argilla at {client.base_url} knows.",
            next_step="Copy an owner's or an admin's key from Argilla's settings page.",
        ) from fault
    if me.role == "annotator":
        raise NotAllowed(
            f"{key} is that of {me.username}, an annotator; Understudy needs an owner's or an admin's.",
            next_step="Use an owner's key, or have an owner make that account an admin.",
        )
    stands = client.has_workspace(project.name)
    if not stands and me.role != "owner":
        raise NotAllowed(
            f"{key} is that of {me.username}, an admin who belongs to no workspace {project.name!r} there.",
            next_step="Have an owner make the workspace and add the account to it, or use an owner's key.",
        )
    return Standing(client.base_url, version, me.username, me.role, project.name, stands)


def prepare(project: Project) -> Standing:
    """`check`, and make the workspace if it is missing."""
    standing = check(project)
    if not standing.workspace_stands:
        connect(project).ensure_workspace(project.name)
    return standing


def _version(client: ArgillaClient) -> str:
    try:
        version = client.version()
    except (NotFound, NotAllowed, InvalidInput) as fault:
        raise InvalidInput(
            f"What answers at {client.base_url} is no Argilla 2: {fault.what}",
            next_step="Correct services.argilla_url: it is the address before /api, such as https://host.",
        ) from fault
    found = re.match(r"(\d+)\.(\d+)", version)
    number = (int(found[1]), int(found[2])) if found else (0, 0)
    spoken = f"Understudy speaks to {OLDEST[0]}.{OLDEST[1]} and later, before {TOO_NEW[0]}"
    if number < OLDEST:
        raise InvalidInput(
            f"The Argilla at {client.base_url} has version {version}, which is too old: {spoken}.",
            next_step="Update it to Argilla 2.8.",
        )
    if number >= TOO_NEW:
        raise InvalidInput(
            f"The Argilla at {client.base_url} has version {version}, which is too new: {spoken}.",
            next_step="Update Understudy, or use an Argilla 2.8.",
        )
    return version
