"""The newest line's number and hash, kept in a file of the project: `audit-anchor.json`.

Whoever may write to the database could cut the chain at its end, or write all of it anew; the
file remembers how far it had come. It is moved on after each commit, so it may be a line behind
the database after a crash, and is never ahead of it.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from storage.project import Project


class Anchor(BaseModel):
    """How far the log had come when the file was written."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    seq: int
    hash: str


def path(project: Project) -> Path:
    """Where the anchor lies; copy it elsewhere to hold it against those who may write here."""
    return project.root / "audit-anchor.json"


def read(project: Project) -> Anchor | None:
    """The anchor, None where there is none that can be read."""
    try:
        return Anchor.model_validate_json(path(project).read_bytes())
    except (FileNotFoundError, ValidationError):
        return None


def advance(project: Project, seq: int, digest: str, *, anew: bool = False) -> None:
    """Move the anchor to line `seq`; a process that comes late never moves it back.

    `anew` sets it in any case: the log has noted why.
    """
    target = path(project)
    with target.with_suffix(".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        standing = read(project)
        if standing is not None and standing.seq >= seq and not anew:
            return
        temporary = target.with_name(f".{target.name}-{os.getpid()}")
        # not synced to the disk: after a power cut it may be behind, which is no fault, and each
        # review would wait for a second write
        temporary.write_text(Anchor(seq=seq, hash=digest).model_dump_json() + "\n", encoding="utf-8")
        temporary.replace(target)
