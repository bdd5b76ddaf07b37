"""Argilla's tokens as they lie in the database: encrypted with a key that only the project's folder has."""

from __future__ import annotations

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken

from storage.project import Project
from storage.services import secrets

_PURPOSE = "understudy argilla token"


def sealed(project: Project, token: str) -> str:
    """The token, encrypted and signed."""
    return _box(project).encrypt(token.encode()).decode()


def opened(project: Project, text: str) -> str | None:
    """The token inside; None where it was sealed with another key, or altered."""
    try:
        return _box(project).decrypt(text.encode()).decode()
    except InvalidToken:
        return None


def _box(project: Project) -> Fernet:
    return Fernet(urlsafe_b64encode(secrets.derived_key(project, _PURPOSE)))
