"""The sign-in cookie: a random session id, signed with the project's cookie key."""

from __future__ import annotations

from itsdangerous import BadSignature, URLSafeSerializer

from storage.project import Project
from storage.services import secrets

_SALT = "understudy sign-in"


def sealed(project: Project, session_id: str) -> str:
    """The cookie value that carries a session id."""
    return str(_signer(project).dumps(session_id))


def opened(project: Project, cookie: str | None) -> str | None:
    """The session id a cookie carries; None when it is missing or not signed by this project."""
    if not cookie:
        return None
    try:
        session_id = _signer(project).loads(cookie)
    except BadSignature:
        return None
    return session_id if isinstance(session_id, str) else None


def _signer(project: Project) -> URLSafeSerializer:
    return URLSafeSerializer(secrets.load(project).cookie_key, salt=_SALT)
