"""Sign-in sessions as rows: only the hash of a session id is stored, and a row can be ended."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, insert, select, update

from storage import database
from storage.database.tables import sessions
from storage.identifiers import now
from storage.project import Project
from ui.sign_in import sealing
from ui.sign_in.person import Person

LIFETIME = timedelta(hours=12)
"""Shorter than the day for which Argilla's own token is good."""


@dataclass(frozen=True)
class Session:
    """A session that is neither expired nor ended, and when Argilla was last asked about its person."""

    person: Person
    checked_at: datetime


def open_session(project: Project, person: Person) -> str:
    """Store a session that lasts `LIFETIME`; the answer is its secret id, known to the cookie alone."""
    session_id = secrets.token_urlsafe(32)
    moment = now()
    with database.engine(project).begin() as connection:
        connection.execute(
            insert(sessions).values(
                id_hash=_hash(session_id),
                user_id=person.user_id,
                username=person.username,
                role=person.role,
                argilla_token=sealing.sealed(project, person.argilla_token),
                created_at=moment,
                checked_at=moment,
                expires_at=moment + LIFETIME,
            )
        )
    return session_id


def find(project: Project, session_id: str) -> Session | None:
    """The session of that id, None where it is expired, ended, or sealed with keys that are gone."""
    columns = sessions.c
    wanted = select(
        columns.user_id, columns.username, columns.role, columns.argilla_token, columns.checked_at
    ).where(columns.id_hash == _hash(session_id), columns.revoked_at.is_(None), columns.expires_at > now())
    with database.engine(project).connect() as connection:
        row = connection.execute(wanted).one_or_none()
    token = None if row is None else sealing.opened(project, row.argilla_token)
    if row is None or token is None:
        return None
    return Session(Person(str(row.user_id), row.username, row.role, token), row.checked_at)


def claim_check(project: Project, session_id: str, older_than: datetime) -> bool:
    """Whether the caller is the one to ask Argilla about this session now; of several at once one is."""
    claim = (
        update(sessions)
        .where(sessions.c.id_hash == _hash(session_id), sessions.c.checked_at < older_than)
        .values(checked_at=now())
    )
    with database.engine(project).begin() as connection:
        return connection.execute(claim).rowcount == 1


def set_role(project: Project, user_id: str, role: str) -> None:
    """Let a person's running sessions have this role from their next request on."""
    with database.engine(project).begin() as connection:
        connection.execute(update(sessions).where(sessions.c.user_id == user_id).values(role=role))


def end(project: Project, session_id: str) -> None:
    """End one session now; ending it twice changes nothing."""
    _end(project, sessions.c.id_hash == _hash(session_id))


def end_all_of(project: Project, user_id: str, *, but: str | None = None) -> None:
    """End every session of a person, on every machine they are signed in on, but the one of that id."""
    whose = sessions.c.user_id == user_id
    _end(project, whose if but is None else whose & (sessions.c.id_hash != _hash(but)))


def _end(project: Project, which: ColumnElement[bool]) -> None:
    with database.engine(project).begin() as connection:
        connection.execute(
            update(sessions).where(which, sessions.c.revoked_at.is_(None)).values(revoked_at=now())
        )


def _hash(session_id: str) -> str:
    return hashlib.sha256(session_id.encode()).hexdigest()
