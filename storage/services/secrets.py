# ruff: noqa: A005 - always imported as `storage.services.secrets`
"""The project's secrets: random, made at first start, in files that only their owner can read.

    services/secrets.json           keys that services share; never printed
    services/first-password         the owner's password, until `take_first_password` has handed it over

There are no default credentials: two projects never share a key.
"""

from __future__ import annotations

import hmac
import os
import secrets
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from storage.errors import InvalidInput
from storage.project import Project

OWNER_USERNAME = "owner"
"""The username of the account that the first start makes."""

_LEGIBLE = "abcdefghjkmnpqrstuvwxyz23456789"  # without i, l, o, 0 and 1, which are misread


class Secrets(BaseModel):
    """The keys of one project; every field is at least 128 bits of randomness."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    argilla_auth_secret: str = Field(min_length=32, repr=False)
    owner_api_key: str = Field(min_length=32, repr=False)
    cookie_key: str = Field(min_length=32, repr=False)
    redis_password: str = Field(min_length=32, repr=False)


def load(project: Project) -> Secrets:
    """The project's secrets, made at the first call. Raises InvalidInput if the file is damaged."""
    path = project.services_dir / "secrets.json"
    if not path.exists():
        fresh = Secrets(**{name: secrets.token_hex(32) for name in Secrets.model_fields})
        write_private(path, fresh.model_dump_json(indent=1) + "\n", only_if_absent=True)
    try:
        return Secrets.model_validate_json(path.read_text(encoding="utf-8"))
    except ValidationError as fault:
        raise InvalidInput(
            f"{path} cannot be read: {fault.error_count()} of its keys are missing or too short.",
            next_step="Restore it from a backup. Deleting it makes new keys and signs everybody out.",
        ) from fault


def first_password_file(project: Project) -> Path:
    """Where the owner's first password lies between its making and its being shown.

    Argilla's launcher reads it when it makes the owner's account, and at no other time.
    """
    return project.services_dir / "first-password"


def make_first_password(project: Project) -> Path:
    """Write a fresh first password (100 bits, legible) unless one waits already; returns its file."""
    path = first_password_file(project)
    if not path.exists():
        write_private(path, legible_password(), only_if_absent=True)
    return path


def legible_password() -> str:
    """A random password of about 100 bits that can be read out and typed."""
    return "-".join("".join(secrets.choice(_LEGIBLE) for _ in range(5)) for _ in range(4))


def derived_key(project: Project, purpose: str) -> bytes:
    """32 bytes for one purpose, made from the project's cookie key; the same at every call."""
    return hmac.digest(load(project).cookie_key.encode(), purpose.encode(), "sha256")


def peek_first_password(project: Project) -> str | None:
    """The first password if it was not handed over yet, without forgetting it."""
    try:
        return first_password_file(project).read_text(encoding="utf-8") or None
    except FileNotFoundError:
        return None


def forget_first_password(project: Project) -> None:
    """Delete the first password from the disk: it has been shown."""
    first_password_file(project).unlink(missing_ok=True)


def write_private(path: Path, text: str, *, only_if_absent: bool = False) -> None:
    """Write a file of mode 0600, whole or not at all.

    With `only_if_absent` a file that another process wrote meanwhile is kept as it is.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}-{os.getpid()}-{secrets.token_hex(4)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    if not only_if_absent:
        temporary.replace(path)
        return
    try:
        os.link(temporary, path)
    except FileExistsError:
        pass
    finally:
        temporary.unlink()
