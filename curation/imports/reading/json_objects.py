"""Columns of text as JSON objects, one for each row, made by Arrow for many rows at once.

Each object is, byte for byte, what orjson writes of the row as a dictionary of texts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc

_SHORT = (
    ("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t"), ("\b", "\\b"), ("\f", "\\f"),
)  # fmt: skip
"""What JSON has an escape of two characters for; the backslash first, since the others bring it in."""


def objects(columns: Mapping[str, Any], rows: int) -> Any:
    """JSON objects, `(rows,)`, of Arrow arrays of strings without nulls, each of `rows` texts."""
    pieces: list[Any] = []
    between = "{"
    for name, texts in columns.items():
        pieces += [f'{between}{orjson.dumps(name).decode()}:"', escaped(texts)]
        between = '",'
    if not pieces:
        return pa.repeat(pa.scalar("{}", pa.string()), rows)
    return pc.binary_join_element_wise(*pieces, '"}', "")


def escaped(texts: Any) -> Any:
    """The texts of an Arrow array of strings as JSON has them between quotes."""
    text = bytes_of(texts)
    size_bytes = len(orjson.dumps(text.decode())) - 2
    if size_bytes == len(text):  # as it is for most columns
        return texts
    made = texts
    for character, written in _SHORT:
        if character.encode() in text:
            made = pc.replace_substring(made, character, written)
    if _size_bytes(made) != size_bytes:  # other control characters stand in it
        made = pa.array([orjson.dumps(each)[1:-1] for each in texts.to_pylist()], pa.string())
    return made


def bytes_of(texts: Any) -> bytes:
    """The UTF-8 of an Arrow array of strings in one piece."""
    first, last = _ends(texts)
    return bytes(texts.buffers()[2].slice(first, last - first)) if last > first else b""


def _size_bytes(texts: Any) -> int:
    first, last = _ends(texts)
    return last - first


def _ends(texts: Any) -> tuple[int, int]:
    """Where the text of an array begins and ends in its buffer."""
    if not len(texts):
        return 0, 0
    bounds = memoryview(texts.buffers()[1]).cast("i")
    return bounds[texts.offset], bounds[texts.offset + len(texts)]
