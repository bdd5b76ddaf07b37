"""Sign-in sessions as rows: only the hash of a session id is stored, and a row can be ended."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from sqlalchemy import Engine, insert, select, update

from storage.database.tables import sessions
from storage.identifiers import now
from ui.sign_in.person import Person

LIFETIME = timedelta(hours=12)
"""Shorter than the day for which Argilla's own token is good."""


def open_session(engine: Engine, person: Person) -> str:
    """Store a session that lasts `LIFETIME`; the answer is its secret id, known to the cookie alone."""
    session_id = secrets.token_urlsafe(32)
    moment = now()
    with engine.begin() as connection:
        connection.execute(
            insert(sessions).values(
                id_hash=_hash(session_id),
                user_id=person.user_id,
                username=person.username,
                role=person.role,
                argilla_token=person.argilla_token,
                created_at=moment,
                expires_at=moment + LIFETIME,
            )
        )
    return session_id


def find(engine: Engine, session_id: str) -> Person | None:
    """The person of a session that is neither expired nor ended, else None."""
    wanted = select(sessions.c.user_id, sessions.c.username, sessions.c.role, sessions.c.argilla_token).where(
        sessions.c.id_hash == _hash(session_id),
        sessions.c.revoked_at.is_(None),
        sessions.c.expires_at > now(),
    )
    with engine.connect() as connection:
        row = connection.execute(wanted).one_or_none()
    return None if row is None else Person(str(row.user_id), row.username, row.role, row.argilla_token)


def end(engine: Engine, session_id: str) -> None:
    """End one session now; ending it twice changes nothing."""
    _end(engine, sessions.c.id_hash == _hash(session_id))


def end_all_of(engine: Engine, username: str) -> None:
    """End every session of a person, on every machine they are signed in on."""
    _end(engine, sessions.c.username == username)


def _end(engine: Engine, which: object) -> None:
    with engine.begin() as connection:
        connection.execute(
            update(sessions).where(which, sessions.c.revoked_at.is_(None)).values(revoked_at=now())  # type: ignore[arg-type]
        )


def _hash(session_id: str) -> str:
    return hashlib.sha256(session_id.encode()).hexdigest()
