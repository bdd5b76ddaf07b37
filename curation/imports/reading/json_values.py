"""A JSON document cut into its rows without being held whole.

Its rows are the elements of one array, which is the document or stands in it under some key; or objects
that follow each other. Only brackets and texts are looked at here: what each row holds is for the parser.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from curation.imports.reading.batches import Reject
from curation.imports.reading.jsonl_rows import RawRows
from curation.imports.reading.sources import Source
from storage.errors import InvalidInput

BLOCK_BYTES = 1 << 21
_SPACE = re.compile(rb"[ \t\r\n]*+")
_TO_BRACKET = re.compile(rb'[^"{}\[\]]*+(?:"[^"\\]*+(?:\\.[^"\\]*+)*+"[^"{}\[\]]*+)*+([{}\[\]])', re.DOTALL)
_TEXT = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_SCALAR = re.compile(rb"[^\s,\[\]{}\":]++")


class Document:
    """One pass over a JSON document, value by value."""

    def __init__(self, source: Source) -> None:
        self.name = source.name
        self._longest = source.limits.row_bytes
        self._stream = source.open()
        self._buffer = b""
        self._place = 0
        self._ended = False

    def peek(self) -> bytes:
        """The next byte that is no space; empty at the end."""
        while True:
            end = _SPACE.match(self._buffer, self._place)
            self._place = end.end() if end else self._place
            if self._place < len(self._buffer) or not self._refilled():
                return self._buffer[self._place : self._place + 1]

    def take(self, wanted: bytes) -> bool:
        """Go past `wanted` if that comes next."""
        if self.peek() != wanted:
            return False
        self._place += 1
        return True

    def value(self) -> bytes:
        """The next value as it is written. Raises InvalidInput where there is none, or too long a one."""
        kind = self.peek()
        while True:
            end = self._end_of(kind)
            if end is not None:
                raw = self._buffer[self._place : end]
                self._place = end
                return raw
            if len(self._buffer) - self._place > self._longest:
                raise InvalidInput(
                    f"{self.name} holds a value that is longer than {self._longest:,} bytes.",
                    next_step="Take it out, or raise the limit row_bytes.",
                )
            if not self._refilled():
                raise self.broken("it ends in the middle of a value")

    def elements(self) -> Iterator[bytes]:
        """The elements of the array that begins here."""
        self.take(b"[")
        if self.take(b"]"):
            return
        while True:
            yield self.value()
            if self.take(b"]"):
                return
            if not self.take(b","):
                raise self.broken("a comma or the end of the array is missing")

    def broken(self, why: str) -> InvalidInput:
        """What to raise where the document cannot be followed further."""
        seen = self._buffer[self._place : self._place + 30].decode("utf-8", "backslashreplace")
        return InvalidInput(
            f"{self.name} is not valid JSON: {why}" + (f", before {seen!r}." if seen else "."),
            next_step="Mend it there, or write one object per line (JSONL).",
        )

    def close(self) -> None:
        """Close the stream."""
        self._stream.close()

    def _end_of(self, kind: bytes) -> int | None:
        """Where the value that begins here ends; None if more of it must be read first."""
        if kind in (b"{", b"["):
            return self._end_of_nested()
        found = (_TEXT if kind == b'"' else _SCALAR).match(self._buffer, self._place)
        if found is None:
            if kind == b'"':
                return None
            raise self.broken("a value is missing")
        return found.end() if kind == b'"' or found.end() < len(self._buffer) or self._ended else None

    def _end_of_nested(self) -> int | None:
        depth, place, buffer, step = 0, self._place, self._buffer, _TO_BRACKET.match
        while found := step(buffer, place):
            place = found.end()
            depth += 1 if found[1] in b"{[" else -1
            if depth == 0:
                return place
        return None

    def _refilled(self) -> bool:
        """Read on: as much again as waits, so that a long value is not looked at over and over."""
        waiting = self._buffer[self._place :]
        block = self._stream.read(max(BLOCK_BYTES, len(waiting)))
        self._ended = not block
        self._buffer, self._place = waiting + block, 0
        return bool(block)


def numbered(values: Iterator[bytes], batch_bytes: int) -> Iterator[RawRows]:
    """Values as rows numbered from 1, in portions of at most about `batch_bytes`."""
    raws: list[bytes] = []
    number = size = 0
    nothing: list[Reject] = []
    for raw in values:
        raws.append(raw)
        size += len(raw)
        if size > batch_bytes or len(raws) >= MOST_ROWS:
            yield RawRows(list(range(number + 1, number + len(raws) + 1)), raws, nothing)
            number, size, raws = number + len(raws), 0, []
    if raws:
        yield RawRows(list(range(number + 1, number + len(raws) + 1)), raws, nothing)


MOST_ROWS = 5_000
