"""Arrow columns as columns of text: whole columns at once where Arrow writes a value as Python does.

Nothing is empty text, and so is a float that is no number. Whole numbers, truth values and dates are as
Python and JSON write them; lists and structs are JSON.
"""

from __future__ import annotations

import math
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from curation.imports.reading.batches import Chunk, Reject, raw_text

types = pa.types


def chunk(first_number: int, names: tuple[str, ...], batch: Any) -> Chunk:
    """A record batch as columns of text; rows with a value that is no text are rejected."""
    found = Chunk(range(first_number, first_number + batch.num_rows), {})
    faults: dict[int, str] = {}
    for name, column in zip(names, batch.columns, strict=True):
        found.columns[name] = _texts(name, column, faults)
    return _without(found, faults, batch) if faults else found


def _texts(name: str, column: Any, faults: dict[int, str]) -> Any:
    plain = _plain(column)
    vectorised = _vectorised(plain)
    if vectorised is not None:
        return pc.fill_null(vectorised, "") if vectorised.null_count else vectorised
    texts: list[str] = []
    for place in range(len(plain)):
        try:
            texts.append(_text(plain[place].as_py()))
        except (ValueError, TypeError, OverflowError) as fault:
            texts.append("")
            faults.setdefault(place, f"Column {name!r} is not text: {fault}.")
    return texts


def _plain(column: Any) -> Any:
    """The column without extension types, dictionaries, runs and views."""
    kind = column.type
    if isinstance(kind, pa.BaseExtensionType):
        return _plain(column.storage)
    if types.is_dictionary(kind):
        return _plain(column.dictionary_decode())
    if types.is_run_end_encoded(kind):
        return _plain(pc.run_end_decode(column))
    if types.is_large_string(kind) or kind == pa.string_view():
        return column.cast(pa.string())
    if types.is_timestamp(kind) and kind.unit == "ns":
        return _to_microseconds(column)
    return column


def _to_microseconds(column: Any) -> Any:
    try:
        return column.cast(pa.timestamp("us", column.type.tz))
    except pa.ArrowInvalid:  # what is finer than a microsecond stays as Arrow writes it
        return column.cast(pa.string())


def _vectorised(column: Any) -> Any | None:
    """The column as strings where that can be done at once and gives what `_text` gives, else None."""
    kind = column.type
    if types.is_null(kind):
        return pa.array([""] * len(column), pa.string())
    if types.is_string(kind):
        return column if _is_valid(column) else None
    if types.is_integer(kind) or types.is_boolean(kind) or types.is_date32(kind):
        return column.cast(pa.string())
    if types.is_binary(kind) or types.is_large_binary(kind):
        try:
            return column.cast(pa.string())
        except pa.ArrowInvalid:
            return None
    return None


def _is_valid(column: Any) -> bool:
    try:
        column.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _text(cell: object) -> str:
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return ""
    if isinstance(cell, bytes):
        return cell.decode("utf-8")
    if isinstance(cell, str | int | float) and not isinstance(cell, bool):
        return str(cell)
    written = orjson.dumps(cell, default=str).decode()
    return written[1:-1] if written.startswith('"') else written


def _without(found: Chunk, faults: dict[int, str], batch: Any) -> Chunk:
    """The chunk without the rows of `faults`, which become rejects."""
    kept = [place for place in range(len(found.numbers)) if place not in faults]
    chosen = pa.array(kept, pa.int64())
    columns = {
        name: [column[place] for place in kept] if isinstance(column, list) else column.take(chosen)
        for name, column in found.columns.items()
    }
    rejects = [
        Reject(found.numbers[place], reason, raw_text(_shown(batch, place)))
        for place, reason in sorted(faults.items())
    ]
    return Chunk([found.numbers[place] for place in kept], columns, rejects)


def _shown(batch: Any, place: int) -> str:
    """A row as Python shows it, a column that cannot be shown left out."""
    shown = []
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        try:
            shown.append(f"{name}: {column[place].as_py()!r:.500}")
        except (ValueError, TypeError, OverflowError):
            shown.append(f"{name}: ?")
    return ", ".join(shown)
