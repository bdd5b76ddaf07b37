"""Files as the app opens them, in a process of their own: limits hold, and whatever dies says why."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psutil
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from curation.imports.files import Limits, OpenedFile, Reject, Row, members, open_file, peek
from curation.imports.reading import supervised
from curation.imports.reading.serving import Request
from storage.errors import DiskFull, InvalidInput
from tests.curation.imports.reading.reads import rows, written
from tests.curation.imports.reading.test_excel import workbook

NOBODY = 65_534
CSV = "id,text\n" + "".join(f"{number},some text\n" for number in range(20_000)) + "bad\n"


def children() -> list[psutil.Process]:
    return [one for one in psutil.Process().children() if "child.py" in " ".join(one.cmdline())]


@pytest.fixture(autouse=True)
def nothing_left() -> Iterator[None]:
    yield
    assert children() == []


def test_a_file_is_opened_and_read_in_batches(tmp_path: Path) -> None:
    opened = open_file(written(tmp_path, "a.csv", CSV))
    assert (opened.format, opened.shape, opened.columns) == ("csv", "table", ("id", "text"))
    assert opened.detected["delimiter"] == "comma"
    batches = list(opened.batches())
    assert [len(batch.numbers) for batch in batches] == [5_000] * 4 + [0]
    assert batches[-2].numbers[-1] == 20_001
    assert batches[-2].columns["text"] == ["some text"] * 5_000
    assert batches[-1].rejects == [Reject(20_002, "It has 1 cells; the header has 2.", "bad")]
    assert list(opened.rows()) == rows(opened.path)


def test_the_first_rows_are_had_without_reading_the_rest(tmp_path: Path) -> None:
    opened, first = peek(written(tmp_path, "a.csv", CSV), rows=2)
    assert first == [Row(2, {"id": "0", "text": "some text"}), Row(3, {"id": "1", "text": "some text"})]
    assert isinstance(opened, OpenedFile)


def test_a_reader_that_is_left_early_is_gone(tmp_path: Path) -> None:
    batches = open_file(written(tmp_path, "a.csv", CSV)).batches()
    next(batches)
    assert len(children()) == 1
    batches.close()  # type: ignore[attr-defined]


def test_the_process_that_reads_loads_neither_the_database_nor_pandas(tmp_path: Path) -> None:
    request = Request("rows", str(written(tmp_path, "a.csv", CSV)), str(tmp_path), Limits())
    child = Path(supervised.__file__).with_name("child.py")
    told = subprocess.run(
        [sys.executable, "-X", "importtime", "-P", str(child), json.dumps(request.to_json())],
        capture_output=True, check=True, env={**os.environ, "PYTHONPATH": str(supervised.ROOT)}, timeout=60,
    ).stderr.decode()  # fmt: skip
    loaded = {line.rsplit("|", 1)[-1].strip() for line in told.splitlines()}
    assert "curation.imports.reading.formats" in loaded
    assert loaded & {"sqlalchemy", "pydantic", "pandas.core", "streamlit", "torch"} == set()


def test_a_file_that_needs_more_memory_than_it_may_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "wide.parquet"
    pq.write_table(pa.table({"a": ["x" * 80_000_000]}), path, compression="zstd")
    assert path.stat().st_size < 100_000
    with pytest.raises(InvalidInput, match=r"unfolds to more than 50,000,000 bytes"):
        open_file(path, limits=Limits(small_bytes=50_000_000))
    may = Limits(memory_bytes=50_000_000)
    with pytest.raises(InvalidInput, match=r"needs more than 50 MB of memory") as refusal:
        list(open_file(path, limits=may).batches())
    assert "memory_bytes" in refusal.value.next_step


def test_a_sheet_with_one_cell_at_its_far_corner_is_refused(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    book.worksheets[0]["A1"] = "a"
    book.worksheets[0]["XFD1048576"] = "b"
    book.save(tmp_path / "far.xlsx")
    with pytest.raises(
        InvalidInput, match=r"columns; 1000 are read|needs more than 640 MB|ended with a crash"
    ):
        list(open_file(tmp_path / "far.xlsx").batches())


def test_a_file_that_takes_too_long_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", CSV * 100)
    with pytest.raises(InvalidInput, match=r"gave no rows for 0\.01 s"):
        open_file(path, limits=Limits(stall_s=0.01))
    with pytest.raises(InvalidInput, match="took more than 1 s of computing"):
        list(replace(open_file(path), limits=Limits(cpu_s=1)).batches())


def test_only_the_wait_for_the_next_bytes_is_counted_as_a_stall() -> None:
    reading, writing = os.pipe()
    patient = supervised._Patient(reading, Request("rows", "a.csv", "", Limits(stall_s=0.2)))
    buffer = memoryview(bytearray(8))
    os.write(writing, b"ab")
    time.sleep(0.4)  # a consumer that took its time over what came before
    assert patient.readinto(buffer) == 2
    with pytest.raises(InvalidInput, match=r"a\.csv gave no rows for 0\.2 s"):
        patient.readinto(buffer)
    os.close(writing)
    assert patient.readinto(buffer) == 0
    os.close(reading)


def test_a_process_that_is_killed_says_so_and_gives_no_half_file(tmp_path: Path) -> None:
    batches = open_file(written(tmp_path, "a.csv", CSV * 50)).batches()
    next(batches)
    children()[0].kill()
    with pytest.raises(InvalidInput, match=r"took more than|ended with a crash"):
        list(batches)
    batches = open_file(tmp_path / "a.csv").batches()
    next(batches)
    children()[0].send_signal(11)
    with pytest.raises(InvalidInput, match=r"ended with a crash \(SIGSEGV\)"):
        list(batches)


def test_a_bug_in_the_reader_stays_loud(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", CSV)
    request = Request("nonsense", str(path), "", replace(Limits(), columns="many"))  # type: ignore[arg-type]
    with pytest.raises(supervised.ReadingFailed, match="TypeError"), supervised.session(request) as reading:
        assert reading.header


@contextmanager
def changing(path: Path, after: int) -> Iterator[Iterator[object]]:
    batches = open_file(path, limits=Limits(batch_rows=after)).batches()
    next(batches)
    yield batches


def test_a_file_that_changes_or_vanishes_while_it_is_read_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", CSV * 30)
    with changing(path, 1_000) as batches:
        with path.open("a") as stream:
            stream.write("1,more\n")
        with pytest.raises(InvalidInput, match=r"a\.csv changed while it was read"):
            list(batches)
    with changing(path, 1_000) as batches:
        path.unlink()
        with pytest.raises(InvalidInput, match=r"a\.csv vanished while it was read"):
            list(batches)
    opened = open_file(written(tmp_path, "a.csv", CSV))
    written(tmp_path, "a.csv", CSV * 2)
    with pytest.raises(InvalidInput, match=r"a\.csv changed while it was read"):
        list(opened.batches())
    (tmp_path / "a.csv").unlink()
    with pytest.raises(InvalidInput, match="There is no file"):
        list(opened.batches())


def test_what_is_no_file_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    cases = {
        "nothing.csv": "There is no file", "pipe": "is no file: a pipe", "folder": "holds no data files",
        "empty.csv": "empty.csv is empty", "a\0b": "cannot be read",
    }  # fmt: skip
    (tmp_path / "folder").mkdir()
    written(tmp_path, "empty.csv", b"")
    for name, message in cases.items():
        with pytest.raises(InvalidInput, match=message) as refusal:
            open_file(tmp_path / name)
        assert refusal.value.next_step
    with pytest.raises(InvalidInput, match="/dev/null is no file: a device"):
        open_file(Path("/dev/null"))


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
        open_file(path)


def test_a_disk_that_fills_while_unpacking_is_no_fault_of_the_file() -> None:
    from curation.imports.reading.serving import raise_told

    with pytest.raises(DiskFull, match=r"The disk filled while a\.gz was unpacked"):
        raise_told({"kind": "disk"}, "a.gz", Limits())


def test_members_are_told_by_the_process_too(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", {"one": [["a"], ["x"]], "two": [["b"], ["y"]]})
    assert [member.name for member in members(path)] == ["one", "two"]
    assert open_file(path, member="two").columns == ("b",)
    assert members(written(tmp_path, "a.csv", CSV)) == ()


def test_two_files_are_read_at_once(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", CSV)
    counts: list[int] = []
    readers = [
        threading.Thread(
            target=lambda: counts.append(sum(len(batch.numbers) for batch in open_file(path).batches()))
        )
        for _ in range(3)
    ]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert counts == [20_000] * 3
