"""People of a test: accounts in the project, as the sign-in module knows them."""

from __future__ import annotations

import secrets as random
from dataclasses import dataclass

from storage import argilla_client
from storage.argilla_client import Token
from storage.argilla_client.shapes import Role
from storage.project import Project
from ui.sign_in import Person, enter, person_of


@dataclass(frozen=True)
class Somebody:
    """An account, the words that open it, and one session of it."""

    username: str
    password: str
    token: Token
    cookie: str
    api_key: str

    def person(self, project: Project) -> Person:
        """Who the session stands for now."""
        found = person_of(project, self.cookie)
        assert found is not None, f"{self.username} is signed out"
        return found


def somebody(project: Project, role: Role, name: str = "", *, workspaces: tuple[str, ...] = ()) -> Somebody:
    """Make an account with that role, and sign it in."""
    username = f"{name or role}-{random.token_hex(3)}"
    password = random.token_urlsafe(12)
    owner = argilla_client.connect(project)
    owner.create_user(username, password, role, workspaces or [project.name])
    entrance = enter(project, username, password, "203.0.113.7")
    token = owner.sign_in(username, password)
    key = argilla_client.connect(project, token=token)._http.request("GET", "/me").json()["api_key"]
    return Somebody(username, password, token, entrance.cookie, key)
