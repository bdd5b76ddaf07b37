"""Whether a file may hold one of many texts, told by one pass over its bytes for all of them together.

Looking for each spelling by itself takes as many passes as there are spellings: hundreds, for ten records.
"""

from __future__ import annotations

import mmap

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from storage.erasing.needles import SIEVE_CHARACTERS, Needles

WINDOW_BYTES = 1 << 20
_REACH_BYTES = 4 * SIEVE_CHARACTERS
"""A sieve never matches more: UTF-8 takes at most four bytes a character."""


def may_hold(view: mmap.mmap, needles: Needles) -> bool:
    """Whether the beginning of any spelling stands in the bytes; what it lets through is looked at again."""
    ends = np.arange(WINDOW_BYTES, len(view), WINDOW_BYTES, dtype=np.int64)
    windows = _cut(view, ends)
    around = np.stack([ends - _REACH_BYTES, np.minimum(ends + _REACH_BYTES, len(view))], axis=1).ravel()
    seams = _cut(view, around).take(pa.array(np.arange(1, len(around) + 1, 2)))
    return any(_matched(array, sieve) for sieve in needles.sieves for array in (windows, seams))


def _cut(view: mmap.mmap, places: np.ndarray) -> pa.LargeBinaryArray:
    """The bytes as an array, cut at these places, without a copy of them."""
    offsets = np.concatenate([[0], places, [len(view)]]).astype(np.int64)
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(view)]
    return pa.LargeBinaryArray.from_buffers(pa.large_binary(), len(offsets) - 1, buffers)


def _matched(array: pa.LargeBinaryArray, sieve: str) -> bool:
    return bool(pc.any(pc.match_substring_regex(array, sieve)).as_py())
