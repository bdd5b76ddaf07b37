"""Files from elsewhere: fetched whole and under a safe name, or not at all."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import fsspec
import pytest

from curation.imports.reading.fetching import FetchLimits, fetch
from storage.errors import InvalidInput, MissingDependency, NotFound, ServiceUnavailable, UserError

BODY = b"a,b\n" + b"1,2\n" * 1_000


@pytest.fixture
def remembered() -> Iterator[str]:
    memory = fsspec.filesystem("memory")
    memory.pipe("/box/rows.csv", BODY)
    yield "memory://box/rows.csv"
    memory.rm("/box", recursive=True)


def test_a_file_in_memory_or_on_this_machine_is_fetched(tmp_path: Path, remembered: str) -> None:
    seen: list[int] = []
    path = fetch(remembered, tmp_path / "in", progress=seen.append)
    assert (path.name, path.read_bytes(), seen[-1]) == ("rows.csv", BODY, len(BODY))
    there = tmp_path / "my rows (1).csv"
    there.write_bytes(BODY)
    assert fetch(f"file://{there}", tmp_path / "in").name == "my_rows__1_.csv"
    assert sorted(found.read_bytes() for found in (tmp_path / "in").iterdir()) == [BODY, BODY]


def test_a_file_behind_http_is_fetched(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_bytes(BODY)
    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/rows.csv?token=1#x"
        assert fetch(url, tmp_path / "in").read_bytes() == BODY
        with pytest.raises(NotFound, match="There is nothing at"):
            fetch(url.replace("rows", "none"), tmp_path / "in")
        server.shutdown()
    nobody = f"could not be fetched: nothing answers at 127.0.0.1:{server.server_port}"
    with pytest.raises(ServiceUnavailable, match=re.escape(nobody)):
        fetch(url, tmp_path / "in2")
    assert list((tmp_path / "in2").iterdir()) == []


@pytest.mark.parametrize(
    ("url", "kind", "message"),
    [
        ("rows.csv", InvalidInput, "is no URL"),
        ("/etc/hostname", InvalidInput, "is no URL"),
        ("simplecache::memory://a", InvalidInput, "is no URL"),
        ("zip://a.csv::memory://box/a.zip", InvalidInput, "chains one file system"),
        ("memory://box/", InvalidInput, "holds no data files"),
        ("http://host/", InvalidInput, "names no single file"),
        ("memory://box/*.csv", InvalidInput, "names no single file"),
        ("memory://box/none.csv", NotFound, "There is nothing at"),
        ("nosuch://box/a.csv", InvalidInput, "cannot be fetched"),
        ("sftp://host/a.csv", MissingDependency, "need a package that is not installed"),
    ],
)
def test_what_cannot_be_fetched_says_why_and_leaves_nothing(
    tmp_path: Path, url: str, kind: type[UserError], message: str
) -> None:
    with pytest.raises(kind, match=message):
        fetch(url, tmp_path / "in")
    assert not (tmp_path / "in").exists() or list((tmp_path / "in").iterdir()) == []


def test_a_file_larger_than_the_limit_is_refused_while_it_comes(tmp_path: Path, remembered: str) -> None:
    with pytest.raises(InvalidInput, match="is larger than 1,000 bytes"):
        fetch(remembered, tmp_path, limits=FetchLimits(size_bytes=1_000))
    with pytest.raises(ServiceUnavailable, match="was not fetched within 0 s"):
        fetch(remembered, tmp_path, limits=FetchLimits(seconds=0))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_fetched_with_its_data_files_and_replaces_the_one_fetched_before(tmp_path: Path) -> None:
    memory = fsspec.filesystem("memory")
    memory.pipe({"/box/a.csv": BODY, "/box/deep/b.parquet": b"PAR1", "/box/notes.txt": b"x"})
    try:
        assert files_of(fetch("memory://box/", tmp_path)) == ["a.csv", "deep/b.parquet"]
        memory.rm("/box/a.csv")
        assert files_of(fetch("memory://box/", tmp_path)) == ["deep/b.parquet"]
        memory.pipe("/box/c.csv", BODY)
        for limits in (FetchLimits(files=1), FetchLimits(size_bytes=100)):
            with pytest.raises(InvalidInput, match=r"may be fetched|larger than"):
                fetch("memory://box/", tmp_path, limits=limits)
        assert files_of(tmp_path / "box") == ["deep/b.parquet"]
        assert [path.name for path in tmp_path.iterdir()] == ["box"]
    finally:
        memory.rm("/box", recursive=True)


def files_of(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
