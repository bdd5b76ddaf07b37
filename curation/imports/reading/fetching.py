"""Files from anywhere fsspec reaches, brought into a folder of ours: https, S3, Google, Azure, the Hub, ssh.

Whole or not at all: written under a hidden name first, so a fetch that fails leaves nothing.
"""

from __future__ import annotations

import posixpath
import re
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from curation.imports.reading import reaching
from curation.imports.reading.folders import PACKED, SUFFIXES
from curation.imports.reading.reaching import shown
from storage.artifacts import disk_faults
from storage.errors import InvalidInput, ServiceUnavailable

BLOCK_BYTES = 1 << 20
NAME_CHARS = 100
_URL = re.compile(r"[a-z][a-z0-9+.-]{0,30}://.", re.IGNORECASE | re.DOTALL)
_HUB_DATASET = re.compile(r"hf://datasets/[^/]+/[^/]+(/.*)?", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class FetchLimits:
    """What fetching may cost: bytes and files altogether, `seconds` in all, `stall_s` between two bytes."""

    size_bytes: int = 20_000_000_000
    seconds: float = 3_600.0
    stall_s: float = 60.0
    files: int = 1_000


Progress = Callable[[int], None]
"""Called with the number of bytes fetched so far."""


def fetch(
    url: str, folder: Path, *, limits: FetchLimits | None = None, progress: Progress | None = None
) -> Path:
    """Copy what is at `url` into `folder`, under its own name made safe: a file, or a folder of data files.

    An address is of a folder where it ends in a slash, or names a dataset of the Hub or a folder of one.
    Raises InvalidInput for what is no such address or larger than the limits, NotFound where nothing is
    there, MissingDependency for a protocol whose package is not installed, ServiceUnavailable where the
    other side fails or is too slow, DiskFull.
    """
    _check(url)
    meter = _Meter(url, limits or FetchLimits(), progress or (lambda size_bytes: None))
    target = folder / _safe_name(url)
    part = folder / f".tmp-{target.name}"
    with disk_faults(folder):
        folder.mkdir(parents=True, exist_ok=True)
        _clear(part)
    try:
        system, path = reaching.reached(url, meter.limits.stall_s)
        if is_folder(url):
            _fetch_all(system, path, part, meter)
        else:
            meter.copy(system, path, part)
        with disk_faults(folder):
            _clear(target)
            part.replace(target)
    finally:
        _clear(part)
    return target


def is_folder(url: str) -> bool:
    """Whether an address names a folder rather than one file."""
    hub = _HUB_DATASET.fullmatch(url)
    if hub:
        return not posixpath.splitext(hub[1] or "")[1]
    return url.endswith("/")


class _Meter:
    """One fetch: what it has taken so far against what it may."""

    def __init__(self, url: str, limits: FetchLimits, progress: Progress) -> None:
        self.url, self.limits = url, limits
        self._progress = progress
        self._end = time.monotonic() + limits.seconds
        self._size_bytes = 0

    def copy(self, system: Any, path: str, target: Path) -> None:
        """Copy one file, block by block."""
        with disk_faults(target.parent), target.open("wb") as out:
            with reaching.faults(self.url):
                stream = reaching.opened(system, path, self.url)
            try:
                while block := self._read(stream):
                    self._count(len(block))
                    out.write(block)
                    self._progress(self._size_bytes)
            finally:
                stream.close()

    def refuse_size(self) -> InvalidInput:
        """What is said of too much."""
        return InvalidInput(
            f"{shown(self.url)} is larger than {self.limits.size_bytes:,} bytes.",
            next_step="Fetch a part of it, or raise the limit size_bytes.",
        )

    def _read(self, stream: Any) -> bytes:
        with reaching.faults(self.url):
            return bytes(stream.read(BLOCK_BYTES))

    def _count(self, size_bytes: int) -> None:
        self._size_bytes += size_bytes
        if self._size_bytes > self.limits.size_bytes:
            raise self.refuse_size()
        if time.monotonic() > self._end:
            raise ServiceUnavailable(
                f"{shown(self.url)} was not fetched within {self.limits.seconds:g} s.",
                next_step="Try it again later.",
            )


def _fetch_all(system: Any, root: str, folder: Path, meter: _Meter) -> None:
    """Copy the data files under `root`, each to its place in `folder`."""
    with reaching.faults(meter.url):
        system.invalidate_cache()  # what it listed before may be gone
        found = {name: told for name, told in system.find(root, detail=True).items() if _is_data(name)}
    if not found:
        raise InvalidInput(
            f"{shown(meter.url)} holds no data files.", next_step=f"These are read: {', '.join(SUFFIXES)}."
        )
    if len(found) > meter.limits.files:
        raise InvalidInput(
            f"{shown(meter.url)} holds {len(found):,} data files; {meter.limits.files:,} may be fetched.",
            next_step="Name a folder further down.",
        )
    if sum(told.get("size") or 0 for told in found.values()) > meter.limits.size_bytes:
        raise meter.refuse_size()
    for name in sorted(found):
        target = folder / _place(name, root)
        with disk_faults(folder.parent):
            target.parent.mkdir(parents=True, exist_ok=True)
        meter.copy(system, name, target)


def _place(name: str, root: str) -> Path:
    """Where a file of a folder goes: below it whatever it is called."""
    parts = posixpath.relpath(name, root.rstrip("/")).split("/")
    return Path(*(_safe(part) for part in parts if part not in ("", ".", "..")))


def _is_data(name: str) -> bool:
    plain = name.split("?", 1)[0].lower()
    for packed in PACKED:
        plain = plain.removesuffix(packed)
    return plain.endswith(SUFFIXES)


def _check(url: str) -> None:
    if not _URL.match(url):
        raise InvalidInput(f"{shown(url)!r} is no URL.", next_step="One reads like https://host/file.csv.")
    if "::" in url.partition("[")[0] or "::" in url.partition("]")[2]:  # not that of an IPv6 address
        raise InvalidInput(
            f"{shown(url)} chains one file system to another.", next_step="Name the file where it lies."
        )
    if "*" in url or (is_folder(url) and reaching.protocol(url) in ("http", "https")):
        raise InvalidInput(f"{shown(url)} names no single file.", next_step="Name one file.")


def _safe_name(url: str) -> str:
    return _safe(url.split("?", 1)[0].split("#", 1)[0].rstrip("/").rsplit("/", 1)[-1])


def _safe(name: str) -> str:
    return re.sub(r"[^\w.-]", "_", name)[-NAME_CHARS:].lstrip(".") or "fetched"


def _clear(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
