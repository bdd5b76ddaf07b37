"""JSONL: one JSON object per line, parsed by orjson (no NaN, no Infinity, no endless nesting)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import orjson

from curation.imports.reading.files import MAX_LINE_BYTES, OpenedFile, Reject, Row, checked_columns, lines, raw_text
from storage.errors import InvalidInput

LOOKED_AT = 1_000
"""How many rows are read to learn the columns."""


def opened(path: Path) -> OpenedFile:
    """The file as JSONL. Raises InvalidInput when none of its first rows is an object."""
    columns: dict[str, None] = {}
    first_reject: Reject | None = None
    for row in islice(_rows(path), LOOKED_AT):
        if isinstance(row, Reject):
            first_reject = first_reject or row
        else:
            columns |= dict.fromkeys(row.values)
    if not columns and first_reject:
        raise InvalidInput(
            f"No row of {path.name} is a JSON object with values. Line {first_reject.row_number}: "
            f"{first_reject.reason}",
            next_step='A row is a line such as {"title": "…"}.',
        )
    return OpenedFile(path, "jsonl", checked_columns(path, list(columns)), lambda: _rows(path))


def text_of(value: object) -> str:
    """A JSON value as text: null is empty, a text is itself, everything else its JSON."""
    if value is None:
        return ""
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def _rows(path: Path) -> Iterator[Row | Reject]:
    for number, line in lines(path):
        if line is None:
            yield Reject(number, f"The line is longer than {MAX_LINE_BYTES:,} bytes.", "")
        elif line.strip():
            yield _row(number, line)


def _row(number: int, line: bytes) -> Row | Reject:
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError as fault:
        return Reject(number, f"It is not JSON: {fault.msg}.", raw_text(line))
    if not isinstance(value, dict):
        return Reject(number, "It is not a JSON object.", raw_text(line))
    return Row(number, {name: text_of(member) for name, member in value.items()})
