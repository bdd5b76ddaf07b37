"""JSON objects made of columns are those that orjson writes row by row."""

from __future__ import annotations

import orjson
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curation.imports.reading.json_objects import bytes_of, escaped, objects

PIECES = st.sampled_from([
    "a", "plain words", '"', "\\", '\\"', "\n", "\r\n", "\t", "\b", "\f", "\0", "\x1f", "\x7f", "\u2028", "é",
    "🙂", "\\u0000", "\\n", "/", "",
])  # fmt: skip
TEXTS = st.one_of(st.lists(PIECES, max_size=5).map("".join), st.text(max_size=20))


@settings(max_examples=1_000, deadline=None)
@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=6), st.tuples(TEXTS, TEXTS))
def test_each_row_is_what_orjson_writes_of_it(rows: list[tuple[str, str]], names: tuple[str, str]) -> None:
    first, second = names if names[0] != names[1] else ("a", "b")
    columns = {
        first: pa.array([one for one, _ in rows], pa.string()),
        second: pa.array([other for _, other in rows], pa.string()),
    }
    wanted = [orjson.dumps({first: one, second: other}).decode() for one, other in rows]
    assert objects(columns, len(rows)).to_pylist() == wanted


@settings(max_examples=500, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=8), st.data())
def test_a_part_of_a_column_is_itself(texts: list[str], data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(texts)))
    part = pa.array(texts, pa.string()).slice(start)
    assert bytes_of(part) == "".join(texts[start:]).encode()
    assert escaped(part).to_pylist() == [orjson.dumps(text)[1:-1].decode() for text in texts[start:]]


@pytest.mark.parametrize("rows", [0, 3])
def test_without_columns_the_objects_are_empty(rows: int) -> None:
    assert objects({}, rows).to_pylist() == ["{}"] * rows
