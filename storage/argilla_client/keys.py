"""Replacing an account's API key, which Argilla's own API cannot do.

Argilla looks the key up at every request, so the old one is worth nothing from then on. It is
written into the table of our own Argilla; in an external one only its operator can.
"""

from __future__ import annotations

import secrets

import psycopg

from storage.errors import NotFound, ServiceUnavailable, UserError
from storage.project import Project


def replaceable(project: Project) -> bool:
    """Whether keys can be replaced: in our own Argilla."""
    return not project.settings.services.argilla_url


def replace(project: Project, user_id: str) -> str:
    """Give an account a new API key; the answer is the key, which nothing shows again.

    Raises UserError for an external Argilla, NotFound for an account that is not there.
    """
    from storage.services import postgres

    if not replaceable(project):
        raise UserError(
            f"API keys of {project.settings.services.argilla_url} cannot be replaced from here.",
            next_step="Ask whoever runs that Argilla.",
        )
    key = secrets.token_urlsafe(48)
    try:
        with psycopg.connect(
            postgres.connection_string(project, "argilla"), connect_timeout=10
        ) as connection:
            done = connection.execute(
                "UPDATE users SET api_key = %s, updated_at = timezone('utc', now()) WHERE id = %s::uuid",
                (key, user_id),
            )
    except psycopg.OperationalError as fault:
        raise ServiceUnavailable(
            "PostgreSQL does not answer.", next_step="Start the project with `understudy up`, then try again."
        ) from fault
    if done.rowcount != 1:
        raise NotFound("Argilla has no such account any more.")
    return key
