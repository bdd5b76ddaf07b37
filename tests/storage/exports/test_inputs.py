"""Inputs in columns: whatever the objects are, each column has what their JSON says."""

from __future__ import annotations

import json
from collections.abc import Iterable

import orjson
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.exports.columns import Columns, OtherColumns
from storage.exports.inputs import in_columns_of

TEXTS = st.one_of(
    st.text(max_size=8),
    st.sampled_from(
        ['"', "\\", '","b":"', '{"a":"', '"}', "", "ä", "\x00", "日本", "\n", "plain", "}", ":", ","]
    ),
)
OBJECTS = st.dictionaries(st.sampled_from(["a", "b", "ü b", 'c"']), TEXTS, max_size=4)


def columns(objects: list[dict[str, str]], names: tuple[str, ...], start: int = 0) -> list[list[str]]:
    texts = pa.array([orjson.dumps(each).decode() for each in objects], pa.string()).slice(start)
    return [found.to_pylist() for found in in_columns_of(texts, names, Columns(names, False).check)]


@settings(deadline=None)
@given(st.lists(OBJECTS, max_size=12), st.permutations(["a", "b", "ü b", 'c"']), st.integers(0, 3))
def test_each_column_has_what_the_objects_say(
    objects: list[dict[str, str]], names: list[str], start: int
) -> None:
    ordered = [{name: each[name] for name in names if name in each} for each in objects]
    for given_objects in (objects, ordered):
        found = columns(given_objects, tuple(names), start)
        assert found == [[each.get(name, "") for each in given_objects[start:]] for name in names]


@settings(deadline=None)
@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=12))
def test_plain_objects_among_others_keep_their_places(pairs: list[tuple[str, str]]) -> None:
    found = columns([{"a": one, "b": other} for one, other in pairs], ("a", "b"))
    assert found == [[one for one, _ in pairs], [other for _, other in pairs]]


@pytest.mark.parametrize(
    "written",
    [
        '{"a": "x","b":"y"}',
        '{"b":"y","a":"x"}',
        '{"a":"x","b":"y"} ',
        ' {"a":"x","b":"y"}',
        '{"a":"\\u0078","b":"y"}',
    ],
)
def test_objects_that_another_hand_wrote_are_read_all_the_same(written: str) -> None:
    texts = pa.array([written, '{"a":"1","b":"2"}', written])
    found = in_columns_of(texts, ("a", "b"), lambda names: None)
    assert [each.to_pylist() for each in found] == [["x", "1", "x"], ["y", "2", "y"]]


def test_an_object_with_another_name_is_refused() -> None:
    def check(names: Iterable[str]) -> None:
        if set(names) - {"a"}:
            raise OtherColumns

    texts = pa.array([json.dumps({"a": "x"}), json.dumps({"a": "x", "z": "y"})])
    with pytest.raises(OtherColumns):
        in_columns_of(texts, ("a",), check)
