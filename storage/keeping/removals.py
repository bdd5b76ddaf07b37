"""Artifacts that were taken away on purpose: what was made from them stays explained.

    tasks/<task>/removed/<kind>.<id>.json      what it was, when it went, who took it away and why

The entry is sealed like a manifest and written before anything is deleted, so that a kill leaves an
artifact too many, never a gap that nobody can explain.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from storage import artifacts, sealing
from storage.artifacts import MANIFEST, Manifest
from storage.errors import InvalidInput
from storage.identifiers import is_name, now
from storage.project import Project

FOLDER = "removed"
_VERSION = 1


@dataclass(frozen=True)
class Removal:
    """An artifact that is gone. `replaced_by` is the reference of what holds the rest of it, if any does."""

    task: str
    reference: str
    removed_at: datetime
    removed_by: str
    why: str
    manifest_sha256: str
    replaced_by: str = ""


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    removal_version: int
    task: str
    reference: str
    removed_at: datetime
    removed_by: str
    why: str
    manifest_sha256: str
    replaced_by: str
    seal: str


def remove(project: Project, manifest: Manifest, *, by: str, why: str, replaced_by: str = "") -> Removal:
    """Delete an artifact and write down that it was meant to go. Safe to repeat after a kill.

    Raises DiskFull where there is no room to write it down: then nothing is deleted.
    """
    if not why:
        raise InvalidInput(f"No reason is given for removing {manifest.reference}.", next_step="Give one.")
    entry = Removal(
        manifest.task, manifest.reference, now(), by, why,
        artifacts.sha256_of(manifest.folder / MANIFEST), replaced_by,
    )  # fmt: skip
    path = entry_path(project, manifest.task, manifest.reference)
    with artifacts.disk_faults(path.parent):
        path.parent.mkdir(exist_ok=True)
        _write(path, _bytes(entry))
    hidden = manifest.folder.with_name(f".tmp-{manifest.artifact_id}-{os.getpid()}")
    manifest.folder.rename(hidden)
    shutil.rmtree(hidden, ignore_errors=True)
    return entry


def entry_path(project: Project, task: str, reference: str) -> Path:
    """Where the removal of `kind/id` is written down."""
    return project.tasks_dir / task / FOLDER / f"{reference.replace('/', '.', 1)}.json"


def paths(project: Project) -> Iterator[Path]:
    """The entries there are, unread."""
    for task in sorted(project.tasks_dir.iterdir()) if project.tasks_dir.is_dir() else ():
        folder = task / FOLDER
        if is_name(task.name) and folder.is_dir():
            yield from (path for path in sorted(folder.glob("*.json")) if not path.name.startswith("."))


def read(path: Path) -> Removal:
    """An entry from its file. Raises InvalidInput for one that is not as it was written."""
    try:
        whole = path.read_bytes()
        if sealing.state(whole) != "sealed":
            raise ValueError("it is not as it was written: its seal differs")
        found = _Entry.model_validate_json(whole)
    except ValidationError as fault:
        raise _damaged(path, f"{fault.error_count()} of its parts") from fault
    except (ValueError, OSError) as fault:
        raise _damaged(path, str(fault)) from fault
    if found.removal_version > _VERSION:
        raise InvalidInput(
            f"{path} has version {found.removal_version}; this release knows {_VERSION}.",
            next_step="Open the project with the newer release that wrote it.",
        )
    return Removal(
        found.task, found.reference, found.removed_at, found.removed_by, found.why, found.manifest_sha256,
        found.replaced_by,
    )  # fmt: skip


def _damaged(path: Path, why: str) -> InvalidInput:
    return InvalidInput(
        f"{path} cannot be read: {why}.", next_step="Copy it back from a backup, then verify again."
    )


def _bytes(entry: Removal) -> bytes:
    body = {"removal_version": _VERSION, **asdict(entry), "removed_at": entry.removed_at.isoformat()}
    return sealing.sealed(json.dumps(body, indent=1, ensure_ascii=False) + "\n")


def _write(path: Path, content: bytes) -> None:
    temporary = path.with_name(f".{path.name}-{os.getpid()}")
    with temporary.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(path)
