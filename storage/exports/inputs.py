"""Inputs that lie as JSON objects of strings, as a column for each name.

Arrow reads the objects of a batch together, in a fifth of the time that reading them one by one takes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json as pj

TEXT = pa.string()


def in_columns_of(
    texts: pa.Array, names: Sequence[str], check: Callable[[Iterable[str]], None]
) -> list[pa.Array]:
    """A column of strings for each of `names`; an object that lacks a name has "" there.

    `check` is called with the names of an object that may have others, and raises what it wants.
    """
    found = _together(texts, names)
    return found if found is not None else _one_by_one(texts, names, check)


def _together(texts: pa.Array, names: Sequence[str]) -> list[pa.Array] | None:
    """As Arrow reads them; None where it cannot, or where an object has another name."""
    if texts.null_count or not names:
        return None
    lines = pa.ListArray.from_arrays(pa.array([0, len(texts)], pa.int32()), texts)
    joined = pc.binary_join(lines, "\n")[0].as_buffer()
    try:
        table = pj.read_json(
            pa.BufferReader(joined),
            read_options=pj.ReadOptions(use_threads=False, block_size=joined.size + 1),
            parse_options=pj.ParseOptions(
                explicit_schema=pa.schema([(name, TEXT) for name in names]),
                unexpected_field_behavior="error",
            ),
        )
    except pa.ArrowInvalid:
        return None
    if table.num_rows != len(texts):
        return None
    return [pc.fill_null(table[name], "").combine_chunks() for name in names]


def _one_by_one(
    texts: pa.Array, names: Sequence[str], check: Callable[[Iterable[str]], None]
) -> list[pa.Array]:
    objects = [orjson.loads(text) for text in texts.to_pylist()]
    for given in objects:
        check(given)
    return [pa.array([given.get(name, "") for given in objects], TEXT) for name in names]
