"""Sign-in: Argilla's users are the users; a session of ours remembers them.

`enter` checks a name and password with Argilla and opens a session; `person_of` reads the
cookie of a request, and asks Argilla every 20 seconds whether the person still has that role;
`leave` ends the session everywhere at once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from storage import argilla_client, audit
from storage.argilla_client.transport import TIMEOUT_S
from storage.errors import NotAllowed, ServiceUnavailable, UserError
from storage.identifiers import now
from storage.project import Project
from ui.sign_in import attempts, cookies, sessions
from ui.sign_in.attempts import TooManyAttempts
from ui.sign_in.person import Action, Person

__all__ = [
    "Action", "Entrance", "Person", "TooManyAttempts", "check_password", "enter", "leave", "person_of",
    "session_of",
]  # fmt: skip

CHECKED_EVERY = timedelta(seconds=20)
"""How old a role may be; what is changed in this app holds at the very next request."""
_NO_MATCH = "That name and password do not match."
_LONGEST = 100
_PATIENCE_S = 3.0
"""How long a page waits for Argilla to say who somebody still is; what it knows holds till the next time."""


@dataclass(frozen=True)
class Entrance:
    """A person who has just signed in, and the cookie value that remembers them."""

    person: Person
    cookie: str


def enter(project: Project, username: str, password: str, address: str = "") -> Entrance:
    """Check a name and password with Argilla and open a session. `address` is the browser's.

    Raises TooManyAttempts before anything is checked, NotAllowed where name and password do not
    match or the account has no part in this project, ServiceUnavailable when Argilla does not answer.
    """
    person = _signed_in(project, username, password, address)
    session_id = sessions.open_session(project, person)
    audit.append(
        project, actor=person.username, action="session.open", facts={"address": address, "role": person.role}
    )
    return Entrance(person, cookies.sealed(project, session_id))


def check_password(project: Project, person: Person, password: str) -> None:
    """See that `password` is the person's own. Raises as `enter` does; it counts as an attempt."""
    _token(project, person.username, password, "")


def person_of(project: Project, cookie: str | None) -> Person | None:
    """The person a cookie stands for; None for a missing, forged, expired or ended one."""
    session_id = session_of(project, cookie)
    found = None if session_id is None else sessions.find(project, session_id)
    if session_id is None or found is None:
        return None
    limit = now() - CHECKED_EVERY
    if found.checked_at < limit and sessions.claim_check(project, session_id, limit):
        return _checked_again(project, session_id, found.person)
    return found.person


def session_of(project: Project, cookie: str | None) -> str | None:
    """The session id in a cookie; None where this project did not sign it."""
    return cookies.opened(project, cookie)


def leave(project: Project, cookie: str | None) -> None:
    """End the session of a cookie; a cookie that stands for none is no error."""
    session_id = session_of(project, cookie)
    found = None if session_id is None else sessions.find(project, session_id)
    if session_id is not None and found is not None:
        sessions.end(project, session_id)
        audit.append(project, actor=found.person.username, action="session.close")


def _signed_in(project: Project, username: str, password: str, address: str) -> Person:
    token = _token(project, username, password, address)
    try:
        return _person(project, token)
    except NotAllowed:
        audit.append(
            project, actor=username, action="session.refuse", facts={"why": "no part in the project"}
        )
        raise


def _token(project: Project, username: str, password: str, address: str) -> str:
    """Argilla's token for a name and password, with the attempt counted and a failed one written down."""
    client = argilla_client.connect(project)
    attempts.admit(project, username, address)
    try:
        if not _could_match(username, password):
            raise NotAllowed(_NO_MATCH)
        token = client.sign_in(username, password)
    except NotAllowed as fault:
        facts: audit.Facts = {"address": address, "why": "wrong name or password"}
        audit.append(project, actor=_known(project, username), action="session.refuse", facts=facts)
        raise NotAllowed(_NO_MATCH) from fault
    except ServiceUnavailable:
        attempts.not_decided(project, username, address)
        raise
    attempts.succeeded(project, username, address)
    return token


def _person(project: Project, token: str, timeout_s: float = TIMEOUT_S) -> Person:
    """Whom a token stands for. Raises NotAllowed for an account without a part in this project."""
    client = argilla_client.connect(project, token=token, timeout_s=timeout_s)
    user = client.me()
    if user.role != "owner" and project.name not in client.my_workspaces():
        raise NotAllowed(
            f"{user.username} has no part in the project {project.name}.",
            next_step="Ask an owner or admin of it to invite you.",
        )
    return Person(user.id, user.username, user.role, token)


def _checked_again(project: Project, session_id: str, person: Person) -> Person | None:
    """The person as Argilla knows them now; None, and no session any more, where it lets them in no longer.

    While Argilla does not answer nobody's role can change there: the session stays as it is.
    """
    try:
        current = _person(project, person.argilla_token, _PATIENCE_S)
    except NotAllowed:
        sessions.end(project, session_id)
        return None
    except UserError:
        return person
    if current.role != person.role:
        sessions.set_role(project, person.user_id, current.role)
    return replace(person, role=current.role)


def _could_match(username: str, password: str) -> bool:
    """Whether Argilla can look these up at all: it breaks on what its database or bcrypt cannot hold."""
    return (
        0 < len(username) <= _LONGEST
        and "\x00" not in username + password
        and len(password.encode(errors="replace")) <= 72
    )


def _known(project: Project, username: str) -> str:
    """The name if somebody has it. What nobody has is not written down: it may be a password."""
    try:
        known = {user.username for user in argilla_client.connect(project).users()}
    except UserError:
        known = set()
    return username if username in known else "nobody known"
