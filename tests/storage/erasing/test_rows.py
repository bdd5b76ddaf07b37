"""Parquet files without what was erased: rows of records go, a text in any other cell is masked."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from storage.erasing import rows
from storage.erasing.needles import ERASED, Needles, spellings
from storage.erasing.rows import Touched, Wanted

TEXT = 'Pan of "Ines Ö." \\ 5%_off'
WANTED = Wanted(frozenset({"rec_her"}), needles=Needles.of([TEXT, "rec_her"]))


def written(folder: Path, **columns: list[object]) -> Path:
    pq.write_table(pa.table(columns), folder / "rows.parquet", row_group_size=2)
    return folder / "rows.parquet"


def left(path: Path, wanted: Wanted = WANTED) -> tuple[Touched, list[dict[str, object]]]:
    seen = rows.look(path, wanted)
    assert rows.rewritten(path, path.with_name("left.parquet"), wanted) == seen
    again = rows.look(path.with_name("left.parquet"), wanted)
    assert again == Touched()
    return seen, pq.read_table(path.with_name("left.parquet")).to_pylist()


def test_rows_of_a_record_go_and_the_order_of_the_others_stays(tmp_path: Path) -> None:
    path = written(tmp_path, record_id=["a", "rec_her", "b", None, "rec_her", "c"], n=list(range(6)))
    assert left(path) == (
        Touched(2, 0), [{"record_id": each, "n": n} for each, n in (("a", 0), ("b", 2), (None, 3), ("c", 5))],
    )  # fmt: skip


def test_a_text_in_another_row_is_masked_however_it_is_written(tmp_path: Path) -> None:
    said = [f"<{form}>" for form in sorted(spellings(TEXT))]
    assert len(said) >= 5
    touched, now = left(written(tmp_path, record_id=["b"] * len(said), note=said))
    assert touched == Touched(0, len(said))
    assert [row["note"] for row in now] == [f"<{ERASED}>"] * len(said)


def test_json_stays_json(tmp_path: Path) -> None:
    cell = json.dumps({"title": TEXT, "inner": json.dumps({"deep": TEXT}), "n": 1})
    _, now = left(written(tmp_path, note=[cell]))
    found = json.loads(str(now[0]["note"]))
    assert found == {"title": ERASED, "inner": json.dumps({"deep": ERASED}), "n": 1}


def test_lists_structures_and_bytes_are_looked_into(tmp_path: Path) -> None:
    path = written(
        tmp_path, tags=[["a", TEXT], None],
        turns=[{"role": "user", "said": [TEXT]}, {"role": "x", "said": []}], n=[1, 2],
        raw=[b"\xff" + TEXT.encode(), b"other"],
    )  # fmt: skip
    touched, now = left(path)
    assert touched == Touched(0, 1)
    assert now == [
        {"tags": ["a", ERASED], "turns": {"role": "user", "said": [ERASED]}, "n": 1, "raw": b""},
        {"tags": None, "turns": {"role": "x", "said": []}, "n": 2, "raw": b"other"},
    ]


def test_of_an_import_the_lines_go_and_those_that_say_the_same(tmp_path: Path) -> None:
    wanted = Wanted(row_numbers=frozenset({3}), needles=Needles.of([TEXT]), with_text_goes=True)
    path = written(
        tmp_path, row_number=[2, 3, 4, 5], row=["{}", "{}", json.dumps({"t": TEXT}), json.dumps({"t": "u"})]
    )
    assert left(path, wanted) == (
        Touched(2, 0), [{"row_number": 2, "row": "{}"}, {"row_number": 5, "row": '{"t": "u"}'}],
    )  # fmt: skip


def test_a_table_of_which_everything_goes_keeps_its_columns(tmp_path: Path) -> None:
    path = written(tmp_path, record_id=["rec_her"], n=[1])
    assert left(path) == (Touched(1, 0), [])
    assert pq.read_schema(tmp_path / "left.parquet").names == ["record_id", "n"]


def test_what_is_no_parquet_file_is_not_taken_for_a_clean_one(tmp_path: Path) -> None:
    (tmp_path / "rows.parquet").write_text(TEXT)
    with pytest.raises(pa.ArrowInvalid):
        rows.look(tmp_path / "rows.parquet", WANTED)


def test_many_needles_cost_little_more_than_one(tmp_path: Path) -> None:
    many = Needles.of([f"a text of number {n}, longer than the sieve lets through" for n in range(1_000)])
    assert len(many.sieves) < 10
    path = written(tmp_path, record_id=["b"] * 3, note=["a text of number 7", "none", max(many.texts)])
    assert rows.look(path, Wanted(needles=many)) == Touched(0, 1)
