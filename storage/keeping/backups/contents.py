"""`backup.json`: what a backup holds. It is written last and sealed, like an artifact's manifest.

A manifest vouches for an artifact's files and this file for the manifests, so that one hash at the
end of the chain stands for everything.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from storage import sealing
from storage.artifacts import sha256_of
from storage.errors import InvalidInput, NotFound

FORMAT = 1
FILE = "backup.json"
PROJECT = "project"
DATABASES = "databases"
SECRETS = "secrets.json"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class KeptFile(_Part):
    """A file of a backup that no manifest names, manifests themselves among them."""

    name: str
    sha256: str
    size_bytes: int


class Contents(_Part):
    """What a backup says of itself.

    `argilla` is `own` where Argilla's database is in the backup, else the address of the one that
    the project uses and that is not ours to copy. `databases` names the dumps.
    """

    format: int
    backup_id: str
    taken_at: datetime
    code_version: str
    project: str
    argilla: str
    postgres_version: str
    databases: tuple[str, ...]
    with_secrets: bool
    artifacts: int
    size_bytes: int
    files: tuple[KeptFile, ...]


def as_bytes(contents: Contents) -> bytes:
    """What stands in `backup.json`."""
    body = contents.model_dump(mode="json")
    return sealing.sealed(json.dumps(body, indent=1, ensure_ascii=False) + "\n")


def read(folder: Path) -> Contents:
    """A backup's contents.

    Raises NotFound where there is no whole backup, InvalidInput for a damaged one or that of a newer release.
    """
    path = folder / FILE
    if not path.is_file():
        raise NotFound(
            f"{folder} holds no {FILE}: it is no backup, or not a whole one.",
            next_step="Name a backup, or a folder of backups, that `understudy backup` made.",
        )
    whole = path.read_bytes()
    if sealing.state(whole) != "sealed":
        raise _damaged(path, "it is not as it was written: its seal differs")
    body = json.loads(whole)
    if body.get("format", 0) > FORMAT:
        raise InvalidInput(
            f"{path} has format {body['format']}; this release knows up to {FORMAT}.",
            next_step="Restore it with the newer release that made it.",
        )
    body.pop(sealing.KEY)
    try:
        return Contents.model_validate(body)
    except ValidationError as fault:
        raise _damaged(path, f"{fault.error_count()} of its parts cannot be read") from fault


def faults(folder: Path, contents: Contents) -> list[str]:
    """The files that are missing or not as they were written, each with what is wrong."""
    found = []
    for each in contents.files:
        path = folder / each.name
        if not path.is_file():
            found.append(f"{each.name} is missing")
        elif path.stat().st_size != each.size_bytes:
            found.append(f"{each.name} has {path.stat().st_size:,} bytes instead of {each.size_bytes:,}")
        elif sha256_of(path) != each.sha256:
            found.append(f"{each.name} is not as it was written: its SHA-256 differs")
    return found


def _damaged(path: Path, why: str) -> InvalidInput:
    return InvalidInput(
        f"The backup is damaged: {path}: {why}. Nothing was restored.",
        next_step="Take another backup, or copy this one again from where it was made.",
    )
