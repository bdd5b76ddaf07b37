"""CSV and TSV: UTF-8, a header line, and a delimiter read off that line."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from curation.imports.reading.files import (
    MAX_CELL_CHARS,
    MAX_LINE_BYTES,
    OpenedFile,
    Reject,
    Row,
    checked_columns,
    lines,
    raw_text,
)
from storage.errors import InvalidInput

DELIMITERS = (",", ";", "\t", "|")


def opened(path: Path) -> OpenedFile:
    """The file as CSV. Raises InvalidInput for a header that cannot be read."""
    _, header = next(lines(path))
    if header is None:
        raise InvalidInput(
            f"The first line of {path.name} is longer than {MAX_LINE_BYTES:,} bytes.",
            next_step="A CSV file begins with the names of its columns.",
        )
    try:
        text = header.decode("utf-8")
    except UnicodeDecodeError as fault:
        raise InvalidInput(
            f"The header of {path.name} is not UTF-8: {fault.reason} at byte {fault.start}.",
            next_step="Save the file as UTF-8.",
        ) from fault
    delimiter = max(DELIMITERS, key=lambda one: (_outside_quotes(text).count(one), -DELIMITERS.index(one)))
    found = _Reading(path, delimiter)
    _, names, _ = next(found.rows_of_cells(), (1, [], b""))
    if isinstance(names, str):
        raise InvalidInput(f"The header of {path.name}: {names}", next_step="Mend the first line.")
    columns = checked_columns(path, names)
    return OpenedFile(path, "csv", columns, lambda: _rows(path, delimiter, columns))


def _rows(path: Path, delimiter: str, columns: tuple[str, ...]) -> Iterator[Row | Reject]:
    reading = _Reading(path, delimiter)
    header_seen = False
    for number, cells, raw in reading.rows_of_cells():
        yield from reading.drained()
        if not header_seen:
            header_seen = True
        elif isinstance(cells, str):
            yield Reject(number, cells, raw_text(raw))
        elif len(cells) != len(columns):
            reason = f"It has {len(cells)} cells; the header has {len(columns)}."
            yield Reject(number, reason, raw_text(raw))
        else:
            yield Row(number, dict(zip(columns, cells, strict=True)))
    yield from reading.drained()


class _Reading:
    """One pass over the file: lines on their way into the csv reader, and what was wrong with them."""

    def __init__(self, path: Path, delimiter: str) -> None:
        self._lines = lines(path)
        self._reader = csv.reader(self._texts(), delimiter=delimiter)
        self._too_long: deque[Reject] = deque()
        self._taken: list[str] = []
        self._first = 0

    def rows_of_cells(self) -> Iterator[tuple[int, list[str] | str, bytes]]:
        """(line where it starts, cells or what is wrong, raw text), blank lines left out."""
        csv.field_size_limit(MAX_CELL_CHARS)
        while True:
            self._taken, self._first = [], 0
            try:
                cells: list[str] | str = next(self._reader)
            except StopIteration:
                return
            except csv.Error as fault:
                cells = f"It cannot be read as CSV: {fault}."
            raw = "".join(self._taken).encode("utf-8", "surrogateescape")
            if not isinstance(cells, str):
                cells = _fault(raw) or cells
            if cells:
                yield self._first, cells, raw

    def drained(self) -> Iterator[Reject]:
        """The lines that were too long to read at all, met so far."""
        while self._too_long:
            yield self._too_long.popleft()

    def _texts(self) -> Iterator[str]:
        for number, line in self._lines:
            if line is None:
                reason = f"The line is longer than {MAX_LINE_BYTES:,} bytes."
                self._too_long.append(Reject(number, reason, ""))
                continue
            self._first = self._first or number
            text = line.decode("utf-8", "surrogateescape")
            self._taken.append(text)
            yield text


def _fault(raw: bytes) -> str:
    if b"\0" in raw:
        return "It holds a NUL byte."
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as fault:
        return f"It is not UTF-8: byte 0x{raw[fault.start]:02x} at place {fault.start + 1}."
    return ""


def _outside_quotes(text: str) -> str:
    return "".join(text.split('"')[::2])
