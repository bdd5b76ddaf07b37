"""Where bytes come from: a file as it lies on disk, or unpacked while it is read, within a budget."""

from __future__ import annotations

import hashlib
import io
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

from curation.imports.reading.limits import Budget, Limits
from storage.errors import InvalidInput

HEAD_BYTES = 65_536
BLOCK_BYTES = 1 << 20


@dataclass(frozen=True)
class Source:
    """Bytes that can be read from the start any number of times.

    `path` is the file on disk, `size_bytes` its size there, and `plain` says that its bytes are what `open`
    gives. `spool` is a folder for what must be unpacked before it can be read.
    """

    name: str
    path: Path
    size_bytes: int
    open: Callable[[], BinaryIO]
    limits: Limits
    spool: Path
    plain: bool = True

    def head(self, size_bytes: int = HEAD_BYTES) -> bytes:
        """The first bytes."""
        with self.open() as stream:
            return stream.read(size_bytes)

    def file(self) -> Path:
        """A file on disk with these bytes, for formats that are read from their end."""
        if self.plain:
            return self.path
        spooled = self.spool / hashlib.sha256(f"{self.path} {self.name}".encode()).hexdigest()
        if not spooled.exists():
            with self.open() as stream, tempfile.NamedTemporaryFile(dir=self.spool, delete=False) as part:
                shutil.copyfileobj(stream, part, BLOCK_BYTES)
            Path(part.name).replace(spooled)
        return spooled

    def budget(self) -> Budget:
        """What one reading of these bytes may unfold to."""
        return Budget(self.name, self.size_bytes, self.limits)


def on_disk(path: Path, limits: Limits, spool: Path, name: str = "") -> Source:
    """A file as it lies on disk."""
    return Source(name or path.name, path, path.stat().st_size, lambda: path.open("rb"), limits, spool)


def unpacked(source: Source, opener: Callable[[], Layered], *, name: str = "", size_bytes: int = 0) -> Source:
    """A source whose bytes come unpacked from `opener`, counted against its budget."""
    made = replace(source, name=name or source.name, size_bytes=size_bytes or source.size_bytes, plain=False)

    def counted() -> BinaryIO:
        return io.BufferedReader(_Counted(opener(), made.name, made.budget()), BLOCK_BYTES)

    return replace(made, open=counted)


class Layered:
    """A stream that reads from another; closing it closes both."""

    def __init__(self, stream: Any, under: Any) -> None:
        self.read = stream.read
        self._streams = (stream, under)

    def close(self) -> None:
        """Close both."""
        for stream in self._streams:
            stream.close()


class _Counted(io.RawIOBase):
    """A stream of unpacked bytes: spends the budget, and says in a sentence what is damaged."""

    def __init__(self, stream: Layered, name: str, budget: Budget) -> None:
        self._stream = stream
        self._name = name
        self._budget = budget

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """The next bytes. Raises InvalidInput for damage, and for more than the budget."""
        try:
            block = self._stream.read(len(buffer))
        except InvalidInput:
            raise
        except MemoryError:
            raise
        except Exception as fault:  # gzip, zlib, lzma, zstd and zipfile each have their own
            raise InvalidInput(
                f"{self._name} is damaged and cannot be unpacked: {str(fault) or type(fault).__name__}.",
                next_step="Copy or pack it again.",
            ) from fault
        self._budget.spend(len(block))
        buffer[: len(block)] = block
        return len(block)

    def close(self) -> None:
        """Close what is unpacked, too."""
        self._stream.close()
        super().close()
