"""Where a backup is written: a folder among others, or one file. Hidden until it is complete.

In a folder of backups every one is complete by itself. An artifact that the newest of them holds
with the same manifest is linked, not copied (hard links): it takes no room and no time. Where the
file system has no hard links it is copied.
"""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import IO, Protocol

from storage.artifacts import MANIFEST, sha256_of
from storage.keeping.backups.archive import Archive, Reads
from storage.keeping.backups.contents import PROJECT, KeptFile
from storage.keeping.backups.sources import Source

_CHUNK_BYTES = 1 << 20


class Target(Protocol):
    """What a backup is written into. `copied_bytes` and `linked_bytes` count artifacts' files."""

    copied_bytes: int
    linked_bytes: int

    def put(self, name: str, content: bytes) -> KeptFile:
        """A small file."""

    def put_made(self, name: str, make: Callable[[Path], None]) -> KeptFile:
        """A file that a program writes: `make` is told where."""

    def put_artifact(self, source: Source) -> KeptFile:
        """An artifact; the answer is about its manifest."""


def manifest_name(reference: str) -> str:
    """Where the manifest of `task/kind/id` lies in a backup."""
    return f"{PROJECT}/tasks/{reference}/{MANIFEST}"


class IntoFolder:
    """A backup in a folder. `previous` is the newest complete one beside it."""

    def __init__(self, folder: Path, previous: Path | None) -> None:
        self.folder = folder
        self.copied_bytes = self.linked_bytes = 0
        self.linked: set[str] = set()
        self._previous = previous

    def put(self, name: str, content: bytes) -> KeptFile:
        """See Target."""
        self._write(name, io.BytesIO(content))
        return _kept(name, content)

    def put_made(self, name: str, make: Callable[[Path], None]) -> KeptFile:
        """See Target."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        make(path)
        path.chmod(0o600)
        _flush(path)
        return KeptFile(name=name, sha256=sha256_of(path), size_bytes=path.stat().st_size)

    def put_artifact(self, source: Source) -> KeptFile:
        """See Target."""
        if self._link(source):
            self.linked.add(source.reference)
            self.linked_bytes += source.size_bytes
            return _kept(manifest_name(source.reference), source.manifest_bytes)
        return self.put_copy(source)

    def put_copy(self, source: Source) -> KeptFile:
        """An artifact copied in any case, also over a link that stands."""
        self.linked.discard(source.reference)
        for passing in source.files:
            self._write(f"{PROJECT}/tasks/{source.reference}/{passing.entry.name}", passing)
        self.copied_bytes += source.size_bytes
        return self.put(manifest_name(source.reference), source.manifest_bytes)

    def _link(self, source: Source) -> bool:
        if self._previous is None:
            return False
        there = self._previous / PROJECT / "tasks" / source.reference
        try:
            if (there / MANIFEST).read_bytes() != source.manifest_bytes:
                return False
            for name in (*(entry.name for entry in source.manifest.files), MANIFEST):
                path = self.folder / PROJECT / "tasks" / source.reference / name
                path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                os.link(there / name, path)
        except OSError:  # not there, damaged, another disk, too many links, or no links at all
            return False
        return True

    def _write(self, name: str, stream: Reads) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.unlink(missing_ok=True)  # a link: what it links to stays as it is
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as written:
            while data := stream.read(_CHUNK_BYTES):
                written.write(data)
            written.flush()
            os.fsync(written.fileno())


class IntoFile:
    """A backup in one file; what programs write stands in `scratch` until it is in the archive."""

    def __init__(self, archive: Archive, scratch: Path) -> None:
        self.copied_bytes = self.linked_bytes = 0
        self._archive, self._scratch = archive, scratch

    def put(self, name: str, content: bytes) -> KeptFile:
        """See Target."""
        self._archive.add(name, io.BytesIO(content), len(content))
        return _kept(name, content)

    def put_made(self, name: str, make: Callable[[Path], None]) -> KeptFile:
        """See Target."""
        path = self._scratch / Path(name).name
        make(path)
        digest, size = sha256_of(path), path.stat().st_size
        stream: IO[bytes]
        with path.open("rb") as stream:
            self._archive.add(name, stream, size)
        path.unlink()
        return KeptFile(name=name, sha256=digest, size_bytes=size)

    def put_artifact(self, source: Source) -> KeptFile:
        """See Target."""
        for passing in source.files:
            name = f"{PROJECT}/tasks/{source.reference}/{passing.entry.name}"
            self._archive.add(name, passing, passing.entry.size_bytes)
        self.copied_bytes += source.size_bytes
        return self.put(manifest_name(source.reference), source.manifest_bytes)


def _kept(name: str, content: bytes) -> KeptFile:
    digest = hashlib.sha256(content).hexdigest()
    return KeptFile(name=name, sha256=digest, size_bytes=len(content))


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
