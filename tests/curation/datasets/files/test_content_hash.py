"""The content hash: the same however rows are batched, another for any change, and as its module says."""

from __future__ import annotations

import hashlib
import struct

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from curation.datasets.files.content_hash import COLUMNS, ContentHash

VALUES = st.one_of(st.none(), st.text(max_size=4))
ROWS = st.lists(st.tuples(*[VALUES] * len(COLUMNS)), min_size=1, max_size=8)
Rows = list[tuple[str | None, ...]]


def table(rows: Rows) -> pa.Table:
    columns = {
        name: pa.array([row[place] for row in rows], pa.string()) for place, name in enumerate(COLUMNS)
    }
    return pa.table(columns)


def hashed(*batches: pa.Table, file: str = "train.parquet") -> str:
    digest = ContentHash()
    for batch in batches:
        digest.update(file, batch)
    return digest.hexdigest()


@settings(deadline=None)
@given(ROWS, st.integers(0, 8))
def test_batches_do_not_matter_and_it_is_as_written_down(rows: Rows, cut: int) -> None:
    whole = table(rows)
    assert hashed(whole.slice(0, cut), whole.slice(cut)) == hashed(whole) == as_written_down(rows)


def as_written_down(rows: Rows) -> str:
    lines = b""
    for place, name in enumerate(COLUMNS):
        texts = [None if row[place] is None else row[place].encode() for row in rows]  # type: ignore[union-attr]
        lengths = b"".join(struct.pack("<i", -1 if text is None else len(text)) for text in texts)
        parts = (lengths, b"".join(text or b"" for text in texts))
        of_lengths, of_texts = (hashlib.sha256(part).hexdigest() for part in parts)
        lines += f"train.parquet {name} {of_lengths} {of_texts}\n".encode()
    return hashlib.sha256(lines).hexdigest()


@settings(deadline=None)
@given(ROWS, ROWS)
def test_other_rows_have_another_hash(one: Rows, other: Rows) -> None:
    assert (hashed(table(one)) == hashed(table(other))) is (one == other)


def test_the_same_rows_in_another_file_have_another_hash() -> None:
    rows = table([("a",) * len(COLUMNS)])
    assert hashed(rows) != hashed(rows, file="test.parquet")


def test_files_may_be_written_in_any_order() -> None:
    one, other = table([("a",) * len(COLUMNS)]), table([("b",) * len(COLUMNS)])
    forth, back = ContentHash(), ContentHash()
    forth.update("train.parquet", one)
    forth.update("test.parquet", other)
    back.update("test.parquet", other)
    back.update("train.parquet", one)
    assert forth.hexdigest() == back.hexdigest()
