"""JSON rows as columns of text, and what JSON allows that no row may be.

orjson parses: it refuses NaN, Infinity, lone surrogates and endless nesting. It keeps the last of two equal
keys without a word, and makes a float of an integer beyond 64 bits; both are noticed here.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from operator import itemgetter
from typing import Any

import orjson

from curation.imports.reading import json_tables
from curation.imports.reading.batches import Chunk, Reject, raw_text

_DIGITS = bytes.maketrans(b"123456789", b"000000000")
_LONG_NUMBER = b"0" * 19
_ABSENT = object()


def text_of(value: object) -> str:
    """A JSON value as text: null is empty, a text is itself, everything else its JSON.

    Raises ValueError for a value that is nested too deep to be written.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    try:
        return orjson.dumps(value).decode()
    except orjson.JSONEncodeError as fault:
        if "ecursion" in str(fault):
            raise ValueError("it is nested more than 254 deep") from fault
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))  # an integer beyond 64 bits


def parsed(raw: bytes) -> dict[str, Any] | str:
    """One row, or what is wrong with it."""
    try:
        value = orjson.loads(raw)
        if not isinstance(value, dict):
            return "It is not a JSON object."
        if _quotes(raw) != _quotes(orjson.dumps(value)):
            return f"It has the key {_repeated(raw)!r} twice."
        return json.loads(raw) if _has_long_number(raw) else value
    except orjson.JSONDecodeError as fault:
        return f"It is not JSON: {fault.msg}."
    except orjson.JSONEncodeError:
        return "It is nested more than 254 deep."
    except (ValueError, RecursionError) as fault:
        return f"It is not JSON that can be read: {fault}."


def chunk(
    numbers: Sequence[int], raws: Sequence[bytes], names: tuple[str, ...], schema: Any | None = None
) -> Chunk:
    """Raw rows as columns `names`; what else a row has goes under `more`. `schema` is json_tables' own."""
    at_once = json_tables.columns(schema, raws) if schema is not None and len(raws) else None
    if at_once is not None:
        return Chunk(numbers, at_once)
    rows = _all_parsed(raws)
    if rows is not None:
        fast = _whole(rows, names)
        if fast is not None:
            return Chunk(numbers, fast)
    found = Chunk([], {name: [] for name in names})
    for number, raw in zip(numbers, raws, strict=True):
        row = parsed(raw)
        try:
            texts = row if isinstance(row, str) else {name: text_of(value) for name, value in row.items()}
        except ValueError as fault:
            texts = f"A value cannot be kept: {fault}."
        if isinstance(texts, str):
            found.rejects.append(Reject(number, texts, raw_text(raw)))
            continue
        place = len(found.numbers)
        found.numbers.append(number)  # type: ignore[attr-defined]
        for name, column in found.columns.items():
            column.append(texts.pop(name, None))
        if texts:
            found.more[place] = texts
    return found


def _all_parsed(raws: Sequence[bytes]) -> list[dict[str, Any]] | None:
    """Every row, if each is an object without a fault; None if any must be looked at by itself."""
    whole = b"\n".join(raws)
    try:
        rows = list(map(orjson.loads, raws))
        if set(map(type, rows)) != {dict} or _has_long_number(whole):
            return None
        return rows if _quotes(whole) == _quotes(orjson.dumps(rows)) else None
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        return None


def _whole(rows: list[dict[str, Any]], names: tuple[str, ...]) -> dict[str, list[str | None]] | None:
    """The columns where no row has another key than `names`, else None."""
    columns: dict[str, list[str | None]] = {}
    present = 0
    for name in names:
        try:
            values = list(map(itemgetter(name), rows))
            present += len(values)
        except KeyError:
            values = [row.get(name, _ABSENT) for row in rows]
            present += len(values) - values.count(_ABSENT)
        columns[name] = _texts(values)
    return columns if present == sum(map(len, rows)) else None


def _texts(values: list[Any]) -> list[str | None]:
    """Each value's text, None for what is absent; at once where all are texts or all whole numbers."""
    kinds = set(map(type, values))
    if kinds == {str}:
        return values
    if kinds == {int}:
        return list(map(str, values))
    return [None if value is _ABSENT else text_of(value) for value in values]


def _has_long_number(raw: bytes) -> bool:
    """Whether 19 digits stand together: such a number may be beyond 64 bits."""
    return _LONG_NUMBER in raw.translate(_DIGITS)


def _quotes(raw: bytes) -> int:
    """How many quotes begin or end a text: two for each key and each text, and none that is escaped."""
    if b"\\" in raw:
        raw = raw.replace(b"\\\\", b"")
        return raw.count(b'"') - raw.count(b'\\"')
    return raw.count(b'"')


def _repeated(raw: bytes) -> str:
    """A key that stands twice in one object."""
    twice: list[str] = []

    def seen(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        twice.extend(name for name, times in Counter(name for name, _ in pairs).items() if times > 1)
        return dict(pairs)

    json.loads(raw, object_pairs_hook=seen)
    return twice[0][:100] if twice else "?"
