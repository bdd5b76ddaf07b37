"""JSON and JSONL: what json wrote comes back, in whatever frame, and each row that is none says why."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curation.imports.reading import json_tables, json_texts
from curation.imports.reading.batches import Reject
from curation.imports.reading.limits import Limits
from storage.errors import InvalidInput
from tests.curation.imports.reading.reads import batches, found, rejects, rows, values, written

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
ROW = st.fixed_dictionaries({"first": TEXT, "second": TEXT}, optional={"third": TEXT})


@settings(deadline=None)
@given(st.lists(ROW, min_size=1, max_size=8), st.booleans(), st.sampled_from([None, 1]))
def test_what_json_writes_comes_back_exactly(
    tmp_path_factory: pytest.TempPathFactory,
    given_rows: list[dict[str, str]],
    ascii_only: bool,
    indent: int | None,
) -> None:
    folder = tmp_path_factory.mktemp("json")

    def dumped(value: Any, indent: int | None = None) -> str:
        return json.dumps(value, ensure_ascii=ascii_only, indent=indent)

    bodies = {
        "lines.jsonl": "\n".join(map(dumped, given_rows)),
        "array.json": dumped(given_rows, indent),
        "holder.json": dumped({"version": [1, "]"], "rows": given_rows, "n": {"a": [1]}}, indent),
        "pretty.json": "\n".join(dumped(row, 2) for row in given_rows),
    }
    for name, body in bodies.items():
        assert values(written(folder, name, body), as_table=True) == given_rows, name


VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


@settings(deadline=None)
@given(VALUE)
def test_any_value_is_its_text_or_its_json(tmp_path_factory: pytest.TempPathFactory, value: Any) -> None:
    path = written(tmp_path_factory.mktemp("value"), "a.jsonl", json.dumps({"id": "x", "value": value}))
    [row] = values(path, as_table=True)
    if isinstance(value, str):
        assert row["value"] == value
    else:
        assert row["value"] == "" if value is None else json.loads(row["value"]) == value


def test_json_lines_are_read_and_each_bad_line_says_why(tmp_path: Path) -> None:
    lines = [
        b'{"title": "wok", "price": 3.5, "tags": ["a"], "new": true, "note": null}',
        b'{"title": NaN}',
        b"",
        b"[1, 2]",
        b'{"title": "caf\xe9"}',
        b'{"title": ' + b"[" * 3_000 + b"}",
        b'{"title": "a", "price": 1, "title": "b"}',
        b'{"title": -Infinity}',
        b'{"title": "n\\u0000l"}',
        b'{"title": "\xc3\xa9", "tags": {"a": {"b": 1, "b": 2}}}',
        b'{"title": ' + b"[" * 500 + b"]" * 500 + b"}",
        b'{"title": 123456789012345678901234567890}',
        b'{"title": "tea"}',
    ]
    path = written(tmp_path, "a.jsonl", b"\n".join(lines))
    assert values(path) == [
        {"title": "wok", "price": "3.5", "tags": '["a"]', "new": "true", "note": ""},
        {"title": "123456789012345678901234567890"},
        {"title": "tea"},
    ]
    reasons = {number: reason for number, reason, _ in rejects(path)}
    assert list(reasons) == [2, 4, 5, 6, 7, 8, 9, 10, 11]
    assert reasons[4] == "It is not a JSON object."
    assert reasons[7] == "It has the key 'title' twice."
    assert reasons[9] == "Column 'title' holds a NUL character."
    assert reasons[10] == "It has the key 'b' twice."
    assert reasons[11] == "It is nested more than 254 deep."
    assert all(reasons[number].startswith("It is not JSON: ") for number in (2, 5, 6, 8))
    assert all(len(raw) <= 2_000 for _, _, raw in rejects(path))


@pytest.mark.parametrize(
    "line", ['{"a": "x\\\\", "b": "\\"", "a": 1}', '{"a" :1,"b":{"c":[{"d":1,"d":"\\\\\\""}]}}']
)
def test_a_key_that_stands_twice_is_seen_behind_escapes_and_spaces(tmp_path: Path, line: str) -> None:
    path = written(tmp_path, "a.jsonl", '{"a": "fine\\\\", "b": "\\u0022"}\n' + line + "\n")
    assert [row["a"] for row in values(path)] == ["fine\\"]
    assert [number for number, reason, _ in rejects(path) if "twice" in reason] == [2]


def test_a_key_that_comes_late_is_kept_and_one_that_is_missing_is_known_as_missing(tmp_path: Path) -> None:
    lines = [f'{{"a": "{number}"}}' for number in range(1_200)] + ['{"a": "x", "late": "l"}', '{"b": null}']
    path = written(tmp_path, "a.jsonl", "\n".join(lines) + "\n")
    assert found(path).columns == ("a",)
    assert values(path)[-2:] == [{"a": "x", "late": "l"}, {"b": ""}]
    last = batches(path)[-1]
    assert last.columns["late"][-2:] == ["l", ""]
    assert len(last.numbers) - 1 in last.absent["a"]
    assert len(last.numbers) - 1 not in last.absent["b"]


def test_keys_are_kept_as_they_are_written(tmp_path: Path) -> None:
    path = written(tmp_path, "a.jsonl", '{" a ": "1", "": "2"}\n{" a ": "3", "": "4"}\n')
    assert values(path) == [{" a ": "1", "": "2"}, {" a ": "3", "": "4"}]


def test_more_keys_than_columns_may_be_refuse_the_file(tmp_path: Path) -> None:
    lines = ['{"a": 1}'] * 1_000 + [f'{{"k{number}": 1}}' for number in range(1_000)]
    path = written(tmp_path, "a.jsonl", "\n".join(lines))
    with pytest.raises(InvalidInput, match="more than 1000 keys"):
        rows(path)
    with pytest.raises(InvalidInput, match="has 10000 columns; 1000 are read at most"):
        rows(written(tmp_path, "b.jsonl", json.dumps({f"k{number}": 1 for number in range(10_000)})))


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ('[{"a": 1} {"a": 2}]', "a comma or the end of the array is missing"),
        ('[{"a": 1}, {"a": 2', "it ends in the middle of a value"),
        ('[{"a": 1}] x', "something follows its end"),
        ('{"rows": [{"a": 1}], "more": [{"b": 1}]}', "two arrays of rows, 'rows' and 'more'"),
        ('{\n"rows": [{"a": 1}], "n" 1}', "a key is missing"),
        ("[1, 2]", "No row of a.json is a JSON object"),
        ("[" * 100_000, "it ends in the middle of a value"),
        ("[" * 100_000 + "]" * 100_000, "No row of a.json is a JSON object"),
    ],
)
def test_a_document_that_cannot_be_followed_is_refused(tmp_path: Path, body: str, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        rows(written(tmp_path, "a.json", body))


def test_an_element_that_is_no_row_is_rejected_and_the_next_is_read(tmp_path: Path) -> None:
    deep = '{"a": ' + "[" * 100_000 + "]" * 100_000 + "}"
    path = written(tmp_path, "a.json", f'[{{"a": 1}}, 5, {deep}, {{"a": NaN}}, "x]", {{"a": "]}}"}}]')
    assert values(path) == [{"a": "1"}, {"a": "]}"}]
    assert [number for number, _, _ in rejects(path)] == [2, 3, 4, 5]


def test_a_line_too_long_is_rejected_and_an_element_too_long_refuses_the_file(tmp_path: Path) -> None:
    limits = Limits(row_bytes=10_000)
    long = json.dumps({"a": "x" * 20_000})
    path = written(tmp_path, "a.jsonl", f'{{"a": 1}}\n{long}\n{{"a": 2}}\n')
    assert values(path, limits=limits) == [{"a": "1"}, {"a": "2"}]
    [reject] = [row for row in rows(path, limits=limits) if isinstance(row, Reject)]
    assert (reject.row_number, reject.reason) == (2, "The line is longer than 10,000 bytes.")
    assert len(reject.row) == 2_000
    big = written(tmp_path, "a.json", f'[{{"a": 1}}, {json.dumps({"a": "x" * 5_000_000})}]')
    with pytest.raises(InvalidInput, match="holds a value that is longer than 10,000 bytes"):
        rows(big, limits=limits)


def test_batches_are_small_whatever_the_rows_are(tmp_path: Path) -> None:
    limits = Limits(batch_rows=100, batch_bytes=10_000)
    lines = [json.dumps({"a": "x" * (5_000 if number % 50 == 0 else 5)}) for number in range(1_000)]
    found_batches = batches(written(tmp_path, "a.jsonl", "\n".join(lines)), limits=limits)
    assert sum(len(batch.numbers) for batch in found_batches) == 1_000
    assert max(len(batch.numbers) for batch in found_batches) <= 100
    assert max(sum(map(len, batch.columns["a"])) for batch in found_batches) <= 15_000


LINE = st.fixed_dictionaries({"a": TEXT, "n": st.integers(-(2**63), 2**63 - 1), "t": st.booleans()})
ODD = st.sampled_from([
    '{"a": "x", "n": 1.0, "t": true}', '{"a": "x", "n": null, "t": true}', '{"a": "x", "t": true}',
    '{"a": "x", "n": 1, "t": true, "a": "y"}', '{"a": "x", "n": 1, "t": true} {"a": "y", "n": 2, "t": true}',
    '{"a": "x",', '{"a": "\\ud800", "n": 1, "t": true}', '{"a": "x", "n": 9223372036854775808, "t": false}',
    '{"a": "x", "n": -0, "t": false, "more": {}}', '{"a": "\\u0022}", "n": 1, "t": true}', "[]", "",
    '{"n": 1, "a": "other order", "t": true}', '{"a": {"n": 1}, "n": 1, "t": true}',
    '{"a": "x", "n": NaN, "t": true}',
])  # fmt: skip


@settings(deadline=None)
@given(st.lists(LINE.map(json.dumps) | ODD, min_size=1, max_size=8), st.sampled_from(["\n", "\r\n"]))
def test_arrow_reads_a_block_of_lines_as_they_are_read_one_by_one(lines: list[str], end: str) -> None:
    raws = [line.encode() for line in end.join(lines).split("\n") if line.strip()]
    numbers = range(1, len(raws) + 1)
    schema = json_tables.schema({"a": {str}, "n": {int}, "t": {bool}})
    at_once = json_tables.columns(schema, raws) if raws else None
    by_line = json_texts.chunk(numbers, raws, ("a", "n", "t"))
    if at_once is not None:
        assert {name: column.to_pylist() for name, column in at_once.items()} == by_line.columns
        assert (by_line.rejects, by_line.more, len(by_line.numbers)) == ([], {}, len(raws))


def test_arrow_is_asked_for_lines_that_are_all_alike() -> None:
    raws = [json.dumps({"a": f"größe {number}", "n": number, "t": True}).encode() for number in range(10)]
    schema = json_tables.schema({"a": {str}, "n": {int}, "t": {bool}})
    assert json_tables.columns(schema, raws) is not None
    assert json_tables.columns(schema, [*raws, b'{"a": "x\xff", "n": 1, "t": true}']) is None
    assert json_tables.schema({"a": {str, int}}) is None
    assert json_tables.schema({"a": {float}}) is None
