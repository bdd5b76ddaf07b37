"""CSV in every dialect: what a writer wrote comes back, and what is no row says why."""

from __future__ import annotations

import csv
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curation.imports.reading.batches import Reject, Row
from curation.imports.reading.limits import Limits
from storage.errors import InvalidInput
from tests.curation.imports.reading.reads import found, rejects, rows, values, written

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)


@pytest.mark.parametrize(
    ("delimiter", "word"), [(",", "comma"), (";", "semicolon"), ("\t", "tab"), ("|", "vertical bar")]
)
def test_a_table_is_read_whatever_its_delimiter(tmp_path: Path, delimiter: str, word: str) -> None:
    lines = ["\ufefftitle,note", 'wok,"red, ""hot"" and;big|\tnew"', "tea,"]
    body = "\n".join(line.replace(",", delimiter, 1) for line in lines) + "\n"
    path = written(tmp_path, "a", body)
    assert found(path).opened.detected["delimiter"] == word
    assert values(path) == [
        {"title": "wok", "note": 'red, "hot" and;big|\tnew'}, {"title": "tea", "note": ""},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "rows_of_cells"),
    [
        ('id,text\n1,"he said \\"hi, you\\" twice"\n2,plain\n', ['he said "hi, you" twice', "plain"]),
        ("id,text\n'1','red, hot'\n'2','tea'\n", ["red, hot", "tea"]),
        ("id,text\n1,'tis the season\n2,don't\n3,x\n", ["'tis the season", "don't", "x"]),
        ('id\ttext\n1\t"5 inch\n2\ta "b" c\n3\tx\n', ['"5 inch', 'a "b" c', "x"]),
        ("id,text\r\n1,a\r\n2,b\r\n", ["a", "b"]),
        ("id,text\r1,a\r2,b\r", ["a", "b"]),
        ('id;text\n1;"C:\\dir\\"\n2;"say ""x"""\n', ["C:\\dir\\", 'say "x"']),
    ],
)
def test_quotes_escapes_and_line_ends_are_found_out(
    tmp_path: Path, body: str, rows_of_cells: list[str]
) -> None:
    assert [row["text"] for row in values(written(tmp_path, "a.csv", body))] == rows_of_cells


@settings(deadline=None)
@given(
    st.lists(st.tuples(TEXT, TEXT, TEXT), min_size=1, max_size=8),
    st.sampled_from(",;\t|"),
    st.sampled_from([(csv.QUOTE_MINIMAL, "\r\n"), (csv.QUOTE_ALL, "\r\n"), (csv.QUOTE_ALL, "\n")]),
)
def test_what_csv_writes_comes_back_exactly(
    tmp_path_factory: pytest.TempPathFactory,
    cells: list[tuple[str, str, str]],
    delimiter: str,
    ends: tuple[int, str],
) -> None:
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    with path.open("w", newline="", encoding="utf-8") as stream:
        quoting, end = ends  # csv leaves a lone carriage return unquoted where lines end with a line feed
        writer = csv.writer(stream, delimiter=delimiter, quoting=quoting, lineterminator=end)  # type: ignore[arg-type]
        writer.writerow(["first name", "second name", "third name"])
        writer.writerows(cells)
    assert [tuple(row.values()) for row in values(path)] == cells


def test_a_cell_may_span_lines_and_the_row_keeps_the_line_it_began_on(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", 'a,b\n\n"one\ntwo",2\nlast,3\n')
    assert [(row.number, row.values["a"]) for row in rows(path)] == [(3, "one\ntwo"), (5, "last")]  # type: ignore[union-attr]


def test_rows_that_cannot_be_read_are_rejected_with_line_reason_and_text(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", b'a,b\n1\n1,2\n1,2,3\ncaf\xe9,2\nx\0y,2\n\xc3\xa9,4\n"q"z,5\n3,4\n')
    assert values(path) == [{"a": "1", "b": "2"}, {"a": "é", "b": "4"}, {"a": "3", "b": "4"}]
    assert rejects(path) == [
        (2, "It has 1 cells; the header has 2.", "1"),
        (4, "It has 3 cells; the header has 2.", "1,2,3"),
        (5, "It is not UTF-8: byte 0xe9 at place 4.", "caf\\xe9,2"),
        (6, "Column 'a' holds a NUL character.", '{"a":"x\\u0000y","b":"2"}'),
        (8, "It cannot be read as CSV: ',' expected after '\"'.", '"q"z,5'),
    ]


def test_a_line_or_cell_without_end_is_rejected_and_the_next_row_is_read(tmp_path: Path) -> None:
    limits = Limits(row_bytes=1_000, cell_chars=100)
    path = written(tmp_path, "a.csv", f"a,b\n{'x' * 5_000},1\n{'y' * 200},2\nok,3\n")
    assert values(path, limits=limits) == [{"a": "ok", "b": "3"}]
    assert [(number, reason) for number, reason, _ in rejects(path, limits=limits)] == [
        (2, "The row is longer than 1,000 bytes."),
        (3, "A cell has more than 100 characters, or never ends."),
    ]


def test_a_quote_that_never_closes_costs_only_its_own_line(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", 'a,b\n"1",2\n"open,2\n' + "3,4\n" * 1_000)
    assert len(values(path)) == 1_001
    assert rejects(path) == [(3, "A quote opens in this line and never closes.", '"open,2')]


@pytest.mark.parametrize(
    "body",
    [
        "1,2\n3,4\n",
        "Great product,positive\nBad,negative\nFine,positive\nOh,positive\n",
        "2026-01-02,9\n2026-01-03,8\n",
        "x" * 300 + "\ny\n",
    ],
)
def test_a_table_without_a_header_is_refused(tmp_path: Path, body: str) -> None:
    with pytest.raises(InvalidInput, match="has no header: its first line reads") as refusal:
        found(written(tmp_path, "a.csv", body))
    assert "first line" in refusal.value.next_step


@pytest.mark.parametrize(
    "body", ["a\n", "id,1\n1,x\n", "country,2019,2020\nFrance,1,2\n", "a,a b\n,\n", "text,n\nx,1\nx,2\n"]
)
def test_a_header_is_not_taken_for_data(tmp_path: Path, body: str) -> None:
    assert len(found(written(tmp_path, "a.csv", body)).columns) == body.split("\n")[0].count(",") + 1


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(tmp_path_factory: pytest.TempPathFactory, body: bytes) -> None:
    folder = tmp_path_factory.mktemp("bytes")
    for start in (
        b"title,note\n",
        b'{"title": 1}\n',
        b'[{"a": 1},',
        b"<|im_start|>user\n",
        b"PK\x03\x04",
        b"",
    ):
        found_rows: list[Row | Reject] = []
        with suppress(InvalidInput):
            found_rows = rows(written(folder, "a.csv", start + body))
        assert all((row.row_number if isinstance(row, Reject) else row.number) > 0 for row in found_rows)
