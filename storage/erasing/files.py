"""Files that change and are no artifacts: logs, parts of jobs, caches, uploads, and whatever else lies there.

Text is overwritten where it stands, with as many bytes, since a log may be open in another process;
Parquet, compressed files and parts of jobs are written anew and renamed. Answers that are found again when
somebody asks go whole: what was worked out of a short text may hold it, where no text is looked for.
"""

from __future__ import annotations

import gzip
import mmap
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from storage import artifacts
from storage.artifacts import KINDS, MANIFEST
from storage.erasing import folders, parts, rows, sieving
from storage.erasing.needles import Needles
from storage.erasing.rows import Touched, Wanted
from storage.project import SETTINGS_NAME, Project
from storage.services import postgres

REQUESTS = "erasing"
"""The folder, in the project's, of what a running erasure has been asked for."""
_OURS = (SETTINGS_NAME, "audit-anchor.json")
_BESIDE = ".erasing"
_BROUGHT = ("uploads", "sources", "fetched")
"""The folders of the cache in which files lie that somebody brought."""
_FOUND_AGAIN = ("diffs", "figures", "duckdb")
"""Those of answers that are found again when somebody asks, and of what killed processes spilled."""
_PACKED = (".xlsx", ".zip", ".bz2", ".xz", ".zst", ".tar", ".feather", ".arrow")


@dataclass
class Swept:
    """What was done to files by their path below the project's, and those that could not be looked into."""

    files: dict[str, Touched] = field(default_factory=dict)
    deleted: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)


def listed(project: Project) -> Iterator[Path]:
    """Every file of the project that is no published artifact, no file of PostgreSQL's and no secret."""
    apart = {project.services_dir / "postgres", project.root / REQUESTS}
    for folder, names, files in os.walk(project.root):
        here = Path(folder)
        names[:] = sorted(name for name in names if here / name not in apart)
        known = _published(project, here)
        for name in sorted(files):
            path = here / name
            if path.is_file() and not path.is_symlink() and path not in known and not _is_ours(project, path):
                yield path


def look(project: Project, needles: Needles, condemned: frozenset[str] = frozenset()) -> Swept:
    """What `erase` would do."""
    return _swept(project, needles, condemned, change=False)


def erase(project: Project, needles: Needles, condemned: frozenset[str] = frozenset()) -> Swept:
    """Mask the texts in every file; delete those whose SHA-256 is `condemned`, and uploads that hold one.

    What was imported is a file that somebody brought: a row cannot be cut out of every format, so it
    goes whole.
    """
    return _swept(project, needles, condemned, change=True)


def in_bytes(path: Path, needles: Needles) -> int:
    """How often the texts stand in a file, read as bytes."""
    if path.stat().st_size == 0:
        return 0
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as view:
        if not sieving.may_hold(view, needles):
            return 0
        return sum(1 for form in needles.spelled for _ in _places(view, form.encode()))


def in_gzip(path: Path, needles: Needles) -> int:
    """The same for what a gzip file holds. Raises OSError, EOFError or zlib.error for a broken one."""
    with gzip.open(path) as stream:
        whole = stream.read()
    return sum(whole.count(form.encode()) for form in needles.spelled)


def _swept(project: Project, needles: Needles, condemned: frozenset[str], *, change: bool) -> Swept:
    done = Swept()
    if change:
        _clear(project)
    brought = [project.cache_dir / name for name in _BROUGHT]
    for path in listed(project):
        name = path.relative_to(project.root).as_posix()
        is_upload = any(path.is_relative_to(home) for home in brought)
        try:
            found = _touched(path, needles)
        except (pa.ArrowException, OSError, EOFError, zlib.error):
            found = None
        if (is_upload and found) or _is_condemned(project, path, condemned):
            done.deleted.append(name)
            if change:
                path.unlink()
        elif found is None or (path.suffix in (*folders.WEIGHTS, *_PACKED) and not found):
            done.closed.append(name)
        elif found:
            done.files[name] = found
            if change:
                with artifacts.disk_faults(path.parent):
                    _mask(path, needles, is_part=path.is_relative_to(project.jobs_dir))
    return done


def _is_condemned(project: Project, path: Path, condemned: frozenset[str]) -> bool:
    if not condemned or path.is_relative_to(project.services_dir):
        return False
    return artifacts.sha256_of(path) in condemned


def _clear(project: Project) -> None:
    """Delete what is found again when asked for, and what a killed call had begun to write beside a file."""
    for name in _FOUND_AGAIN:
        for kept in (path for path in (project.cache_dir / name).rglob("*") if not path.is_dir()):
            kept.unlink(missing_ok=True)
    for path in list(listed(project)):
        if path.name.startswith(".") and path.name.endswith(_BESIDE):
            path.unlink()


def _touched(path: Path, needles: Needles) -> Touched:
    if path.suffix == ".parquet":
        return rows.look(path, Wanted(needles=needles))
    return Touched(masked=in_gzip(path, needles) if path.suffix == ".gz" else in_bytes(path, needles))


def _mask(path: Path, needles: Needles, *, is_part: bool) -> None:
    beside = path.with_name(f".{path.name}{_BESIDE}")
    if is_part and path.suffix in parts.SUFFIXES and parts.written(path, beside, needles):
        pass
    elif path.suffix == ".parquet":
        rows.rewritten(path, beside, Wanted(needles=needles))
    elif path.suffix == ".gz":
        with gzip.open(path) as stream:
            whole = stream.read()
        for form in needles.spelled:
            whole = whole.replace(form.encode(), b"*" * len(form.encode()))
        with gzip.open(beside, "wb") as target:
            target.write(whole)
    else:
        _overwrite(path, needles)
        return
    beside.replace(path)


def _overwrite(path: Path, needles: Needles) -> None:
    with path.open("r+b") as stream, mmap.mmap(stream.fileno(), 0) as view:
        for form in needles.spelled:
            for place in list(_places(view, form.encode())):
                view[place : place + len(form.encode())] = b"*" * len(form.encode())
        view.flush()


def _places(view: mmap.mmap, form: bytes) -> Iterator[int]:
    place = view.find(form)
    while place >= 0:
        yield place
        place = view.find(form, place + len(form))


def _published(project: Project, folder: Path) -> frozenset[Path]:
    """The files in a folder that the manifest of its artifact names, and the manifest."""
    try:
        parts = folder.relative_to(project.tasks_dir).parts
    except ValueError:
        return frozenset()
    if len(parts) < 3 or parts[1] not in KINDS:
        return frozenset()
    home = project.tasks_dir.joinpath(*parts[:3])
    path = home / MANIFEST
    if not path.is_file() or home.name.startswith("."):
        return frozenset()
    named = artifacts.read_manifest(path).files
    return frozenset({path, *(home / entry.name for entry in named)})


def _is_ours(project: Project, path: Path) -> bool:
    if path.parent == project.root and path.name in _OURS:
        return True
    if path == project.services_dir / "secrets.json":
        return True
    return path.is_relative_to(postgres.data_dir(project))
