"""The content hash of a dataset version, taken column by column straight from Arrow's memory.

Of each file (train, validation, test, robustness) and each column of `COLUMNS` two SHA-256 are taken: of
the lengths of its texts in bytes, as little-endian signed 32-bit numbers with -1 for an absent one, and
of the texts' UTF-8, one behind the other, in the order of rows. The content hash is the SHA-256 of the
lines `file column lengths texts` (both in hex, parted by spaces, each line ended by a line feed) of the
files that have rows, files and columns in this order. It depends neither on how rows are batched nor on
how Parquet is written.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

COLUMNS = (
    "record_id", "split", "variation", "source", "system", "prompt", "completion", "decision",
    "teacher_output",
)  # fmt: skip
FILES = ("train.parquet", "validation.parquet", "test.parquet", "robustness.parquet")


class ContentHash:
    """Takes rows in as they are written, file by file in any order, each file's rows in theirs."""

    def __init__(self) -> None:
        self._digests: dict[tuple[str, str], tuple[Any, Any]] = {}

    def update(self, file: str, rows: pa.Table) -> None:
        """Take in the next rows of a file."""
        for name in COLUMNS:
            lengths, texts = self._digests.setdefault((file, name), (hashlib.sha256(), hashlib.sha256()))
            for chunk in rows.column(name).chunks:
                array = pa.concat_arrays([chunk])  # so that its memory begins with its first text
                measured = pc.fill_null(pc.binary_length(array), -1)
                lengths.update(measured.to_numpy(zero_copy_only=False).astype("<i4").tobytes())
                _take_in(texts, array)

    def hexdigest(self) -> str:
        """The content hash of all that was taken in."""
        whole = hashlib.sha256()
        for file in FILES:
            for name in COLUMNS:
                if (file, name) in self._digests:
                    lengths, texts = self._digests[file, name]
                    whole.update(f"{file} {name} {lengths.hexdigest()} {texts.hexdigest()}\n".encode())
        return whole.hexdigest()


def of_folder(folder: Path) -> str:
    """The content hash of the files of a version as they lie, such as after rows were erased.

    For versions frozen since rows have a `variation` and a `source`; older ones were hashed otherwise.
    """
    found = ContentHash()
    for name in FILES:
        if (folder / name).is_file():
            with pq.ParquetFile(folder / name) as file:
                for batch in file.iter_batches(columns=list(COLUMNS)):
                    found.update(name, pa.Table.from_batches([batch]))
    return found.hexdigest()


def _take_in(digest: Any, array: pa.StringArray) -> None:
    """The texts of an array one behind the other; absent ones take no bytes."""
    _, offsets, texts = array.buffers()
    if texts is None:
        return
    at = memoryview(offsets).cast("i")
    start, end = at[array.offset], at[array.offset + len(array)]
    digest.update(memoryview(texts)[start:end])
