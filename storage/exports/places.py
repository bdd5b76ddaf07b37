"""Where an export goes: a file, a folder or a ZIP that is there whole or not at all.

It is written under a hidden name beside its place, flushed to the disk and renamed. What a killed
process left is removed by the next export to the same folder.
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from storage.artifacts import disk_faults
from storage.errors import Conflict, InvalidInput

_HIDDEN = ".tmp-export-"
_PACKED = (".parquet", ".arrow")
"""What is not made much smaller by packing it once more."""


@contextmanager
def new_file(path: Path) -> Iterator[Path]:
    """A hidden file that becomes `path` when the block ends, in place of one that stands there.

    Raises InvalidInput for a place that cannot be written to, DiskFull.
    """
    if path.is_dir():
        raise InvalidInput(f"{path} is a folder, and this format is a file.", next_step="Name a file in it.")
    hidden = _hidden_beside(path)
    try:
        with disk_faults(path.parent):
            yield hidden
            _flush(hidden)
            hidden.replace(path)
            _flush(path.parent)
    finally:
        hidden.unlink(missing_ok=True)


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """A hidden folder that becomes `path` when the block ends.

    Raises Conflict where `path` holds something, InvalidInput for a place that cannot be written
    to, DiskFull.
    """
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise _standing(path)
    hidden = _hidden_beside(path)
    try:
        with disk_faults(path.parent):
            hidden.mkdir()
            yield hidden
            for inner in (*hidden.rglob("*"), hidden):
                _flush(inner)
            _rename(hidden, path)
            _flush(path.parent)
    finally:
        shutil.rmtree(hidden, ignore_errors=True)


@contextmanager
def new_zip(path: Path) -> Iterator[Path]:
    """A hidden folder whose files become the ZIP `path` when the block ends. Raises as `new_file`."""
    with new_file(path) as file:
        folder = file.with_name(f"{file.name}-folder")
        try:
            folder.mkdir()
            yield folder
            _pack(folder, file)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _hidden_beside(path: Path) -> Path:
    if not path.parent.is_dir():
        raise InvalidInput(f"There is no folder {path.parent}.", next_step="Make it first.")
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise InvalidInput(f"{path.parent} may not be written to.", next_step="Name another folder.")
    _sweep(path.parent)
    return path.with_name(f"{_HIDDEN}{os.getpid()}-{secrets.token_hex(4)}")


def _sweep(folder: Path) -> None:
    """Remove what exports left whose process is gone."""
    for left in folder.glob(f"{_HIDDEN}*"):
        owner = left.name.removeprefix(_HIDDEN).split("-")[0]
        if owner.isdecimal() and not psutil.pid_exists(int(owner)):
            if left.is_dir():
                shutil.rmtree(left, ignore_errors=True)
            else:
                left.unlink(missing_ok=True)


def _pack(folder: Path, file: Path) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for path in sorted(inner for inner in folder.rglob("*") if inner.is_file()):
            kind = zipfile.ZIP_STORED if path.suffix in _PACKED else zipfile.ZIP_DEFLATED
            archive.write(path, path.relative_to(folder).as_posix(), compress_type=kind)


def _rename(hidden: Path, path: Path) -> None:
    try:
        hidden.rename(path)
    except OSError as fault:
        if fault.errno in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR):
            raise _standing(path) from fault
        raise


def _standing(path: Path) -> Conflict:
    return Conflict(f"{path} is there already and is not empty.", next_step="Name a new folder.")


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
