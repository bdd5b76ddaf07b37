"""Files: every fault of a whole file is a sentence, every fault of a row is a reject."""

from __future__ import annotations

import datetime
import gzip
import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.imports.reading import files
from curation.imports.files import Reject, Row, open_file
from curation.imports.previewing import preview
from storage.errors import InvalidInput

NOBODY = 65_534


def written(folder: Path, name: str, body: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(body.encode() if isinstance(body, str) else body)
    return path


def read(path: Path) -> list[Row | Reject]:
    return list(open_file(path).rows())


def values(path: Path) -> list[dict[str, str]]:
    return [row.values for row in read(path) if isinstance(row, Row)]


def reasons(path: Path) -> list[tuple[int, str, str]]:
    return [(row.row_number, row.reason, row.row) for row in read(path) if isinstance(row, Reject)]


@pytest.mark.parametrize(("name", "delimiter"), [("a.csv", ","), ("a.csv", ";"), ("a.tsv", "\t"), ("a", "|")])
def test_a_table_is_read_whatever_its_delimiter(tmp_path: Path, name: str, delimiter: str) -> None:
    lines = ["\ufefftitle,note", 'wok,"red, ""hot"" and;big|\tnew"', "tea,"]
    body = "\n".join(line.replace(",", delimiter, 1) for line in lines) + "\n"
    path = written(tmp_path, name, body)
    assert open_file(path).columns == ("title", "note")
    assert values(path)[0]["title"] == "wok"
    assert values(path)[1] == {"title": "tea", "note": ""}


def test_a_cell_may_span_lines_and_the_row_keeps_the_line_it_began_on(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", 'a,b\n\n"one\ntwo",2\nlast,3\n')
    rows = read(path)
    assert [(row.number, row.values["a"]) for row in rows if isinstance(row, Row)] == [
        (3, "one\ntwo"),
        (5, "last"),
    ]


def test_rows_that_cannot_be_read_are_rejected_with_line_reason_and_text(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", b"a,b\n1\n1,2\n1,2,3\ncaf\xe9,2\nx\0y,2\n3,4\n")
    assert values(path) == [{"a": "1", "b": "2"}, {"a": "3", "b": "4"}]
    assert reasons(path) == [
        (2, "It has 1 cells; the header has 2.", "1"),
        (4, "It has 3 cells; the header has 2.", "1,2,3"),
        (5, "It is not UTF-8: byte 0xe9 at place 4.", "caf\\xe9,2"),
        (6, "It holds a NUL byte.", "x\0y,2"),
    ]


def test_a_line_or_cell_without_end_is_rejected_and_the_next_row_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MAX_LINE_BYTES", 1_000)
    monkeypatch.setattr("curation.imports.reading.csv_rows.MAX_CELL_CHARS", 100)
    path = written(tmp_path, "a.csv", f"a,b\n{'x' * 5_000},1\n{'y' * 200},2\nok,3\n")
    assert values(path) == [{"a": "ok", "b": "3"}]
    numbers_and_reasons = [(number, reason) for number, reason, _ in reasons(path)]
    assert [number for number, _ in numbers_and_reasons] == [2, 3]
    assert "longer than" in numbers_and_reasons[0][1]
    assert "field larger than field limit (100)" in numbers_and_reasons[1][1]


def test_json_lines_are_read_and_each_bad_line_says_why(tmp_path: Path) -> None:
    lines = [
        b'{"title": "wok", "price": 3.5, "tags": ["a"], "new": true, "note": null}',
        b'{"title": NaN}',
        b"",
        b"[1, 2]",
        b'{"title": "caf\xe9"}',
        b'{"title": ' + b"[" * 3_000 + b"}",
        b'{"title": "tea"}',
    ]
    path = written(tmp_path, "a.jsonl", b"\n".join(lines))
    assert values(path) == [
        {"title": "wok", "price": "3.5", "tags": '["a"]', "new": "true", "note": ""},
        {"title": "tea"},
    ]
    found = reasons(path)
    assert [number for number, _, _ in found] == [2, 4, 5, 6]
    assert "It is not a JSON object." in [reason for _, reason, _ in found]
    assert all(len(raw) <= files.KEPT_RAW_CHARS for _, _, raw in found)


def test_parquet_is_read_as_text(tmp_path: Path) -> None:
    table = pa.table(
        {
            "title": ["wok", None],
            "price": [3.5, float("nan")],
            "day": [datetime.date(2026, 11, 21), None],
            "raw": [b"ok", b"\xff"],
            "tags": [["a"], []],
        }
    )
    pq.write_table(table, tmp_path / "a.parquet")
    rows = read(tmp_path / "a.parquet")
    assert rows[0] == Row(
        1, {"title": "wok", "price": "3.5", "day": "2026-11-21", "raw": "ok", "tags": '["a"]'}
    )
    assert isinstance(rows[1], Reject)
    assert "Column 'raw' is not text" in rows[1].reason


def excel(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("sheet.xml", "x")


@pytest.mark.parametrize(
    ("body", "name", "message"),
    [
        (b"", "a.csv", r"a\.csv is empty"),
        (b" \n\n", "a.csv", r"a\.csv is empty"),
        (b"\x00\x01\x02", "a.csv", "is a binary file"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "a.png", "is a binary file"),
        ("title\nwok".encode("utf-16"), "a.csv", "is UTF-16 text. Save it as UTF-8"),
        (gzip.compress(b"title\nwok", mtime=0), "a.csv.gz", "compressed with gzip"),
        (b"t\xeftle,b\n1,2\n", "a.csv", "header of a.csv is not UTF-8"),
        (b"a,a\n1,2\n", "a.csv", "has the column 'a' twice"),
        (b",".join(b"c%d" % n for n in range(2_000)) + b"\n", "a.csv", "2000 columns"),
        (b'[{"a": 1}]', "a.json", r"one JSON array. .*jq"),
        (b"not json\n", "a.jsonl", "No row of a.jsonl is a JSON object"),
        (b"PAR1 and nothing else PAR1", "a.parquet", "cannot be read as Parquet"),
    ],
)
def test_a_file_of_no_use_is_refused_in_a_sentence(
    tmp_path: Path, body: bytes, name: str, message: str
) -> None:
    with pytest.raises(InvalidInput, match=message) as refusal:
        preview(written(tmp_path, name, body))
    assert refusal.value.next_step


def test_a_file_that_is_not_there_or_not_a_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="There is no file"):
        preview(tmp_path / "nothing.csv")
    with pytest.raises(InvalidInput, match="is a folder"):
        preview(tmp_path)
    excel(tmp_path / "a.xlsx")
    with pytest.raises(InvalidInput, match=r"an Excel or ZIP file\. Save the sheet as CSV"):
        preview(tmp_path / "a.xlsx")


@contextmanager
def as_anybody() -> Iterator[None]:
    """Root reads every file: as root, go on as a user who may not."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_file_one_may_not_read_is_refused(open_folder: Path) -> None:
    path = written(open_folder, "closed.csv", "a\n1\n")
    path.chmod(0)
    with as_anybody(), pytest.raises(InvalidInput, match="Permission denied"):
        preview(path)


def test_a_parquet_file_cut_short_is_refused(tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": ["x" * 50] * 5_000}), tmp_path / "a.parquet")
    whole = (tmp_path / "a.parquet").read_bytes()
    path = written(tmp_path, "b.parquet", whole[: len(whole) // 2])
    with pytest.raises(InvalidInput, match="cannot be read as Parquet"):
        preview(path)


def test_a_preview_shows_columns_first_rows_and_what_would_be_rejected(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", "a,b\n1,2\nbad\n3,4\n5,6\n")
    shown = preview(path, limit=3)
    assert (shown.format, shown.columns) == ("csv", ("a", "b"))
    assert shown.rows == ({"a": "1", "b": "2"}, {"a": "3", "b": "4"})
    assert [reject.row_number for reject in shown.rejects] == [3]


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(tmp_path_factory: pytest.TempPathFactory, body: bytes) -> None:
    folder = tmp_path_factory.mktemp("bytes")
    for name, start in (("a.csv", b"title,note\n"), ("a.jsonl", b'{"title": 1}\n'), ("b.csv", b"")):
        path = written(folder, name, start + body)
        try:
            rows = read(path)
        except InvalidInput:
            continue
        for row in rows:
            assert isinstance(row, Row | Reject)
