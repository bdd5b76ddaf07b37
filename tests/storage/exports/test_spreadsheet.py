"""No cell of an export is run by a spreadsheet, and each can be had back as it was."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage import exports
from tests.storage.exports.sample import Row


@pytest.mark.parametrize(("format", "separator"), [("csv", ","), ("tsv", "\t")])
def test_no_cell_is_a_formula(format: str, separator: str, tmp_path: Path) -> None:
    cells = ["=1+1", "+49", "-2", "@x", "\t=1", "'=1", "plain", "it's", "'quoted'", "\uff1d1", ""]
    exports.write([Row(cell, teacher_output=cell) for cell in cells], format, tmp_path / "a")
    with (tmp_path / "a").open(encoding="utf-8", newline="") as stream:
        read = csv.DictReader(stream, delimiter=separator)
        written = [(row["completion"], row["teacher_output"]) for row in read]
    assert not [pair for pair in written if any(cell.startswith(exports.FORMULA_STARTS) for cell in pair)]
    assert [exports.restored(completion) for completion, _ in written] == cells
    assert [completion for completion, _ in written][6:9] == ["plain", "it's", "'quoted'"]


def test_a_column_named_like_a_formula_is_defused_too(tmp_path: Path) -> None:
    exports.write([Row("x", inputs={"=cmd": "y"})], "csv", tmp_path / "a.csv")
    heads = (tmp_path / "a.csv").read_text(encoding="utf-8").splitlines()[0].split(",")
    assert heads[2] == "input_=cmd"
    assert not [head for head in heads if head.startswith(exports.FORMULA_STARTS)]


@given(st.text(alphabet="'=+-@\t\ra \uff1d", max_size=8))
def test_defusing_is_undone_exactly(cell: str) -> None:
    assert exports.restored(exports.defused(cell)) == cell
    assert not exports.defused(cell).startswith(exports.FORMULA_STARTS)
