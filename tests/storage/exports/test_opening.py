"""Every export opens in the library it is for, and brings every text back letter by letter."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from storage import exports
from storage.exports.columns import LYING
from tests.storage.exports.reading import TOLD, Told
from tests.storage.exports.sample import NUL, Row, nasty_rows

BUILDERS = {".jsonl": "json", ".csv": "csv", ".tsv": "csv", ".parquet": "parquet"}
TABLES = ("csv", "tsv", "parquet", "huggingface-disk", "huggingface-hub")
SPREADSHEETS = ("csv", "tsv")
ONE_FILE = [name for name, format in exports.FORMATS.items() if format.to_file]
PAIRS = ("dpo", "openai-dpo")


class Lying:
    """Rows of which only columns can be had, two at a time; `asked` says which."""

    def __init__(self, rows: list[Row]) -> None:
        self.asked: list[tuple[str, ...]] = []
        self._rows = rows

    def __iter__(self) -> Iterator[Row]:
        raise AssertionError("read row by row")

    def columnar(self, names: Sequence[str]) -> Iterator[pa.RecordBatch]:
        self.asked.append(tuple(names))
        for start in range(0, len(self._rows), 2):
            rows = [
                vars(row) | {"inputs": json.dumps(row.inputs, ensure_ascii=False)}
                for row in self._rows[start : start + 2]
            ]
            yield pa.record_batch(
                [pa.array([row[name] for row in rows], pa.string()) for name in names], names
            )


def expected(rows: list[Row]) -> list[Told]:
    return [(row.system, row.prompt, row.completion) for row in rows]


def written(format: str, rows: list[Row], folder: Path) -> Path:
    path = folder / f"rows{exports.named(format).suffix}"
    exports.write(rows, format, path)
    return path


def loaded(path: Path, folder: Path, **options: Any) -> list[dict[str, Any]]:
    from datasets import load_dataset

    builder = BUILDERS[path.suffix]
    if builder == "csv":
        options |= {"keep_default_na": False, "sep": "\t" if path.suffix == ".tsv" else ","}
    opened = load_dataset(
        builder, data_files=str(path), split="train", cache_dir=str(folder / "cache"), **options
    )
    return list(opened)


@pytest.mark.parametrize("format", [name for name in ONE_FILE if name in TOLD])
def test_datasets_reads_every_text_back(format: str, tmp_path: Path) -> None:
    rows = nasty_rows()
    if format in SPREADSHEETS:
        rows = [row for row in rows if row.completion != NUL]  # pandas' parser ends a cell there
    found = [TOLD[format](example) for example in loaded(written(format, rows, tmp_path), tmp_path)]
    if format in SPREADSHEETS:
        assert ("'=SUM(A1:A9)", "'=SUM(A1:A9)?", "'=SUM(A1:A9)") in found
        found = [tuple(map(exports.restored, told)) for told in found]  # type: ignore[misc]
    wanted = [row for row in rows if format not in PAIRS or row.decision == "corrected"]
    assert found == expected(wanted)


def test_prompts_and_completions_are_two_texts(tmp_path: Path) -> None:
    rows = nasty_rows()
    found = loaded(written("prompt-completion", rows, tmp_path), tmp_path)
    assert [example["completion"] for example in found] == [row.completion for row in rows]
    assert found[1]["prompt"] == "=SUM(A1:A9)\n\n=SUM(A1:A9)?"
    assert found[2]["prompt"] == f"{rows[2].completion}?"


def test_the_teachers_answer_is_in_a_pair_and_in_a_table(tmp_path: Path) -> None:
    rows = nasty_rows()
    corrected = [row for row in rows if row.decision == "corrected"]
    pairs = loaded(written("dpo", rows, tmp_path), tmp_path)
    assert [pair["rejected"][0]["content"] for pair in pairs] == [row.teacher_output for row in corrected]
    table = pq.read_table(written("parquet", [*rows, Row("x")], tmp_path)).to_pylist()
    assert [row["teacher_output"] for row in table] == [*(row.teacher_output for row in rows), None]


def test_rows_that_lie_in_arrow_make_the_same_table(tmp_path: Path) -> None:
    rows = [*nasty_rows(), Row("x", inputs={"other": "late"})]
    exports.write(rows, "parquet", tmp_path / "by_row.parquet")
    lying = Lying(rows)
    assert exports.write(lying, "parquet", tmp_path / "lying.parquet").rows == len(rows)
    assert lying.asked == [("inputs",), LYING, ("inputs",), LYING]  # the last row has a column of its own
    tables = [pq.read_table(tmp_path / f"{name}.parquet") for name in ("by_row", "lying")]
    assert tables[0].equals(tables[1])


@pytest.mark.parametrize("format", TABLES[:3])
def test_a_table_has_every_input_of_any_row_in_a_column_of_its_own(format: str, tmp_path: Path) -> None:
    rows = [Row("a", inputs={"title": "t"}), Row("b", inputs={"seller": "s"}), Row("c", inputs={})]
    path = written(format, rows, tmp_path)
    found = loaded(path, tmp_path)
    assert list(found[0]) == ["record_id", "split", "input_title", "input_seller", "system", "prompt",
                              "completion", "decision", "teacher_output"]  # fmt: skip
    assert [(row["input_title"], row["input_seller"]) for row in found] == [("t", ""), ("", "s"), ("", "")]


@pytest.mark.parametrize(("format", "separator"), [("csv", ","), ("tsv", "\t")])
def test_pandas_reads_a_table_of_text_back(format: str, separator: str, tmp_path: Path) -> None:
    rows = [row for row in nasty_rows() if row.completion != NUL]
    frame = pd.read_csv(written(format, rows, tmp_path), sep=separator, keep_default_na=False, dtype=str)
    for column in ("completion", "prompt", "teacher_output", "input_title"):
        found = [exports.restored(cell) for cell in frame[column]]
        name = column.removeprefix("input_")
        assert found == [row.inputs[name] if name == "title" else getattr(row, name) for row in rows]


@pytest.mark.parametrize(("format", "separator"), [("csv", ","), ("tsv", "\t")])
def test_pythons_csv_module_reads_even_a_nul(format: str, separator: str, tmp_path: Path) -> None:
    rows = nasty_rows()
    with written(format, rows, tmp_path).open(encoding="utf-8", newline="") as stream:
        found = [exports.restored(line["completion"]) for line in csv.DictReader(stream, delimiter=separator)]
    assert found == [row.completion for row in rows]


def test_pandas_reads_parquet_and_json_lines_back(tmp_path: Path) -> None:
    rows = nasty_rows()
    frame = pd.read_parquet(written("parquet", rows, tmp_path))
    assert list(frame["completion"]) == [row.completion for row in rows]
    chats = pd.read_json(written("messages", rows, tmp_path), lines=True)
    assert [chat[-1]["content"] for chat in chats["messages"]] == [row.completion for row in rows]


@pytest.mark.parametrize("format", [name for name in ONE_FILE if exports.named(name).suffix == ".jsonl"])
def test_lines_are_read_by_any_json_parser_and_have_the_same_keys(format: str, tmp_path: Path) -> None:
    lines = written(format, nasty_rows(), tmp_path).read_bytes().split(b"\n")
    assert lines.pop() == b""
    parsed: list[Mapping[str, Any]] = [json.loads(line) for line in lines]
    assert {tuple(example) for example in parsed} == {tuple(parsed[0])}
