"""JSON rows that are all alike, as columns at once: Arrow's own parser where it gives what orjson gives.

It takes a block of lines only if each line is one object with exactly the keys expected, none of them null,
all values of a column texts, all whole numbers within 64 bits, or all truth values. Arrow refuses the rest by
itself (another type, a further key, one twice, NaN), but for three things that are looked at here: objects
that do not keep to their lines, keys that are missing, and bytes that are no UTF-8.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.json

_KINDS = {str: pa.string(), int: pa.int64(), bool: pa.bool_()}


def schema(kinds: Mapping[str, set[type]]) -> Any | None:
    """The schema of rows whose columns hold values of these types; None where Arrow is not to be asked."""
    fields = [
        (name, _KINDS.get(next(iter(types))) if len(types) == 1 else None) for name, types in kinds.items()
    ]
    return None if any(kind is None for _, kind in fields) else pa.schema(fields)


def columns(wanted: Any, raws: Sequence[bytes]) -> dict[str, Any] | None:
    """The columns of these lines as strings; None if any line must be looked at by itself."""
    if not all(raw.startswith(b"{") and raw.endswith((b"}", b"}\r")) for raw in raws):
        return None  # else each is one object, since Arrow takes flat ones only
    whole = b"\n".join(raws)
    try:
        table = pa.json.read_json(
            pa.BufferReader(whole),
            read_options=pa.json.ReadOptions(use_threads=False, block_size=len(whole) + 1),
            parse_options=pa.json.ParseOptions(explicit_schema=wanted, unexpected_field_behavior="error"),
        )
        if table.num_rows != len(raws) or any(column.null_count for column in table.columns):
            return None
        table.validate(full=True)
    except pa.ArrowInvalid:
        return None
    return {name: _texts(table.column(name)) for name in wanted.names}


def _texts(column: Any) -> Any:
    texts = column.combine_chunks()
    whole = texts.chunk(0) if isinstance(texts, pa.ChunkedArray) else texts
    return whole if pa.types.is_string(whole.type) else whole.cast(pa.string())
