"""Record batches in pieces that stay small when they are written out as text.

A few bytes of a dictionary or of a run can stand for gigabytes of text: what a row would be is counted
before it is made.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from curation.imports.reading.limits import Limits

types = pa.types


def pieces(batch: Any, limits: Limits) -> Iterator[Any]:
    """The batch in slices of at most `batch_rows` rows and about `batch_bytes` of text, in order."""
    for start in range(0, batch.num_rows, limits.batch_rows):
        part = batch.slice(start, limits.batch_rows)
        if part.nbytes + _at_most(part) <= limits.batch_bytes:
            yield part
            continue
        ends = list(accumulate(_row_bytes(part).to_pylist()))
        begin = 0
        while begin < part.num_rows:
            before = ends[begin - 1] if begin else 0
            end = max(bisect_right(ends, before + limits.batch_bytes), begin + 1)
            yield part.slice(begin, end - begin)
            begin = end


def _at_most(part: Any) -> int:
    """No dictionary or run of the part stands for more bytes than this."""
    return sum(
        part.num_rows * (pc.max(_lengths(values)).as_py() or 0)
        for column in part.columns
        if (values := _shared_values(column)) is not None and len(values)
    )


def _row_bytes(part: Any) -> Any:
    """About how many bytes of text each row is, an Arrow array of int64, `(rows,)`."""
    found = _all(8 * part.num_columns, part.num_rows)
    for column in part.columns:
        if types.is_dictionary(column.type):
            sizes = pc.take(_lengths(column.dictionary), column.indices)
        elif types.is_run_end_encoded(column.type):
            sizes = pc.run_end_decode(
                pa.RunEndEncodedArray.from_arrays(column.run_ends, _lengths(column.values))
            ).slice(column.offset, len(column))
        else:
            sizes = _lengths(column)
        found = pc.add(found, pc.fill_null(sizes, 0).cast(pa.int64()))
    return found


def _all(size: int, rows: int) -> Any:
    return pa.repeat(pa.scalar(size, pa.int64()), rows)


def _shared_values(column: Any) -> Any | None:
    if types.is_dictionary(column.type):
        return column.dictionary
    return column.values if types.is_run_end_encoded(column.type) else None


def _lengths(values: Any) -> Any:
    """The bytes of each value where it has a length of its own; else a share of the whole."""
    kind = values.type
    if any(is_kind(kind) for is_kind in (types.is_string, types.is_binary, types.is_large_string)):
        return pc.cast(pc.binary_length(values), pa.int64())
    if types.is_large_binary(kind) or types.is_string_view(kind) or types.is_binary_view(kind):
        return pc.cast(pc.binary_length(values), pa.int64())
    each = values.nbytes // max(len(values), 1)
    if types.is_list(kind) or types.is_large_list(kind):
        items = pc.fill_null(pc.list_value_length(values), 0)
        total = max(pc.sum(items).as_py() or 0, 1)
        return pc.multiply(pc.cast(items, pa.int64()), values.nbytes // total)
    return _all(each, len(values))
