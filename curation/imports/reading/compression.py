"""gzip, zstd, bzip2 and xz, told by their first bytes and unpacked while they are read."""

from __future__ import annotations

import bz2
import gzip
import lzma
from collections.abc import Callable
from typing import Any, BinaryIO

from curation.imports.reading.sources import Layered, Source, unpacked
from storage.errors import InvalidInput


def of(head: bytes) -> str | None:
    """The compression of a file that begins with `head`; None for none."""
    return next((name for name, (magic, _) in _KINDS.items() if head.startswith(magic)), None)


def opened(source: Source, compression: str) -> Source:
    """The same source, unpacked. Raises InvalidInput for what is compressed twice, or damaged."""
    _, opener = _KINDS[compression]

    def layered() -> Layered:
        under = source.open()
        return Layered(opener(under), under)

    found = unpacked(source, layered)
    if of(found.head()):
        raise InvalidInput(
            f"{source.name} is compressed more than once.",
            next_step="Unpack it once; archives inside archives are not read.",
        )
    return found


def _zstd(stream: BinaryIO) -> Any:
    import pyarrow as pa

    return pa.CompressedInputStream(pa.PythonFile(stream, mode="r"), "zstd")


_KINDS: dict[str, tuple[bytes, Callable[[BinaryIO], Any]]] = {
    "gzip": (b"\x1f\x8b", lambda stream: gzip.GzipFile(fileobj=stream, mode="rb")),
    "zstd": (b"\x28\xb5\x2f\xfd", _zstd),
    "bzip2": (b"BZh", bz2.BZ2File),
    "xz": (b"\xfd7zXZ\x00", lzma.LZMAFile),
}
