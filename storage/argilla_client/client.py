"""The client: one Argilla, as one account."""

from __future__ import annotations

import os
import re
from types import TracebackType
from typing import Self

from storage.argilla_client.change_feed import ChangeFeed
from storage.argilla_client.replies import VersionReply, read
from storage.argilla_client.transport import TIMEOUT_S, Transport
from storage.errors import NotAllowed
from storage.project import Project

_TOKEN = re.compile(r"[\w.~+/=-]+", re.ASCII)


class ArgillaClient(ChangeFeed):
    """Everything the project asks of Argilla. Cheap to make, safe to share between threads.

    Raises everywhere: ServiceUnavailable (no answer), NotAllowed (signed out, or not this role),
    NotFound, Conflict, InvalidInput (Argilla refused what was sent, with its reason).
    """

    def __init__(
        self,
        base_url: str,
        *,
        api_key: str | None = None,
        token: str | None = None,
        external: bool = False,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        """As the account of an API key, of a token from `sign_in`, or (without both) of nobody yet.

        Raises NotAllowed for what cannot be a token.
        """
        headers = {}
        if token is not None:
            if not _TOKEN.fullmatch(token):
                raise NotAllowed("The sign-in is not valid.", next_step="Sign in again.")
            headers["Authorization"] = f"Bearer {token}"
        elif api_key is not None:
            headers["X-Argilla-Api-Key"] = api_key
        super().__init__(Transport(base_url, headers, external=external, timeout_s=timeout_s))

    @property
    def base_url(self) -> str:
        """Where Argilla answers."""
        return self._http.base_url

    def version(self) -> str:
        """What the server says it is, such as 2.8.0; needs no account."""
        return read(self._http.request("GET", "/version"), VersionReply).version

    def has_workspace(self, name: str) -> bool:
        """Whether there is a workspace of that name that this account may see."""
        return self._workspace(name) is not None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing to give back: connections belong to the process."""


def connect(project: Project, *, token: str | None = None, timeout_s: float = TIMEOUT_S) -> ArgillaClient:
    """The project's Argilla, as the person who signed in, or as the owner where `token` is None.

    An answer that takes longer than `timeout_s` counts as none.

    Raises NotAllowed where an external Argilla is used and its key is not in the environment.
    """
    from storage.services import argilla, secrets

    settings = project.settings.services
    external, url = bool(settings.argilla_url), argilla.url(project)
    if token is not None:
        return ArgillaClient(url, token=token, external=external, timeout_s=timeout_s)
    if not external:
        return ArgillaClient(url, api_key=secrets.load(project).owner_api_key, timeout_s=timeout_s)
    key = os.environ.get(settings.argilla_api_key_env)
    if not key:
        raise NotAllowed(
            f"The key of the Argilla at {settings.argilla_url} is not set.",
            next_step=f"Put an owner's API key into the environment variable {settings.argilla_api_key_env}.",
        )
    if not key.isascii() or not key.isprintable():
        raise NotAllowed(
            f"{settings.argilla_api_key_env} holds characters that no key of Argilla has.",
            next_step="Copy the key again from Argilla's settings page, without quotes or line breaks.",
        )
    return ArgillaClient(url, api_key=key, external=True, timeout_s=timeout_s)
