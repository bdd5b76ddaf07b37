"""From a location to a file of this machine: paths as they are, uploads as kept, addresses fetched.

What is fetched and not yet imported lies in the project's cache, for a week at most. An upload that a source
keeps lies there too, as long as the source stands.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from curation.imports.reading import fetching
from curation.imports.reading.fetching import FetchLimits
from curation.sources.locations import Location
from storage.artifacts import disk_faults
from storage.errors import NotFound
from storage.project import Project

KEPT_S = 7 * 24 * 3600
Progress = Callable[[int], None]


def bring(
    project: Project,
    location: Location,
    *,
    source_id: str = "",
    limits: FetchLimits | None = None,
    progress: Progress | None = None,
) -> Path:
    """The file or folder at a location; an address is fetched anew, with `progress` in bytes.

    Raises NotFound for a path or upload that has vanished, and as `fetching.fetch`.
    """
    if location.kind == "address":
        home = fetched_home(project, location)
        _forget_old(home.parent)
        return fetching.fetch(location.where, home, limits=limits, progress=progress)
    path = at_hand(project, location, source_id)
    if path is None or not path.exists():
        kept = location.kind == "upload"
        raise NotFound(
            f"The uploaded file {location.name} is gone." if kept else f"There is no file {path} any more.",
            next_step=f"{'Upload it again' if kept else 'Put it back'}, or forget the source.",
        )
    return path


def at_hand(project: Project, location: Location, source_id: str = "") -> Path | None:
    """Where to read a location without fetching anything; None for an address that is not fetched yet.

    Whether a path or upload is still there is seen when it is read.
    """
    if location.kind == "address":
        return fetched(project, location)
    kept = location.kind == "upload" and source_id
    return kept_folder(project, source_id) / location.where if kept else Path(location.where)


def fetched(project: Project, location: Location) -> Path | None:
    """The copy of an address that was fetched and not yet discarded; None where there is none."""
    home = fetched_home(project, location)
    found = [path for path in home.iterdir() if not path.name.startswith(".")] if home.is_dir() else []
    return found[0] if found else None


def discard(project: Project, location: Location) -> None:
    """Remove the fetched copy of an address."""
    shutil.rmtree(fetched_home(project, location), ignore_errors=True)


def keep(project: Project, source_id: str, path: Path) -> Path:
    """Keep an uploaded file with a source, in the place of the one it had. Raises NotFound, DiskFull."""
    if not path.is_file():
        raise NotFound(f"The uploaded file {path.name} is gone.", next_step="Upload it again.")
    home = kept_folder(project, source_id)
    target = home / path.name
    if path == target:
        return target
    part = home / f".tmp-{path.name}"
    with disk_faults(project.cache_dir):
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        part.unlink(missing_ok=True)
        try:
            os.link(path, part)
        except OSError:  # another file system, or one without links
            shutil.copyfile(path, part)
        part.replace(target)
    for other in home.iterdir():
        if other != target:
            other.unlink()
    return target


def let_go(project: Project, source_id: str) -> None:
    """Remove the upload that was kept with a source, if there is one."""
    shutil.rmtree(kept_folder(project, source_id), ignore_errors=True)


def kept_folder(project: Project, source_id: str) -> Path:
    """Where the upload of a source is kept."""
    return project.cache_dir / "sources" / source_id


def fetched_home(project: Project, location: Location) -> Path:
    """Where the copy of an address lies."""
    digest = hashlib.sha256(location.where.encode()).hexdigest()[:20]
    return project.cache_dir / "fetched" / digest


def _forget_old(home: Path) -> None:
    for folder in home.iterdir() if home.is_dir() else ():
        if time.time() - folder.stat().st_mtime > KEPT_S:
            shutil.rmtree(folder, ignore_errors=True)
