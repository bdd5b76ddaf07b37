"""Where backups stand: folders and files, the newest of a folder, and what a kill left."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from storage.artifacts import disk_faults
from storage.errors import Conflict, InvalidInput, NotAllowed, NotFound
from storage.keeping.backups import contents
from storage.keeping.backups.contents import Contents

SUFFIX = ".tar"
_PART = ".part-"


def is_file_name(target: Path) -> bool:
    """Whether a backup of that name is one file: it ends in `.tar`."""
    return target.suffix == SUFFIX


@contextmanager
def new_folder(home: Path, backup_id: str) -> Iterator[Path]:
    """A hidden folder that becomes `home/backup_id` when the block ends; an error leaves nothing of it.

    One backup at a time writes there, so what earlier ones that were killed left is cleared away.
    Raises Conflict where `home` is no folder or another backup is being written there.
    """
    if home.exists() and not home.is_dir():
        raise Conflict(f"{home} is a file.", next_step=f"Name a folder, or a new file that ends in {SUFFIX}.")
    with faults_in(home):
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = (home / ".lock").open("w")
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as fault:
            raise Conflict(
                f"Another backup is being written into {home}.", next_step="Wait until it is done."
            ) from fault
        for left in home.glob(f"{_PART}*"):
            shutil.rmtree(left, ignore_errors=True)
        with _hidden(home / f"{_PART}{backup_id}", home) as hidden:
            yield hidden
            hidden.rename(home / backup_id)
            flush(home)


@contextmanager
def new_file(path: Path) -> Iterator[Path]:
    """A hidden folder beside `path`; its file `whole` becomes `path` when the block ends.

    Raises Conflict where `path` is there already.
    """
    if path.exists():
        raise Conflict(f"{path} is there already.", next_step="Name a new file.")
    for left in left_behind(path, "part"):
        shutil.rmtree(left, ignore_errors=True)
    with _hidden(path.with_name(f".{path.name}.part-{os.getpid()}"), path.parent) as hidden:
        yield hidden
        (hidden / "whole").rename(path)
        flush(path.parent)


def left_behind(path: Path, word: str) -> list[Path]:
    """The hidden folders beside `path` of processes that are gone."""
    found = []
    for left in path.parent.glob(f".{path.name}.{word}-*"):
        owner = left.name.rpartition("-")[2]
        if owner.isdecimal() and (int(owner) == os.getpid() or not psutil.pid_exists(int(owner))):
            found.append(left)
    return found


def newest(home: Path, project: str) -> Path | None:
    """The newest complete backup of a project in a folder of them; damaged ones are passed over."""
    for folder in reversed(listing(home)):
        try:
            if contents.read(folder).project == project:
                return folder
        except (InvalidInput, NotFound):
            continue
    return None


def chosen(source: Path, at: str) -> tuple[Path, Contents]:
    """The backup to restore from a folder: itself, or of a folder of backups the one named, or the newest.

    Raises NotFound, naming those there are; InvalidInput for a damaged one: an older one is taken
    only when it is asked for.
    """
    if (source / contents.FILE).is_file():
        return source, contents.read(source)
    found = listing(source)
    folder = next((each for each in reversed(found) if at in ("", each.name)), None)
    if folder is None:
        named = ", ".join(each.name for each in found[-10:])
        raise NotFound(
            f"{source} holds no backup{f' {at}' if at else ''}.",
            next_step=f"It holds {named}." if named else "Make one with `understudy backup`.",
        )
    return folder, contents.read(folder)


@contextmanager
def faults_in(folder: Path) -> Iterator[None]:
    """Turn a full disk under `folder` into DiskFull, and one that may not be written to into NotAllowed."""
    try:
        with disk_faults(folder):
            yield
    except OSError as fault:
        if fault.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise NotAllowed(
                f"{fault.filename or folder} may not be read or written: {fault.strerror}.",
                next_step="Name a folder that you may write to, or do it as the user who runs the project.",
            ) from fault
        raise


def flush(folder: Path) -> None:
    """See that a folder's names are on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def listing(home: Path) -> list[Path]:
    """The backups in a folder of them, oldest first, unread. Raises NotFound where there is no folder."""
    if not home.is_dir():
        raise NotFound(f"{home} is not there.", next_step="Name a backup that `understudy backup` made.")
    found = (each for each in home.iterdir() if each.name.startswith("backup_") and each.is_dir())
    return sorted(found)  # their names begin with the time


@contextmanager
def _hidden(folder: Path, home: Path) -> Iterator[Path]:
    with faults_in(home):
        home.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700)
    try:
        with faults_in(home):
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
