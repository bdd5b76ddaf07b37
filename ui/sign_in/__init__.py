"""Sign-in: Argilla's users are the users; a session of ours remembers them.

`enter` checks a name and password with Argilla and opens a session; `person_of` reads the
cookie of a request; `leave` ends the session everywhere at once.
"""

from __future__ import annotations

from dataclasses import dataclass

from storage import argilla_client, database
from storage.project import Project
from ui.sign_in import cookies, sessions
from ui.sign_in.person import Action, Person

__all__ = ["Action", "Entrance", "Person", "enter", "leave", "person_of"]


@dataclass(frozen=True)
class Entrance:
    """A person who has just signed in, and the cookie value that remembers them."""

    person: Person
    cookie: str


def enter(project: Project, username: str, password: str) -> Entrance:
    """Check a name and password with Argilla and open a session.

    Raises NotAllowed when Argilla refuses them, ServiceUnavailable when it does not answer.
    """
    with argilla_client.connect(project) as client:
        token = client.sign_in(username, password)
    with argilla_client.connect(project, token=token) as client:
        user = client.me()
    person = Person(str(user.id), user.username, user.role, token)
    session_id = sessions.open_session(database.engine(project), person)
    return Entrance(person, cookies.sealed(project, session_id))


def person_of(project: Project, cookie: str | None) -> Person | None:
    """The person a cookie stands for; None for a missing, forged, expired or ended one."""
    session_id = cookies.opened(project, cookie)
    return None if session_id is None else sessions.find(database.engine(project), session_id)


def leave(project: Project, cookie: str | None) -> None:
    """End the session of a cookie; a cookie that stands for none is no error."""
    session_id = cookies.opened(project, cookie)
    if session_id is not None:
        sessions.end(database.engine(project), session_id)
