"""An export is there whole or not at all, from rows that are taken as they come."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage import exports
from storage.errors import Conflict, InvalidInput
from storage.exports import Written
from tests.storage.exports.sample import Row, chat_rows, nasty_rows

FOLDERS = [name for name, format in exports.FORMATS.items() if format.to_folder]


def place(format: str, folder: Path, name: str = "rows") -> Path:
    return folder / (name if format in FOLDERS else f"{name}{exports.named(format).suffix}")


def contents(path: Path) -> dict[str, bytes]:
    files = [path] if path.is_file() else [inner for inner in path.rglob("*") if inner.is_file()]
    return {file.relative_to(path.parent).as_posix().split("/", 1)[-1]: file.read_bytes() for file in files}


def broken() -> Iterator[Row]:
    yield from nasty_rows()
    raise ZeroDivisionError


@pytest.mark.parametrize("format", list(exports.FORMATS))
def test_rows_that_come_only_once_give_the_same_bytes(format: str, tmp_path: Path) -> None:
    rows = [*nasty_rows(), *chat_rows()]
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    listed = exports.write(rows, format, place(format, tmp_path / "a"))
    streamed = exports.write(iter(rows), format, place(format, tmp_path / "b"))
    assert listed == streamed
    ours, theirs = contents(place(format, tmp_path / "a")), contents(place(format, tmp_path / "b"))
    if format == "huggingface-disk":  # it writes a fingerprint of its own into each state.json
        ours, theirs = ({n: c for n, c in files.items() if n.endswith(".arrow")} for files in (ours, theirs))
        assert ours
    assert {name.replace("rows", "") for name in ours} == {name.replace("rows", "") for name in theirs}
    assert list(ours.values()) == list(theirs.values())
    assert [left.name for left in (tmp_path / "b").iterdir()] == [place(format, tmp_path).name]


@pytest.mark.parametrize("format", list(exports.FORMATS))
def test_a_failed_write_leaves_what_stood_there_and_nothing_else(format: str, tmp_path: Path) -> None:
    path = place(format, tmp_path)
    if format not in FOLDERS:
        exports.write(nasty_rows(), format, path)
    before = contents(path)
    with pytest.raises(ZeroDivisionError):
        exports.write(broken(), format, path)
    assert contents(path) == before
    assert [left.name for left in tmp_path.iterdir()] == ([] if format in FOLDERS else [path.name])


@pytest.mark.parametrize("format", FOLDERS)
def test_a_folder_is_never_written_over(format: str, tmp_path: Path) -> None:
    path = tmp_path / "mine"
    path.mkdir()
    exports.write(nasty_rows(), format, path)
    with pytest.raises(Conflict, match="mine is there already and is not empty"):
        exports.write(nasty_rows(), format, path)
    (tmp_path / "note.txt").write_text("a note")
    with pytest.raises(Conflict, match=r"note\.txt"):
        exports.write(nasty_rows(), format, tmp_path / "note.txt")
    assert sorted(left.name for left in tmp_path.iterdir()) == ["mine", "note.txt"]


@pytest.mark.parametrize("format", FOLDERS)
def test_a_folder_goes_as_a_zip_where_a_file_is_asked_for(format: str, tmp_path: Path) -> None:
    exports.write(nasty_rows(), format, tmp_path / "rows")
    exports.write(nasty_rows(), format, tmp_path / "rows.zip")
    with zipfile.ZipFile(tmp_path / "rows.zip") as archive:
        assert archive.testzip() is None
        found = {name: archive.read(name) for name in archive.namelist()}
    stands = contents(tmp_path / "rows")
    assert set(found) == set(stands)
    assert {n: c for n, c in found.items() if not n.endswith("state.json")} == {
        n: c for n, c in stands.items() if not n.endswith("state.json")
    }
    assert sorted(left.name for left in tmp_path.iterdir()) == ["rows", "rows.zip"]


@pytest.mark.parametrize("format", list(exports.FORMATS))
def test_text_that_is_no_unicode_is_refused_by_row(format: str, tmp_path: Path) -> None:
    for rows in (
        [Row("good"), Row("bad \ud800", "r2")],
        [Row("good"), Row("x", "r2", inputs={"\udfff": ""})],
    ):
        with pytest.raises(InvalidInput, match=r"Row 2 \(record 'r2'\) has the lone surrogate U\+D") as told:
            exports.write(rows, format, place(format, tmp_path))
        assert "leave it out" in told.value.next_step
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("format", ["dpo", "openai-dpo"])
def test_rows_without_a_pair_are_counted_and_none_at_all_is_refused(format: str, tmp_path: Path) -> None:
    rows = [
        Row("right", decision="corrected", teacher_output="wrong"),
        Row("same", decision="corrected", teacher_output="same"),
        Row("unknown", decision="corrected"),
        Row("fine", teacher_output="fine"),
    ]
    assert exports.write(rows, format, tmp_path / "a.jsonl") == Written(rows=1, left_out=3)
    with pytest.raises(InvalidInput, match="None of the 3 rows has anything to write"):
        exports.write(rows[1:], format, tmp_path / "b.jsonl")
    assert [left.name for left in tmp_path.iterdir()] == ["a.jsonl"]


@pytest.mark.parametrize("format", FOLDERS)
def test_a_folder_of_no_rows_is_refused(format: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="There are no rows"):
        exports.write([], format, tmp_path / "rows")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("format", FOLDERS)
def test_a_split_that_is_a_path_is_refused(format: str, tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    with pytest.raises(InvalidInput, match=r"split '\.\./x'"):
        exports.write([Row("a", split="../x")], format, tmp_path / "inner" / "rows")
    assert [left.name for left in tmp_path.rglob("*")] == ["inner"]


@pytest.mark.parametrize("format", ["csv", "tsv", "parquet", "huggingface-disk", "huggingface-hub"])
def test_a_column_that_turns_up_late_begins_the_table_anew(format: str, tmp_path: Path) -> None:
    rows = [Row("x" * 9_000, inputs={"title": "t"}) for _ in range(4_000)]
    rows += [Row("late", inputs={"seller": "s"}), chat_rows()[0]]
    for name, given in (("listed", rows), ("streamed", iter(rows))):
        assert exports.write(given, format, place(format, tmp_path, name)) == Written(len(rows), 0)
    ordered = [*rows[-2:], *rows[:-2]]
    exports.write(ordered, format, place(format, tmp_path, "ordered"))
    sizes = [
        sum(map(len, contents(place(format, tmp_path, name)).values())) for name in ("listed", "ordered")
    ]
    assert sizes[0] == pytest.approx(sizes[1], rel=0.05)  # nothing of the first attempt is left in it


def test_an_unknown_format_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"openai-chat, messages, .*, axolotl"):
        exports.write(nasty_rows(), "xlsx", tmp_path / "a.xlsx")


def test_a_place_that_takes_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="There is no folder"):
        exports.write(nasty_rows(), "csv", tmp_path / "none" / "a.csv")
    with pytest.raises(InvalidInput, match="is a folder, and this format is a file"):
        exports.write(nasty_rows(), "csv", tmp_path)


def test_no_row_is_asked_for_before_the_one_before_it_was_written(tmp_path: Path) -> None:
    """Two thousand rows of 20 kB, each looked for on the disk a little after it was given."""
    sizes = []

    def rows() -> Iterator[Row]:
        for _ in range(2_000):
            yield Row("x" * 20_000)
            [hidden] = tmp_path.glob(".tmp-export-*")
            sizes.append(hidden.stat().st_size)

    exports.write(rows(), "openai-chat", tmp_path / "a.jsonl")
    assert all(size > number * 20_000 for number, size in enumerate(sizes))


def test_what_a_killed_export_left_is_removed_by_the_next(tmp_path: Path) -> None:
    program = (
        "import os, sys; from pathlib import Path; from storage import exports\n"
        "from tests.storage.exports.sample import Row\n"
        "def rows():\n"
        "    for _ in range(100): yield Row('x' * 10_000)\n"
        "    os.kill(os.getpid(), 9)\n"
        "exports.write(rows(), sys.argv[1], Path(sys.argv[2]))"
    )
    for format in ("openai-chat", "axolotl"):
        killed = subprocess.run([sys.executable, "-c", program, format, str(tmp_path / "killed")])
        assert killed.returncode == -9
    assert len(list(tmp_path.glob(".tmp-export-*"))) == 1  # the second removed what the first left
    other = tmp_path / f".tmp-export-{os.getppid()}-0"
    other.write_text("of a process that lives")
    exports.write(nasty_rows(), "openai-chat", tmp_path / "a.jsonl")
    assert sorted(left.name for left in tmp_path.iterdir()) == [other.name, "a.jsonl"]
    assert json.loads((tmp_path / "a.jsonl").read_bytes().splitlines()[0])["messages"]
