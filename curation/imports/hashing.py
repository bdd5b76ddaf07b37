"""What a file or folder holds, as one hash: the same bytes again are the same source."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from storage import artifacts
from storage.errors import InvalidInput


@dataclass(frozen=True)
class Content:
    """The SHA-256 of a file, or one over the names and hashes of a folder's files; and all their bytes."""

    sha256: str
    size_bytes: int


def content_of(path: Path) -> Content:
    """The content of a file or folder, without hidden files. Raises InvalidInput where it cannot be read."""
    try:
        if not path.is_dir():
            return Content(artifacts.sha256_of(path), path.stat().st_size)
        whole, size_bytes = hashlib.sha256(), 0
        for file in sorted(path.rglob("*")):
            inside = file.relative_to(path)
            if file.is_file() and not any(part.startswith(".") for part in inside.parts):
                whole.update(
                    f"{inside.as_posix()}\0{artifacts.sha256_of(file)}\n".encode(errors="surrogateescape")
                )
                size_bytes += file.stat().st_size
        return Content(whole.hexdigest(), size_bytes)
    except OSError as fault:
        raise InvalidInput(
            f"{fault.filename or path} cannot be read: {fault.strerror or fault}.",
            next_step="Put it back, or see that you may read it, and import it again.",
        ) from fault
