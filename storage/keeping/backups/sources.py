"""An artifact opened for copying: all its files at once, so that it is copied whole or not at all.

What is removed while it is copied stays readable until the files are closed. Each file is hashed
as it passes: what is not as its manifest says is not put into a backup.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import IO

from storage import artifacts
from storage.artifacts import MANIFEST, FileEntry, Manifest
from storage.errors import InvalidInput
from storage.keeping import removals
from storage.project import Project


class Passing:
    """A stream of one file that counts the hash of what is read from it."""

    def __init__(self, stream: IO[bytes], reference: str, entry: FileEntry) -> None:
        self.entry = entry
        self._stream, self._reference = stream, reference
        self._digest, self._count = hashlib.sha256(), 0

    def read(self, size: int = -1) -> bytes:
        """The next bytes, as a file gives them. Raises InvalidInput at the end where they were other ones."""
        data = self._stream.read(size)
        self._digest.update(data)
        self._count += len(data)
        if self._count >= self.entry.size_bytes or not data:
            self._compare()
        return data

    def _compare(self) -> None:
        right = self._count == self.entry.size_bytes and self._digest.hexdigest() == self.entry.sha256
        if not right:
            raise _damaged(f"{self._reference}/{self.entry.name} is not what its manifest says")


@dataclass(frozen=True)
class Source:
    """An artifact whose files are open. `manifest_bytes` is its manifest as it stands."""

    reference: str
    manifest: Manifest
    manifest_bytes: bytes
    files: tuple[Passing, ...]

    @property
    def size_bytes(self) -> int:
        """What its files have together."""
        return sum(each.size_bytes for each in self.manifest.files)


@contextmanager
def opened(project: Project, reference: str) -> Iterator[Source | None]:
    """An artifact by `task/kind/id`; None where it is written down as removed, though files may be left.

    Raises InvalidInput where a file is missing or has another length than its manifest says.
    """
    folder = project.tasks_dir / reference
    entry_of_removal = removals.entry_path(project, *reference.split("/", 1))
    with ExitStack() as stack:
        try:
            manifest = artifacts.read_manifest(folder / MANIFEST)
            content = (folder / MANIFEST).read_bytes()
            streams = [stack.enter_context((folder / entry.name).open("rb")) for entry in manifest.files]
        except FileNotFoundError as fault:
            if not entry_of_removal.is_file():
                raise _damaged(f"{reference} lacks {fault.filename}") from fault
        if entry_of_removal.is_file():
            yield None
            return
        for stream, entry in zip(streams, manifest.files, strict=True):
            if os.fstat(stream.fileno()).st_size != entry.size_bytes:
                raise _damaged(f"{reference}/{entry.name} has another length than its manifest says")
        passing = (
            Passing(stream, reference, entry) for stream, entry in zip(streams, manifest.files, strict=True)
        )
        yield Source(reference, manifest, content, tuple(passing))


def _damaged(what: str) -> InvalidInput:
    return InvalidInput(
        f"The project is damaged: {what}. No backup was made.",
        next_step="`understudy verify` lists all that is damaged; copy it back from an earlier backup.",
    )
