"""Exports open again in the tools they are for, letter by letter."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage import exports
from storage.errors import InvalidInput

NASTY = ['He said "no",\nthen left', "=SUM(A1:A9)", "naïve – 日本語 🙂", "", "  spaces  ", "\\n \t tab"]


@dataclass(frozen=True)
class Row:
    completion: str
    record_id: str = "r"
    split: str = "train"
    inputs: dict[str, str] = field(default_factory=lambda: {"title": "t"})
    system: str = "Be brief."
    prompt: str = "What is it?"
    decision: str = "approved"
    teacher_output: str | None = None


ROWS = [Row(text) for text in NASTY]


@pytest.mark.parametrize("format", list(exports.FORMATS))
def test_every_format_opens_with_datasets_and_brings_every_answer_back(
    format: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_DATASETS_OFFLINE", "1")
    from datasets import load_dataset

    path = tmp_path / f"rows{exports.named(format).suffix}"
    exports.write(ROWS, format, path)
    builder = {".jsonl": "json", ".csv": "csv", ".parquet": "parquet"}[path.suffix]
    options = {"keep_default_na": False} if builder == "csv" else {}
    opened = load_dataset(
        builder, data_files=str(path), split="train", cache_dir=str(tmp_path / "cache"), **options
    )
    if format == "openai-chat":
        answers = [row["messages"][-1]["content"] for row in opened]
    else:
        answers = [row["completion"] for row in opened]
    if format == "csv":
        assert "'=SUM(A1:A9)" in answers
        answers = [exports.restored(answer) for answer in answers]
    assert answers == NASTY


def test_a_chat_without_a_system_text_has_two_messages(tmp_path: Path) -> None:
    exports.write([Row("x", system="")], "openai-chat", tmp_path / "a.jsonl")
    written = json.loads((tmp_path / "a.jsonl").read_text())
    assert [message["role"] for message in written["messages"]] == ["user", "assistant"]


def test_an_unknown_format_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="openai-chat, prompt-completion, csv, parquet"):
        exports.write(ROWS, "xlsx", tmp_path / "a.xlsx")


def test_a_failed_write_leaves_the_old_file_and_no_other(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    exports.write(ROWS, "parquet", path)
    before = path.read_bytes()
    with pytest.raises(AttributeError):
        exports.write([object()], "parquet", path)  # type: ignore[list-item]
    assert path.read_bytes() == before
    assert [found.name for found in tmp_path.iterdir()] == ["a.parquet"]


def test_no_cell_of_a_csv_is_a_formula(tmp_path: Path) -> None:
    cells = ["=1+1", "+49", "-2", "@x", "\t=1", "'=1", "plain", "it's", "'quoted'", "\uff1d1", ""]
    exports.write([Row(cell, teacher_output=cell) for cell in cells], "csv", tmp_path / "a.csv")
    with (tmp_path / "a.csv").open(encoding="utf-8", newline="") as stream:
        written = [(row["completion"], row["teacher_output"]) for row in csv.DictReader(stream)]
    assert not [pair for pair in written if any(cell.startswith(exports.FORMULA_STARTS) for cell in pair)]
    assert [exports.restored(completion) for completion, _ in written] == cells
    assert [completion for completion, _ in written][6:9] == ["plain", "it's", "'quoted'"]


@given(st.text(alphabet="'=+-@\t\ra \uff1d", max_size=8))
def test_defusing_is_undone_exactly(cell: str) -> None:
    assert exports.restored(exports.defused(cell)) == cell
    assert not exports.defused(cell).startswith(exports.FORMULA_STARTS)
