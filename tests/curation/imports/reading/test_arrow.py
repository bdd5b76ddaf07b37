"""Parquet and Arrow: what pyarrow wrote comes back as text, and what is damaged or a bomb is refused."""

from __future__ import annotations

import datetime
import decimal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curation.imports.reading.batches import Reject, Row
from curation.imports.reading.limits import Limits
from storage.errors import InvalidInput
from tests.curation.imports.reading.reads import batches, found, rejects, rows, values

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)


def parquet(table: pa.Table, path: Path) -> None:
    pq.write_table(table, path, row_group_size=3)


def arrow_file(table: pa.Table, path: Path) -> None:
    with pa.ipc.new_file(path, table.schema) as writer:
        writer.write_table(table, max_chunksize=2)


def arrow_stream(table: pa.Table, path: Path) -> None:
    with pa.ipc.new_stream(path, table.schema) as writer:
        writer.write_table(table, max_chunksize=2)


def compressed(table: pa.Table, path: Path) -> None:
    with pa.ipc.new_file(path, table.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as writer:
        writer.write_table(table)


WRITERS = [parquet, arrow_file, arrow_stream, compressed]
Write = Callable[[pa.Table, Path], None]


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(TEXT | st.none(), st.integers(-(2**63), 2**63 - 1), st.booleans()), min_size=1, max_size=8
    )
)
def test_what_pyarrow_writes_comes_back_exactly(
    tmp_path_factory: pytest.TempPathFactory, cells: list[tuple[str | None, int, bool]]
) -> None:
    folder = tmp_path_factory.mktemp("arrow")
    texts, numbers, truths = map(list, zip(*cells, strict=True))
    table = pa.table({
        "text": pa.array(texts, pa.string()), "large": pa.array(texts, pa.large_string()),
        "view": pa.array(texts, pa.string_view()),
        "dictionary": pa.array(texts, pa.string()).dictionary_encode(),
        "bytes": pa.array([text and text.encode() for text in texts], pa.binary()),
        "number": pa.array(numbers, pa.int64()), "truth": pa.array(truths, pa.bool_()),
    })  # fmt: skip
    expected = [
        {**dict.fromkeys(("text", "large", "view", "dictionary", "bytes"), text or ""), "number": str(number),
         "truth": "true" if truth else "false"}
        for text, number, truth in cells
    ]  # fmt: skip
    for write in WRITERS:
        write(table, folder / write.__name__)
        assert values(folder / write.__name__) == expected, write.__name__


@pytest.mark.parametrize("write", WRITERS)
def test_values_that_are_no_text_are_written_as_people_and_json_write_them(
    tmp_path: Path, write: Write
) -> None:
    morning = datetime.datetime.fromisoformat("2026-11-21T03:04")
    midnight = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    given_columns: dict[str, tuple[Any, Any, str]] = {
        "float": (3.5, pa.float64(), "3.5"), "whole": (1e16, pa.float64(), "1e+16"),
        "nan": (float("nan"), pa.float64(), ""), "small": (7, pa.uint8(), "7"),
        "day": (datetime.date(2026, 11, 21), pa.date32(), "2026-11-21"),
        "time": (morning, pa.timestamp("us"), "2026-11-21T03:04:00"),
        "zoned": (midnight, pa.timestamp("ns", "UTC"), "2026-01-01T00:00:00+00:00"),
        "money": (decimal.Decimal("1.50"), pa.decimal128(5, 2), "1.50"),
        "list": (["a", "b"], pa.list_(pa.string()), '["a","b"]'),
        "struct": ({"a": 1, "b": None}, pa.struct({"a": pa.int32(), "b": pa.string()}), '{"a":1,"b":null}'),
        "none": (None, pa.null(), ""),
    }  # fmt: skip
    table = pa.table({name: pa.array([value], kind) for name, (value, kind, _) in given_columns.items()})
    write(table, tmp_path / "a")
    assert values(tmp_path / "a") == [{name: text for name, (_, _, text) in given_columns.items()}]


def test_a_row_whose_bytes_are_no_text_is_rejected(tmp_path: Path) -> None:
    table = pa.table({"title": ["wok", "tea", "n\0l"], "raw": [b"ok", b"\xff", b"x"]})
    parquet(table, tmp_path / "a.parquet")
    assert values(tmp_path / "a.parquet") == [{"title": "wok", "raw": "ok"}]
    [first, second] = rejects(tmp_path / "a.parquet")
    assert (first[0], first[1].startswith("Column 'raw' is not text: 'utf-8' codec")) == (2, True)
    assert first[2] == "title: 'tea', raw: b'\\xff'"
    assert second[:2] == (3, "Column 'title' holds a NUL character.")


@pytest.mark.parametrize("write", WRITERS)
def test_a_string_that_is_no_utf8_is_a_reject_and_no_crash(tmp_path: Path, write: Write) -> None:
    offsets, data = np.array([0, 2, 4], np.int32), b"ok\xff\xfe"
    broken = pa.StringArray.from_buffers(2, pa.py_buffer(offsets), pa.py_buffer(data))
    write(pa.table({"a": broken}), tmp_path / "a")
    if write is parquet:
        assert [type(row) for row in rows(tmp_path / "a")] == [Row, Reject]
        return
    with pytest.raises(InvalidInput, match="UTF8"):  # an Arrow file is checked batch by batch
        rows(tmp_path / "a")


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_a_file_cut_short_is_refused(tmp_path: Path, write: Write, share: float) -> None:
    write(pa.table({"a": [f"{number}" * 50 for number in range(500)]}), tmp_path / "a")
    whole = (tmp_path / "a").read_bytes()
    (tmp_path / "a").write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(InvalidInput, match=r"a cannot be read as (Parquet|Arrow): .+ Write or copy"):
        rows(tmp_path / "a")


@pytest.mark.parametrize("codec", ["none", "zstd"])
def test_a_few_bytes_that_stand_for_gigabytes_are_refused_before_they_are_made(
    tmp_path: Path, codec: str
) -> None:
    value = "x" * 500_000
    column = pa.DictionaryArray.from_arrays(pa.array(np.zeros(100_000, np.int32)), pa.array([value]))
    path = tmp_path / "bomb.parquet"
    pq.write_table(pa.table({"a": column}), path, compression=codec)
    assert path.stat().st_size < 600_000
    limits = Limits(small_bytes=20_000_000)
    with pytest.raises(InvalidInput, match=r"unfolds to more than [\d,]+ bytes"):
        batches(path, limits=limits)


def test_rows_stay_in_small_batches_when_a_dictionary_repeats_long_texts(tmp_path: Path) -> None:
    column = pa.DictionaryArray.from_arrays(pa.array([0, 1] * 200), pa.array(["x" * 100_000, "y"]))
    pq.write_table(pa.table({"a": column, "n": list(range(400))}), tmp_path / "a.parquet")
    found_batches = batches(tmp_path / "a.parquet", limits=Limits(batch_bytes=1_000_000))
    assert [text for batch in found_batches for text in batch.columns["n"]] == [str(n) for n in range(400)]
    assert max(sum(map(len, batch.columns["a"])) for batch in found_batches) <= 1_100_000


def test_ten_thousand_columns_are_refused(tmp_path: Path) -> None:
    pq.write_table(pa.table({f"c{place}": [1] for place in range(10_000)}), tmp_path / "a.parquet")
    with pytest.raises(InvalidInput, match="has 10000 columns; 1000 are read at most"):
        found(tmp_path / "a.parquet")


@pytest.mark.parametrize("write", WRITERS)
def test_rows_are_numbered_through_all_batches(tmp_path: Path, write: Write) -> None:
    write(pa.table({"a": [str(number) for number in range(1, 12)]}), tmp_path / "a")
    assert [(row.number, row.values["a"]) for row in rows(tmp_path / "a")] == [  # type: ignore[union-attr]
        (number, str(number)) for number in range(1, 12)
    ]
