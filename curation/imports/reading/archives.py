"""ZIP archives: which files one holds, each read as a file of its own. Nothing is ever unpacked to a path.

Refused as a whole: entries that overlap (a bomb of a few kilobytes), more entries or bytes than the limits,
several disks. Refused entry by entry: paths that lead out, links, devices, encryption, archives inside,
and what holds no rows by its name, such as a README.
"""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import PurePosixPath

from curation.imports.reading import compression
from curation.imports.reading.limits import Limits
from curation.imports.reading.sources import Layered, Source, unpacked
from storage.errors import InvalidInput

MAGIC = b"PK\x03\x04"
EMPTY_MAGIC = b"PK\x05\x06"
_LOCAL_HEADER_BYTES = 30
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
_WITHOUT_ROWS = (
    ".md", ".rst", ".html", ".htm", ".pdf", ".docx", ".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".py",
    ".ipynb", ".yaml", ".yml", ".toml",
)  # fmt: skip
"""What lies beside the data in many an archive: texts for people, pictures, code, settings."""
_IGNORED = ("__MACOSX/", ".DS_Store", "Thumbs.db")


@dataclass(frozen=True)
class Member:
    """A file within a file, under the name to open it by; `refused` says why it is not read, if so."""

    name: str
    size_bytes: int
    refused: str = ""


def members(source: Source) -> tuple[Member, ...]:
    """The files of an archive, in its order. Raises InvalidInput for one that is refused as a whole."""
    with _opened(source) as archive:
        _check_whole(source, archive.infolist())
        return tuple(
            Member(entry.filename, entry.file_size, _refusal(archive, entry))
            for entry in archive.infolist()
            if not entry.is_dir() and not any(part in entry.filename for part in _IGNORED)
        )


def is_workbook(source: Source) -> bool:
    """Whether the archive is an Excel workbook. Raises InvalidInput for one that is refused as a whole."""
    with _opened(source) as archive:
        _check_whole(source, archive.infolist())
        return "xl/workbook.xml" in archive.NameToInfo and "[Content_Types].xml" in archive.NameToInfo


def chosen(source: Source, found: tuple[Member, ...], name: str) -> Source:
    """One file of an archive. Raises InvalidInput for one that is absent or refused."""
    member = next((one for one in found if one.name == name), None)
    if member is None:
        raise InvalidInput(f"{source.name} holds no file {name!r}.", next_step=f"It holds {listed(found)}.")
    if member.refused:
        raise InvalidInput(f"{name} in {source.name} is not read: {member.refused}.",
                           next_step="Unpack the archive and choose the file.")  # fmt: skip
    path = source.file()

    def opener() -> Layered:
        archive = zipfile.ZipFile(path)
        return Layered(archive.open(name), archive)

    return unpacked(source, opener, name=f"{source.name}/{name}")


def only(source: Source, found: tuple[Member, ...]) -> str:
    """The name of the one readable file. Raises InvalidInput where there are several, or none."""
    readable = [member for member in found if not member.refused]
    if len(readable) == 1:
        return readable[0].name
    if readable:
        raise InvalidInput(
            f"{source.name} holds {len(readable)} files.", next_step=f"Choose one: {listed(tuple(readable))}."
        )
    refused = next((f" {one.name}: {one.refused}." for one in found), "")
    raise InvalidInput(
        f"{source.name} holds no file that can be read.{refused}", next_step="Choose another file."
    )


def listed(found: tuple[Member, ...]) -> str:
    """The names, the first twenty of them."""
    names = ", ".join(repr(member.name) for member in found[:20])
    return f"{names} and {len(found) - 20} more" if len(found) > 20 else names or "nothing"


def _check_whole(source: Source, entries: list[zipfile.ZipInfo]) -> None:
    limits: Limits = source.limits
    if len(entries) > limits.members:
        raise InvalidInput(
            f"{source.name} holds {len(entries):,} files; {limits.members:,} are read at most.",
            next_step="Pack fewer, or raise the limit members.",
        )
    spans = sorted(
        (entry.header_offset, entry.header_offset + _LOCAL_HEADER_BYTES + len(entry.orig_filename.encode())
         + entry.compress_size)
        for entry in entries
    )  # fmt: skip
    names = [entry.filename for entry in entries]
    if any(end > start for (_, end), (start, _) in pairwise(spans)):
        raise InvalidInput(
            f"{source.name} is refused: its entries overlap, as only a zip bomb's do.",
            next_step="Pack the files again.",
        )
    source.budget().spend(sum(entry.file_size for entry in entries))
    if len(set(names)) < len(names):
        raise InvalidInput(f"{source.name} holds one name twice.", next_step="Pack the files again.")


def _refusal(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> str:
    path = PurePosixPath(entry.orig_filename.replace("\\", "/"))
    kind = stat.S_IFMT(entry.external_attr >> 16)
    leads_out = path.is_absolute() or ".." in path.parts or ":" in "".join(path.parts[:1])
    if leads_out or not path.parts or "\0" in entry.orig_filename:
        return "its path leads out of the archive"
    if kind not in (0, stat.S_IFREG):
        return "it is a link" if kind == stat.S_IFLNK else "it is no file"
    if path.suffix.lower() in _WITHOUT_ROWS:
        return f"a file that ends in {path.suffix} holds no rows"
    if entry.flag_bits & 0x1:
        return "it is encrypted"
    if entry.compress_type not in _METHODS:
        return f"it is packed by a method ({entry.compress_type}) that is not read"
    try:
        with archive.open(entry) as stream:
            head = stream.read(8)
    except Exception as fault:  # zipfile, zlib and lzma each have their own
        return f"it is damaged ({fault})"
    inner = compression.of(head) or ("ZIP" if head.startswith(MAGIC) and not _is_workbook_name(path) else "")
    return f"it is an archive ({inner}) inside an archive" if inner else ""


def _is_workbook_name(path: PurePosixPath) -> bool:
    return path.suffix.lower() in (".xlsx", ".xlsm")


@contextmanager
def _opened(source: Source) -> Iterator[zipfile.ZipFile]:
    try:
        archive = zipfile.ZipFile(source.file())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as fault:
        raise InvalidInput(
            f"{source.name} cannot be read as a ZIP archive: {fault}.", next_step="Copy or pack it again."
        ) from fault
    with archive:
        yield archive
