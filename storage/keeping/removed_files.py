"""Files taken out of an artifact on purpose: it stands, without them, and says so.

    "removed": {"at": …, "by": …, "why": …, "files": ["raw.parquet", …], "manifest_sha256": …}

stands among the facts of its manifest from then on. The manifest is replaced before a file is deleted:
after a kill in between the files are there and no manifest names them, and removing them again ends it.
"""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import datetime

from storage import artifacts
from storage.artifacts import MANIFEST, Manifest
from storage.identifiers import now
from storage.project import Project

FACT = "removed"


def remove_files(manifest: Manifest, *, by: str, why: str) -> Manifest:
    """Delete every file of an artifact but its manifest. Safe to repeat.

    Raises DiskFull where the new manifest finds no room: then nothing is deleted.
    """
    if manifest.files:
        said = {
            "at": now().isoformat(),
            "by": by,
            "why": why,
            "files": [entry.name for entry in manifest.files],
            "manifest_sha256": artifacts.sha256_of(manifest.folder / MANIFEST),
        }
        manifest = replace(manifest, files=(), facts={**manifest.facts, FACT: said})
        with artifacts.disk_faults(manifest.folder):
            _replaced(manifest)
    for path in sorted(manifest.folder.rglob("*"), reverse=True):
        if path.is_dir():
            path.rmdir()
        elif path != manifest.folder / MANIFEST:
            path.unlink(missing_ok=True)
    return manifest


def removed_at(manifest: Manifest) -> datetime | None:
    """Since when an artifact is without its files; None where it has them."""
    said = manifest.facts.get(FACT)
    return datetime.fromisoformat(said["at"]) if said else None


def older_than(project: Project, kind: str, moment: datetime) -> list[Manifest]:
    """The artifacts of a kind that were published before a moment and have files still, oldest first."""
    return [
        manifest
        for manifest in artifacts.listing(project, kind)
        if manifest.created_at < moment and _holds_files(manifest)
    ]


def _holds_files(manifest: Manifest) -> bool:
    return bool(manifest.files) or any(path.name != MANIFEST for path in manifest.folder.iterdir())


def _replaced(manifest: Manifest) -> None:
    temporary = manifest.folder / f".{MANIFEST}-{os.getpid()}"
    try:
        with temporary.open("wb") as stream:
            stream.write(artifacts.manifest_bytes(manifest))
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(manifest.folder / MANIFEST)
        folder = os.open(manifest.folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    finally:
        temporary.unlink(missing_ok=True)
