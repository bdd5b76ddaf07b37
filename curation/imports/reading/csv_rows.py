"""CSV and TSV, in whatever dialect: rows of cells, each with the line it begins on."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from contextlib import closing
from typing import Any

from curation.imports.reading import columns, dialects, lines
from curation.imports.reading.batches import Chunk, Reject, raw_text
from curation.imports.reading.dialects import Dialect
from curation.imports.reading.opened import Opened
from curation.imports.reading.sources import Source
from storage.errors import InvalidInput

RECOVERIES = 1_000
"""How many quotes that never close are mended in one file by giving up only the line they open in."""


def opened(source: Source, encoding: str) -> Opened:
    """A UTF-8 source as CSV. `encoding` is what it was in before: it stands in the reasons.

    Raises InvalidInput for a header that cannot be read, or where there is none.
    """
    head = source.head(dialects.SAMPLE_CHARS + 1)
    end = dialects.line_end(head)
    sample = head[: dialects.SAMPLE_CHARS].decode("utf-8", "surrogateescape").replace("\r\n", "\n")
    sample = sample.replace("\r", "\n") if end == b"\r" else sample
    dialect = dialects.detect(sample, whole=len(head) <= dialects.SAMPLE_CHARS)
    beginning = _beginning(source, dialect, end, encoding)
    names = columns.checked(source.name, beginning[0], source.limits)
    dialects.check_header(source.name, beginning[0], beginning[1:])
    return Opened("csv", names, dialect.words(), lambda: _chunks(source, dialect, end, encoding, names))


def _beginning(source: Source, dialect: Dialect, end: bytes, encoding: str) -> list[list[str]]:
    """The header and some rows. Raises InvalidInput for a header that cannot be read."""
    found: list[list[str]] = []
    for number, cells in _Rows(source, dialect, end, encoding):
        if isinstance(cells, list):
            found.append(cells)
        elif not found:
            raise InvalidInput(
                f"The header of {source.name} (line {number}) cannot be read: {cells.reason}",
                next_step="Mend the first line.",
            )
        if len(found) > HEADER_LOOKED_AT:
            break
    if not found:
        raise InvalidInput(f"{source.name} is empty.", next_step="Choose a file that has rows.")
    return found


HEADER_LOOKED_AT = 100


def _chunks(
    source: Source, dialect: Dialect, end: bytes, encoding: str, names: tuple[str, ...]
) -> Iterator[Chunk]:
    width, limits = len(names), source.limits
    numbers: list[int] = []
    rows: list[list[str]] = []
    rejects: list[Reject] = []
    reading = _Rows(source, dialect, end, encoding)
    found = iter(reading)
    next(found)
    taken = reading.read_bytes
    for number, cells in found:
        if not isinstance(cells, list):
            rejects.append(cells)
        elif len(cells) == width:
            numbers.append(number)
            rows.append(cells)
        else:
            reason = f"It has {len(cells)} cells; the header has {width}."
            rejects.append(Reject(number, reason, raw_text(reading.text())))
        full = len(rows) >= limits.batch_rows or len(rejects) >= limits.batch_rows
        if full or reading.read_bytes - taken > limits.batch_bytes:
            yield _chunk(numbers, names, rows, rejects)
            numbers, rows, rejects, taken = [], [], [], reading.read_bytes
    yield _chunk(numbers, names, rows, rejects)


def _chunk(numbers: list[int], names: tuple[str, ...], rows: list[list[str]], rejects: list[Reject]) -> Chunk:
    by_column = zip(*rows, strict=True) if rows else ((),) * len(names)
    return Chunk(numbers, {name: list(cells) for name, cells in zip(names, by_column, strict=True)}, rejects)


class _RowTooLong(Exception):
    pass


class _Rows:
    """One pass: (line a row begins on, its cells or why it is rejected), blank lines left out."""

    def __init__(self, source: Source, dialect: Dialect, end: bytes, encoding: str) -> None:
        self.read_bytes = 0
        self._limits = source.limits
        self._encoding = encoding
        self._end = end.decode()
        self._blocks = lines.blocks(source, end=end)
        self._waiting: deque[tuple[int, bytes]] = deque()
        self._cut: frozenset[int] = frozenset()
        self._taken: list[tuple[int, bytes]] = []
        self._taken_bytes = 0
        self._strange = False
        self._recoveries = RECOVERIES
        self._reader: Any = dialect.reader(self._texts())
        self._dialect = dialect

    def __iter__(self) -> Iterator[tuple[int, list[str] | Reject]]:
        """Every row, in the file's order."""
        csv.field_size_limit(self._limits.cell_chars)
        with closing(self._blocks):
            yield from self._found()

    def _found(self) -> Iterator[tuple[int, list[str] | Reject]]:
        while True:
            self._taken, self._taken_bytes, self._strange = [], 0, False
            try:
                cells = next(self._reader, None)
            except (csv.Error, _RowTooLong) as fault:
                yield self._failed(fault)
                continue
            if cells is None:
                return
            if self._strange:
                yield self._rejected(self._what_is_strange())
            elif cells:
                yield self._taken[0][0], cells

    def text(self) -> bytes:
        """The text of the row given last."""
        return self._end.encode().join(raw for _, raw in self._taken)

    def _texts(self) -> Iterator[str]:
        while self._waiting or self._refilled():
            number, raw = self._waiting.popleft()
            self._taken.append((number, raw))
            self._taken_bytes += len(raw) + 1
            self.read_bytes += len(raw) + 1
            if number in self._cut or self._taken_bytes > self._limits.row_bytes + len(raw):
                raise _RowTooLong
            try:
                yield raw.decode() + "\n"
            except UnicodeDecodeError:
                self._strange = True
                yield raw.decode("utf-8", "surrogateescape") + "\n"

    def _refilled(self) -> bool:
        for block in self._blocks:
            self._cut |= block.cut
            self._waiting.extend(zip(block.numbers, block.raws, strict=True))
            if self._waiting:
                return True
        return False

    def _failed(self, fault: Exception) -> tuple[int, Reject]:
        """Reject a row. Where a quote never closes, only its first line; the rest is read anew."""
        self._reader = self._dialect.reader(self._texts())
        if isinstance(fault, _RowTooLong):
            return self._rejected(f"The row is longer than {self._limits.row_bytes:,} bytes.")
        endless = any(words in str(fault) for words in ("field larger", "unexpected end of data"))
        if not endless:
            return self._rejected(f"It cannot be read as CSV: {fault}.")
        if len(self._taken) > 1 and self._recoveries:
            self._recoveries -= 1
            self._waiting.extendleft(reversed(self._taken[1:]))
            del self._taken[1:]
            return self._rejected("A quote opens in this line and never closes.")
        return self._rejected(f"A cell has more than {self._limits.cell_chars:,} characters, or never ends.")

    def _rejected(self, reason: str) -> tuple[int, Reject]:
        number = self._taken[0][0] if self._taken else 0
        return number, Reject(number, reason, raw_text(self.text()))

    def _what_is_strange(self) -> str:
        for _, raw in self._taken:
            try:
                raw.decode()
            except UnicodeDecodeError as fault:
                return (
                    f"It is not {self._encoding}: byte 0x{raw[fault.start]:02x} at place {fault.start + 1}."
                )
        return f"It is not {self._encoding}."
