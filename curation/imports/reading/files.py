"""Files as rows of text: what format a file has, which columns, and its rows or why one is none.

A fault of the whole file raises InvalidInput; a fault of one row becomes a Reject.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from storage.errors import InvalidInput

Format = Literal["csv", "jsonl", "parquet"]

MAX_LINE_BYTES = 2_000_000
MAX_CELL_CHARS = 200_000
MAX_COLUMNS = 1_000
BINARY_SHARE = 0.05
"""More control bytes than this share of the beginning, and a file is binary."""
KEPT_RAW_CHARS = 2_000
"""How much of a rejected row's raw text is kept."""


@dataclass(frozen=True)
class Row:
    """One row as text. `number` is its line in the file (in Parquet: its row, from 1)."""

    number: int
    values: dict[str, str]


@dataclass(frozen=True)
class Reject:
    """A row that cannot be used: its number, the reason, and its text (cut at 2,000 characters)."""

    row_number: int
    reason: str
    row: str


@dataclass(frozen=True)
class OpenedFile:
    """A file whose format and columns are known. `rows()` reads it from the start, row by row."""

    path: Path
    format: Format
    columns: tuple[str, ...]
    rows: Callable[[], Iterator[Row | Reject]]


def open_file(path: Path) -> OpenedFile:
    """Find out a file's format and columns.

    Raises InvalidInput for a file that is absent, unreadable, empty, binary or of another format.
    """
    from curation.imports.reading import csv_rows, jsonl_rows, parquet_rows

    head = _head(path)
    if head.startswith(b"PAR1"):
        return parquet_rows.opened(path)
    _refuse_other_formats(path, head)
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start:
        raise InvalidInput(f"{path.name} is empty.", next_step="Choose a file that has rows.")
    if start[:1] == b"[" and path.suffix.lower() == ".json":
        raise InvalidInput(
            f"{path.name} is one JSON array.",
            next_step="Write one object per line instead (JSONL); `jq -c '.[]' FILE` does it.",
        )
    if start[:1] == b"{" or path.suffix.lower() in (".jsonl", ".ndjson"):
        return jsonl_rows.opened(path)
    return csv_rows.opened(path)


def raw_text(raw: bytes | str) -> str:
    """A rejected row's text as it is kept: other bytes than UTF-8 escaped, cut at 2,000 characters."""
    text = raw.decode("utf-8", "backslashreplace") if isinstance(raw, bytes) else raw
    return text.rstrip("\r\n")[:KEPT_RAW_CHARS]


def lines(path: Path) -> Iterator[tuple[int, bytes | None]]:
    """The lines of a file with their numbers, from 1; None for one over MAX_LINE_BYTES."""
    with path.open("rb") as stream:
        number = 0
        while line := stream.readline(MAX_LINE_BYTES + 1):
            number += 1
            if len(line) <= MAX_LINE_BYTES:
                yield number, line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
                continue
            while not line.endswith(b"\n") and (line := stream.readline(MAX_LINE_BYTES)):
                pass
            yield number, None


def checked_columns(path: Path, columns: list[str]) -> tuple[str, ...]:
    """Column names, blank ones named by their place. Raises InvalidInput for too many, or one twice."""
    if len(columns) > MAX_COLUMNS:
        raise InvalidInput(
            f"{path.name} has {len(columns)} columns; {MAX_COLUMNS} are read at most.",
            next_step="Keep the columns you need.",
        )
    named = [name.strip() or f"column {place}" for place, name in enumerate(columns, start=1)]
    for name in named:
        if named.count(name) > 1:
            raise InvalidInput(f"{path.name} has the column {name!r} twice.", next_step="Rename one of them.")
    return tuple(named)


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            head = stream.read(65_536)
    except FileNotFoundError as fault:
        raise InvalidInput(f"There is no file {path}.", next_step="Check the path.") from fault
    except IsADirectoryError as fault:
        raise InvalidInput(f"{path} is a folder.", next_step="Name one file in it.") from fault
    except OSError as fault:
        reason = fault.strerror or str(fault)
        raise InvalidInput(f"{path} cannot be read: {reason}.", next_step="Check its permissions.") from fault
    if not head:
        raise InvalidInput(f"{path.name} is empty.", next_step="Choose a file that has rows.")
    return head


_CONTROL = bytes(set(range(32)) - set(b"\t\n\r\f"))
_OTHER_FORMATS: tuple[tuple[bytes, str, str], ...] = (
    (b"PK\x03\x04", "an Excel or ZIP file", "Save the sheet as CSV, or unpack the archive."),
    (b"\xd0\xcf\x11\xe0", "an old Excel file", "Save the sheet as CSV."),
    (b"\x1f\x8b", "compressed with gzip", "Unpack it first: `gunzip -k FILE`."),
    (b"\x28\xb5\x2f\xfd", "compressed with zstd", "Unpack it first: `zstd -d FILE`."),
    (b"ARROW1", "an Arrow file", "Write it as Parquet."),
    (b"\xff\xfe", "UTF-16 text", "Save it as UTF-8."),
    (b"\xfe\xff", "UTF-16 text", "Save it as UTF-8."),
)


def _refuse_other_formats(path: Path, head: bytes) -> None:
    for magic, what, next_step in _OTHER_FORMATS:
        if head.startswith(magic):
            raise InvalidInput(f"{path.name} is {what}.", next_step=next_step)
    strange = len(head) - len(head.translate(None, _CONTROL))
    if b"\0" in head.split(b"\n", 1)[0] or strange > BINARY_SHARE * len(head):
        raise InvalidInput(
            f"{path.name} is a binary file, not text.",
            next_step="Files that can be read: CSV, TSV, JSONL and Parquet.",
        )
