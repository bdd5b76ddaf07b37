"""What a file is, told by what it holds and never by its name alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from curation.imports.reading import (
    archives,
    arrow_rows,
    chatml_rows,
    compression,
    csv_rows,
    excel_rows,
    folders,
    json_rows,
    jsonl_rows,
    parquet_rows,
    sources,
    text_encodings,
)
from curation.imports.reading.archives import Member
from curation.imports.reading.batches import Chunk
from curation.imports.reading.limits import Limits
from curation.imports.reading.opened import Opened
from curation.imports.reading.shapes import Shape, recognised
from curation.imports.reading.sources import Source
from storage.errors import InvalidInput

READABLE = "CSV, TSV, JSON, JSONL, Parquet, Arrow, Excel (.xlsx), and ZIP, gzip, zstd, bzip2 or xz of these"
BINARY_SHARE = 0.05
"""More control bytes than this share of the beginning, a NUL among them, and a file is binary."""
_CONTROL = bytes(set(range(32)) - set(b"\t\n\r\f"))
_JSON_STARTS = (b"{", b"[", b"]", b"", b'"', b"-", b"t", b"f", b"n", *(b"%d" % digit for digit in range(10)))
_OTHERS: tuple[tuple[bytes, str, str], ...] = (
    (b"PARE", "a Parquet file whose footer is encrypted", "Write it without encryption."),
    (b"\xd0\xcf\x11\xe0", "an old Excel file, or one with a password", "Save it as .xlsx without one."),
    (b"%PDF", "a PDF file", f"Files that can be read: {READABLE}."),
    (b"SQLite format 3", "a SQLite database", "Export the table as Parquet or CSV."),
)


@dataclass(frozen=True)
class Found:
    """A file with its form recognised: what is told of it, and its rows."""

    opened: Opened
    shape: Shape

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of its rows."""
        return self.opened.columns


def find(path: Path, limits: Limits, spool: Path, member: str | None, *, as_table: bool) -> Found:
    """A file or folder, ready to be read. Raises InvalidInput for whatever cannot be read as a whole.

    `member` chooses a file of an archive, a sheet, or a split or file of a folder; `as_table` leaves
    conversations as the columns they are.
    """
    if path.is_dir():
        opened = folders.opened(
            path, member, limits, lambda part: _open(sources.on_disk(part, limits, spool), None)
        )
    else:
        opened = _open(sources.on_disk(path, limits, spool), member)
    form = None if as_table else recognised(opened.columns, opened.chunks())
    if form is None:
        return Found(opened, "table")

    def chunks() -> Iterator[Chunk]:
        return map(form.applied, opened.chunks())

    return Found(replace(opened, columns=form.columns, chunks=chunks), form.shape)


def members(path: Path, limits: Limits, spool: Path) -> tuple[Member, ...]:
    """What can be chosen of a file: the files of an archive or folder, the sheets of a workbook."""
    if path.is_dir():
        return folders.members(path, limits)
    source = sources.on_disk(path, limits, spool)
    if not source.head(4).startswith((archives.MAGIC, archives.EMPTY_MAGIC)):
        return ()
    return excel_rows.members(source) if archives.is_workbook(source) else archives.members(source)


def _open(source: Source, member: str | None) -> Opened:
    head = source.head()
    packed = compression.of(head)
    if packed:
        opened = _unpacked(compression.opened(source, packed), member)
        return replace(opened, detected={**opened.detected, "compression": packed})
    if head.startswith((archives.MAGIC, archives.EMPTY_MAGIC)) and not archives.is_workbook(source):
        found = archives.members(source)
        name = member or archives.only(source, found)
        opened = _unpacked(archives.chosen(source, found, name), None)
        return replace(opened, detected={**opened.detected, "file in the archive": name})
    return _unpacked(source, member)


def _unpacked(source: Source, member: str | None) -> Opened:
    head = source.head()
    if head.startswith(archives.MAGIC) and archives.is_workbook(source):
        return excel_rows.opened(source, member)
    if member is not None:
        raise InvalidInput(
            f"{source.name} is one file and holds no {member!r}.", next_step="Choose the file."
        )
    if head.startswith(archives.MAGIC):
        raise InvalidInput(f"{source.name} is an archive inside another.", next_step="Unpack it once.")
    if head.startswith(b"PAR1"):
        return parquet_rows.opened(source)
    if head.startswith((arrow_rows.FILE_MAGIC, arrow_rows.STREAM_MAGIC)):
        return arrow_rows.opened(source)
    for magic, what, next_step in _OTHERS:
        if head.startswith(magic):
            raise InvalidInput(f"{source.name} is {what}.", next_step=next_step)
    return _text(source)


def _text(source: Source) -> Opened:
    encoding = text_encodings.detect(source)
    name = text_encodings.name_of(encoding)
    text = text_encodings.as_utf8(source, encoding)
    head = text.head()
    _refuse_binary(source.name, head)
    start = head.lstrip()
    if not start:
        raise InvalidInput(f"{source.name} is empty.", next_step="Choose a file that has rows.")
    if start.startswith(chatml_rows.START):
        opened = chatml_rows.opened(text, name)
    elif start.startswith(b"{") or (start.startswith(b"[") and start[1:].lstrip()[:1] in _JSON_STARTS):
        opened = json_rows.opened(text)
    elif Path(source.name).suffix.lower() in (".jsonl", ".ndjson"):
        opened = jsonl_rows.opened(text)
    else:
        opened = csv_rows.opened(text, name)
    return replace(opened, detected={"encoding": name, **opened.detected})


def _refuse_binary(name: str, head: bytes) -> None:
    first_line = head.split(b"\n", 1)[0]
    if b"\0" in first_line or _strange(first_line) > 0.3 or (b"\0" in head and _strange(head) > BINARY_SHARE):
        raise InvalidInput(
            f"{name} is a binary file, not text.", next_step=f"Files that can be read: {READABLE}."
        )


def _strange(text: bytes) -> float:
    """The share of control bytes."""
    return 1 - len(text.translate(None, _CONTROL)) / max(len(text), 1)
