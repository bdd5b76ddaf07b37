"""Seals for artifacts of releases whose manifests had none: only on request, and only what is sound."""

from __future__ import annotations

import os
from pathlib import Path

from storage import artifacts, sealing
from storage.artifacts import MANIFEST, Manifest
from storage.keeping import places
from storage.keeping.checking import check
from storage.project import Project


def seal_old(project: Project) -> list[str]:
    """Write the manifests without a seal anew, with one; the references (`task/kind/id`) of those.

    What such a manifest says was never protected: a seal vouches for it from now on. An artifact
    with a fault is left as it is. Raises DiskFull.
    """
    done = []
    for reference, folder in places.look(project).artifacts.items():
        if sealing.state((folder / MANIFEST).read_bytes()) != "unsealed":
            continue
        found = check(folder, reference)
        if found.manifest is not None and not found.faults:
            _write(folder, found.manifest)
            done.append(reference)
    return done


def _write(folder: Path, manifest: Manifest) -> None:
    temporary = folder / f".{MANIFEST}-{os.getpid()}"
    with artifacts.disk_faults(folder), temporary.open("wb") as stream:
        stream.write(artifacts.manifest_bytes(manifest))
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(folder / MANIFEST)
