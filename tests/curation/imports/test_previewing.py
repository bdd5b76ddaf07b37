"""Previews: what a file is, its first rows, and what would be rejected on the way to them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from curation.imports.files import Limits
from curation.imports.previewing import preview
from storage.errors import InvalidInput


def test_a_preview_shows_columns_first_rows_and_what_would_be_rejected(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a;b\n1;2\nbad\n3;4\n5;6\n")
    shown = preview(tmp_path / "a.csv", limit=3)
    assert (shown.format, shown.shape, shown.columns) == ("csv", "table", ("a", "b"))
    assert shown.rows == ({"a": "1", "b": "2"}, {"a": "3", "b": "4"})
    assert [reject.row_number for reject in shown.rejects] == [3]
    assert (shown.detected["encoding"], shown.detected["delimiter"]) == ("UTF-8", "semicolon")


def test_a_preview_of_conversations_shows_them_in_columns_or_as_they_are(tmp_path: Path) -> None:
    row = {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}
    (tmp_path / "a.jsonl").write_text(json.dumps(row) + "\n")
    shown = preview(tmp_path / "a.jsonl")
    assert (shown.shape, shown.rows[0]["prompt"], shown.rows[0]["answer"]) == ("chat", "Hi", "Hello")
    assert preview(tmp_path / "a.jsonl", as_table=True).columns == ("messages",)


def test_a_preview_follows_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a\nx\n")
    assert preview(path).rows == ({"a": "x"},)
    assert preview(path) is preview(path)
    path.write_text("a\nlonger\n")
    assert preview(path).rows == ({"a": "longer"},)
    path.unlink()
    with pytest.raises(InvalidInput, match="There is no file"):
        preview(path)


def test_a_preview_keeps_to_its_limits(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,b,c\n1,2,3\n")
    with pytest.raises(InvalidInput, match="has 3 columns; 2 are read at most"):
        preview(tmp_path / "a.csv", limits=Limits(columns=2))
