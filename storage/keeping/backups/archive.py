"""A backup in one file: an ordinary tar of its folder, and behind it one line with the hash of all before.

`tar -xf` reads it, since tar ignores what follows its end. The line is written last: a file that
was cut short has none, and one in which any bit was flipped, in a padding or a date too, has a wrong one.
"""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Any, Protocol

from storage.errors import InvalidInput

_WORDS = b"understudy-backup sha256 "
_TRAILER_BYTES = len(_WORDS) + 64 + 1
_CHUNK_BYTES = 1 << 20


class Reads(Protocol):
    """Something that can be read like a file."""

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes, empty at the end."""


class _Hashing(io.RawIOBase):
    """A stream that counts a hash of what passes into a file."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.digest = hashlib.sha256()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.digest.update(data)
        return self._stream.write(data)


class Archive:
    """A tar that is being written, file after file."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar

    def add(self, name: str, stream: Reads, size_bytes: int) -> None:
        """Add a file of that many bytes."""
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode = size_bytes, 0o600
        self._tar.addfile(entry, stream)


@contextmanager
def writing(path: Path) -> Iterator[Archive]:
    """A new archive, which only its owner may read, complete when the block ends without an error."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        hashing = _Hashing(stream)
        with tarfile.open(fileobj=hashing, mode="w|", format=tarfile.PAX_FORMAT) as tar:
            yield Archive(tar)
        stream.write(_WORDS + hashing.digest.hexdigest().encode() + b"\n")
        stream.flush()
        os.fsync(stream.fileno())


def check(path: Path) -> None:
    """Read an archive whole. Raises InvalidInput where it was cut short or any bit of it differs."""
    length = path.stat().st_size - _TRAILER_BYTES
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        for size in _chunks(max(0, length)):
            digest.update(stream.read(size))
        trailer = stream.read()
    if not (trailer.startswith(_WORDS) and trailer.endswith(b"\n") and len(trailer) == _TRAILER_BYTES):
        what = f"{path} is no backup, or it was cut short: it does not end as a backup does."
    elif trailer[len(_WORDS) : -1] != digest.hexdigest().encode():
        what = f"The backup is damaged: {path} is not as it was written, its SHA-256 differs."
    else:
        return
    raise InvalidInput(
        f"{what} Nothing was restored.",
        next_step="Take another backup, or copy this one again from where it was made.",
    )


def extract(path: Path, folder: Path) -> None:
    """Write an archive's files below `folder`. Raises InvalidInput for a name that would leave it."""
    with path.open("rb") as stream, tarfile.open(fileobj=stream, mode="r|") as tar:
        for entry in tar:
            place = PurePosixPath(entry.name)
            source = tar.extractfile(entry) if entry.isreg() else None
            if source is None or place.is_absolute() or ".." in place.parts:
                raise InvalidInput(
                    f"{path} holds {entry.name!r}, which no backup does. Nothing was restored.",
                    next_step="Take a backup that `understudy backup` made.",
                )
            target = folder / place
            target.parent.mkdir(parents=True, exist_ok=True)
            with source, target.open("xb") as written:
                shutil.copyfileobj(source, written, _CHUNK_BYTES)


def _chunks(length: int) -> Iterator[int]:
    while length:
        size = min(length, _CHUNK_BYTES)
        yield size
        length -= size
