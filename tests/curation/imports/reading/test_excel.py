"""Excel: what openpyxl wrote comes back, sheet by sheet."""

from __future__ import annotations

import datetime
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curation.imports.reading import formats
from curation.imports.reading.limits import Limits
from storage.errors import InvalidInput
from tests.curation.imports.reading.reads import found, rows, values, written

# what XML can hold; a carriage return it reads as a line feed, and Excel escapes as _x000D_
TEXT = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=30
).filter(lambda text: "_x" not in text)


def workbook(path: Path, sheets: dict[str, list[list[object]]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, sheet_rows in sheets.items():
        sheet = book.create_sheet(name)
        for row, cells in enumerate(sheet_rows, start=1):
            for column, value in enumerate(cells, start=1):
                cell = sheet.cell(row, column)
                cell.value = value  # type: ignore[assignment]
                if isinstance(value, str):
                    cell.data_type = "s"  # a text, even if it begins like a formula
    book.save(path)
    return path


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(TEXT, TEXT, st.integers(-(2**53) + 1, 2**53 - 1)), min_size=1, max_size=6))
def test_what_openpyxl_writes_comes_back_exactly(
    tmp_path_factory: pytest.TempPathFactory, cells: list[tuple[str, str, int]]
) -> None:
    path = workbook(
        tmp_path_factory.mktemp("excel") / "a.xlsx",
        {"one": [["first", "second", "number"], *map(list, cells)]},
    )
    assert [tuple(row.values()) for row in values(path)] == [(a, b, str(number)) for a, b, number in cells]


def test_values_are_written_as_people_read_them(tmp_path: Path) -> None:
    day = datetime.datetime.fromisoformat("2026-11-21T03:04:05")
    cells = [3.5, True, day, day.date(), day.time(), None, " two\nlines "]
    path = workbook(tmp_path / "a.xlsx", {"one": [list("abcdefg"), cells]})
    assert list(values(path)[0].values()) == [
        "3.5", "true", "2026-11-21T03:04:05", "2026-11-21", "03:04:05", "", " two\nlines ",
    ]  # fmt: skip


def test_rows_have_the_numbers_of_the_sheet_and_empty_ones_are_left_out(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", {"one": [[], ["", "title"], ["", "wok"], [], ["", "tea"]]})
    assert [(row.number, row.values["title"]) for row in rows(path)] == [(3, "wok"), (5, "tea")]  # type: ignore[union-attr]


def test_the_first_sheet_with_rows_is_read_and_others_can_be_chosen(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", {"empty": [], "one": [["a"], ["x"]], "two": [["b"], ["y"]]})
    assert [member.name for member in formats.members(path, Limits(), tmp_path)] == ["empty", "one", "two"]
    assert values(path) == [{"a": "x"}]
    assert found(path).opened.detected == {"sheet": "one", "other sheets": "empty, two"}
    assert values(path, member="two") == [{"b": "y"}]
    with pytest.raises(InvalidInput, match=r"has no sheet 'three'\. It has 'empty', 'one', 'two'"):
        found(path, member="three")


def test_a_workbook_without_rows_or_header_or_damaged_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="has no rows"):
        found(workbook(tmp_path / "a.xlsx", {"one": []}))
    with pytest.raises(InvalidInput, match="has no header"):
        found(workbook(tmp_path / "b.xlsx", {"one": [[1, 2], [3, 4]]}))
    whole = workbook(tmp_path / "c.xlsx", {"one": [["a"], ["x"]]}).read_bytes()
    with pytest.raises(InvalidInput, match="cannot be read as"):
        rows(written(tmp_path, "d.xlsx", whole[: len(whole) // 2]))
    with zipfile.ZipFile(tmp_path / "e.xlsx", "w") as archive:
        archive.writestr("[Content_Types].xml", "<a/>")
        archive.writestr("xl/workbook.xml", "<not a workbook")
    with pytest.raises(InvalidInput, match="cannot be read as an Excel workbook"):
        rows(tmp_path / "e.xlsx")
