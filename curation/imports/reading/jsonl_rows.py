"""Rows that are JSON objects: one on each line (JSONL), or the values of a JSON document."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from curation.imports.reading import columns, json_tables, json_texts, lines
from curation.imports.reading.batches import Chunk, Reject, raw_text
from curation.imports.reading.limits import Limits
from curation.imports.reading.opened import Format, Opened
from curation.imports.reading.sources import Source
from storage.errors import InvalidInput

LOOKED_AT = 1_000
"""How many rows are read to learn the columns."""


@dataclass(frozen=True)
class RawRows:
    """Rows as they stand in the file, with their numbers; and those that were too long to take up."""

    numbers: list[int]
    raws: list[bytes]
    rejects: list[Reject]


def opened(source: Source) -> Opened:
    """The source as JSONL. Raises InvalidInput when none of its first rows is an object."""
    return of_raw_rows(source, "jsonl", {}, lambda: _raw_lines(source))


def of_raw_rows(
    source: Source, format: Format, detected: dict[str, str], raw_rows: Callable[[], Iterator[RawRows]]
) -> Opened:
    """What a reader of JSON objects gives, whatever they stand in."""
    kinds = _kinds(source.name, raw_rows())
    names = columns.checked(source.name, list(kinds), source.limits, exact=True)
    schema = json_tables.schema(kinds)
    return Opened(format, names, detected, lambda: _chunks(raw_rows(), names, schema, source.limits))


def _raw_lines(source: Source) -> Iterator[RawRows]:
    longest = source.limits.row_bytes
    for block in lines.blocks(source):
        if not block.cut and b"" not in block.raws and not any(map(bytes.isspace, block.raws)):
            yield RawRows(list(block.numbers), block.raws, [])
            continue
        found = RawRows([], [], [])
        for number, raw in zip(block.numbers, block.raws, strict=True):
            if number in block.cut:
                reason = f"The line is longer than {longest:,} bytes."
                found.rejects.append(Reject(number, reason, raw_text(raw)))
            elif raw.strip():
                found.numbers.append(number)
                found.raws.append(raw)
        yield found


def _kinds(file: str, found: Iterator[RawRows]) -> dict[str, set[type]]:
    """The keys of the first rows, in the order they come up, with the types of their values."""
    kinds: dict[str, set[type]] = {}
    first_reject: Reject | None = None
    left = LOOKED_AT
    for some in found:
        first_reject = first_reject or next(iter(some.rejects), None)
        for number, raw in islice(zip(some.numbers, some.raws, strict=True), left):
            row = json_texts.parsed(raw)
            if isinstance(row, dict):
                for name, value in row.items():
                    kinds.setdefault(name, set()).add(type(value))
            else:
                first_reject = first_reject or Reject(number, row, "")
        left -= min(left, len(some.numbers))
        if left == 0:
            break
    if not kinds:
        told = f" Row {first_reject.row_number}: {first_reject.reason}" if first_reject else ""
        raise InvalidInput(
            f"No row of {file} is a JSON object with values.{told}",
            next_step='A row is an object such as {"title": "…"}.',
        )
    return kinds


def _chunks(
    found: Iterator[RawRows], names: tuple[str, ...], schema: Any | None, limits: Limits
) -> Iterator[Chunk]:
    known = set(names)
    for some in found:
        places = range(0, max(len(some.numbers), 1), limits.batch_rows)
        for place in places:
            part = slice(place, place + limits.batch_rows)
            chunk = json_texts.chunk(some.numbers[part], some.raws[part], names, schema)
            if place == 0:
                chunk.rejects.extend(some.rejects)
            for more in chunk.more.values():
                known.update(more)
            if len(known) > limits.columns:
                raise InvalidInput(
                    f"The rows have more than {limits.columns} keys in all.",
                    next_step="Put what belongs together under one key, or raise the limit columns.",
                )
            yield chunk
