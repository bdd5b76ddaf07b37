"""Packed files and folders: gzip, zstd, bzip2, xz, ZIP, and folders of parts."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import datasets
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from curation.imports.reading import formats
from curation.imports.reading.archives import Member
from curation.imports.reading.limits import Limits
from storage.errors import InvalidInput
from tests.curation.imports.reading.reads import found, rows, values, written
from tests.curation.imports.reading.test_excel import workbook

CSV = b"id,text\n" + b"".join(b"%d,some text\n" % number for number in range(2_000))


def zstd(body: bytes) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as stream:
        stream.write(body)
    return sink.getvalue().to_pybytes()


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": lambda body: gzip.compress(body, mtime=0), "zstd": zstd, "bzip2": bz2.compress,
    "xz": lzma.compress,
}  # fmt: skip


def members(path: Path) -> dict[str, str]:
    return {member.name: member.refused for member in formats.members(path, Limits(), path.parent)}


def test_what_lies_beside_the_data_in_an_archive_is_not_offered_as_rows(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("README.md", "# no rows")
        archive.writestr("Photo.PNG", b"\x89PNG")
    assert members(tmp_path / "a.zip")["Photo.PNG"] == "a file that ends in .PNG holds no rows"
    with pytest.raises(InvalidInput, match=r"holds no file that can be read\. README\.md: a file that ends"):
        found(tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "a.zip", "a") as archive:
        archive.writestr("rows.csv", CSV)
    assert len(values(tmp_path / "a.zip")) == 2_000


@pytest.mark.parametrize("packer", PACKERS)
def test_a_packed_file_is_read_whatever_it_is_called(tmp_path: Path, packer: str) -> None:
    pack = PACKERS[packer]
    path = written(tmp_path, "a.csv", pack(CSV))
    assert len(values(path)) == 2_000
    assert found(path).opened.detected["compression"] == packer
    pq.write_table(pa.table({"a": ["x", "y"]}), tmp_path / "plain")
    assert values(written(tmp_path, "b", pack((tmp_path / "plain").read_bytes()))) == [{"a": "x"}, {"a": "y"}]
    assert values(written(tmp_path, "c", pack(b'[{"a": 1}]') + pack(b" "))) == [{"a": "1"}]


@pytest.mark.parametrize("packer", PACKERS)
@pytest.mark.parametrize("share", [0.4, 0.9])
def test_a_packed_file_that_is_cut_short_or_damaged_is_refused(
    tmp_path: Path, packer: str, share: float
) -> None:
    body = b"id,text\n" + b"".join(
        b"%d,%s\n" % (number, os.urandom(20).hex().encode()) for number in range(20_000)
    )
    whole = PACKERS[packer](body)
    place = int(len(whole) * share)
    with pytest.raises(InvalidInput, match="is damaged and cannot be unpacked"):
        rows(written(tmp_path, "a.gz", whole[:place]))
    if packer == "zstd":
        return  # pyarrow writes it without a checksum: flipped bytes are other text
    flipped = whole[:place] + bytes(byte ^ 0xFF for byte in whole[place : place + 50]) + whole[place + 50 :]
    with pytest.raises(InvalidInput, match="is damaged and cannot be unpacked"):
        rows(written(tmp_path, "b.gz", flipped))


@pytest.mark.parametrize("packer", PACKERS)
def test_what_is_packed_twice_or_unfolds_too_far_is_refused(tmp_path: Path, packer: str) -> None:
    pack = PACKERS[packer]
    with pytest.raises(InvalidInput, match="is compressed more than once"):
        rows(written(tmp_path, "a", pack(gzip.compress(CSV))))
    limits = Limits(small_bytes=1_000_000, row_bytes=100_000, expansion=5)
    bomb = pack(b"id,text\n" + b"1,x\n" * 2_000_000)
    with pytest.raises(InvalidInput, match=r"unfolds to more than 1,000,000 bytes"):
        rows(written(tmp_path, "b", bomb), limits=limits)
    with pytest.raises(InvalidInput, match="unfolds to more than"):
        rows(written(tmp_path, "c", pack(b"\0" * 50_000_000)), limits=limits)


def test_each_file_of_a_zip_is_a_file_of_its_own(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("one/a.csv", CSV)
        archive.writestr("two.jsonl", '{"a": 1}\n')
        archive.writestr("__MACOSX/._a.csv", b"\0\0")
        archive.write(workbook(tmp_path / "book.xlsx", {"s": [["a"], ["x"]]}), "book.xlsx")
    assert members(tmp_path / "a.zip") == {"one/a.csv": "", "two.jsonl": "", "book.xlsx": ""}
    assert len(values(tmp_path / "a.zip", member="one/a.csv")) == 2_000
    assert values(tmp_path / "a.zip", member="two.jsonl") == [{"a": "1"}]
    assert values(tmp_path / "a.zip", member="book.xlsx") == [{"a": "x"}]
    with pytest.raises(
        InvalidInput, match=r"holds 3 files\. Choose one: 'one/a.csv', 'two.jsonl', 'book.xlsx'"
    ):
        found(tmp_path / "a.zip")
    with pytest.raises(InvalidInput, match="holds no file 'three'"):
        found(tmp_path / "a.zip", member="three")


def test_an_archive_of_one_file_is_that_file(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.csv", CSV)
    assert len(values(tmp_path / "a.zip")) == 2_000
    assert found(tmp_path / "a.zip").opened.detected["file in the archive"] == "a.csv"


def test_entries_that_lead_out_link_nest_or_are_encrypted_are_refused_and_the_rest_is_read(
    tmp_path: Path,
) -> None:
    link = zipfile.ZipInfo("link.csv")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("../out.csv", "a\n1\n")
        archive.writestr("/root.csv", "a\n1\n")
        archive.writestr("C:/disk.csv", "a\n1\n")
        archive.writestr(link, "/etc/hostname")
        archive.writestr(
            "inner.zip", (tmp_path / "b.zip").read_bytes() if (tmp_path / "b.zip").exists() else b"PK\x03\x04"
        )
        archive.writestr("inner.csv.gz", gzip.compress(CSV))
        archive.writestr("fine.csv", "a\n1\n")
    assert members(tmp_path / "a.zip") == {
        "../out.csv": "its path leads out of the archive", "/root.csv": "its path leads out of the archive",
        "C:/disk.csv": "its path leads out of the archive", "link.csv": "it is a link",
        "inner.zip": "it is an archive (ZIP) inside an archive",
        "inner.csv.gz": "it is an archive (gzip) inside an archive", "fine.csv": "",
    }  # fmt: skip
    assert values(tmp_path / "a.zip") == [{"a": "1"}]
    with pytest.raises(InvalidInput, match=r"link\.csv in a.zip is not read: it is a link"):
        found(tmp_path / "a.zip", member="link.csv")
    raw = bytearray((tmp_path / "a.zip").read_bytes())
    place = raw.rindex(b"PK\x01\x02")
    struct.pack_into("<H", raw, place + 8, 1)
    assert members(written(tmp_path, "c.zip", bytes(raw)))["fine.csv"] == "it is encrypted"


def overlapping(path: Path, copies: int) -> Path:
    """A zip whose central directory names one entry's bytes many times over."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a000.csv", b"a\n" + b"x\n" * 1_000_000)
    whole = path.read_bytes()
    start, end = whole.index(b"PK\x01\x02"), whole.index(b"PK\x05\x06")
    entries = b"".join(
        whole[start:end].replace(b"a000.csv", b"a%03d.csv" % number) for number in range(copies)
    )
    closing = bytearray(whole[end:])
    struct.pack_into("<HHII", closing, 8, copies, copies, len(entries), start)
    path.write_bytes(whole[:start] + entries + bytes(closing))
    return path


def test_a_zip_bomb_of_overlapping_entries_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="its entries overlap, as only a zip bomb's do"):
        found(overlapping(tmp_path / "a.zip", 50))


def test_a_zip_that_declares_or_holds_too_much_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", b"a\n" + b"x\n" * 1_000_000)
    limits = Limits(small_bytes=1_000_000, expansion=10)
    with pytest.raises(InvalidInput, match="unfolds to more than 1,000,000 bytes"):
        rows(tmp_path / "a.zip", limits=limits)
    raw = bytearray((tmp_path / "a.zip").read_bytes())
    for magic, place in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        struct.pack_into("<I", raw, raw.index(magic) + place, 100)  # says that it is 100 bytes long
    with pytest.raises(InvalidInput, match="Bad CRC-32"):
        rows(written(tmp_path, "b.zip", bytes(raw)), limits=limits)
    with pytest.raises(InvalidInput, match="holds 1 files; 0 are read at most"):
        rows(tmp_path / "a.zip", limits=Limits(members=0))


@pytest.mark.parametrize("size", [10, 60, 200])
def test_a_damaged_zip_is_refused(tmp_path: Path, size: int) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", os.urandom(2_000).hex())
    with pytest.raises(InvalidInput, match=r"cannot be read as a ZIP archive|holds no file"):
        found(written(tmp_path, "b.zip", (tmp_path / "a.zip").read_bytes()[:size]))


def test_a_dataset_saved_to_disk_is_read_with_its_splits(tmp_path: Path) -> None:
    train = datasets.Dataset.from_dict({"text": [f"t{number}" for number in range(30)], "label": [0] * 30})
    test = datasets.Dataset.from_dict({"text": ["x"], "label": [1]})
    datasets.DatasetDict({"train": train, "test": test}).save_to_disk(
        tmp_path / "both", num_shards={"train": 3, "test": 1}
    )
    train.save_to_disk(tmp_path / "one")
    both = rows(tmp_path / "both")
    assert [row.number for row in both] == list(range(1, 32))  # type: ignore[union-attr]
    assert values(tmp_path / "both")[-1] == {"text": "x", "label": "1", "split": "test"}
    assert found(tmp_path / "both").opened.detected["splits"] == "train, test"
    assert [row["text"] for row in values(tmp_path / "both", member="test")] == ["x"]
    assert list(members(tmp_path / "both")) == ["train", "test"]
    assert values(tmp_path / "one") == [{"text": f"t{number}", "label": "0"} for number in range(30)]


def test_a_folder_of_tables_is_read_in_order_and_nothing_else_of_it(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    (folder / "more").mkdir(parents=True)
    (folder / ".cache").mkdir()
    written(folder, "0.jsonl", '{"a": 1}\n\n{"a": 2}\n')
    written(folder, "1.jsonl.gz", gzip.compress(b'{"a": 3}\nbroken\n'))
    written(folder / "more", "2.jsonl", '{"a": 4}\n')
    written(folder, "README.md", "# no data")
    written(folder / ".cache", "x.jsonl", '{"b": 1}\n')
    assert [row["a"] for row in values(folder)] == ["1", "2", "3", "4"]
    assert [getattr(row, "number", 0) or row.row_number for row in rows(folder)] == [1, 3, 4, 5, 6]  # type: ignore[union-attr]
    assert [row["a"] for row in values(folder, member="more/2.jsonl")] == ["4"]
    assert formats.members(folder, Limits(), tmp_path)[0] == Member("0.jsonl", 19)


def test_a_folder_whose_parts_do_not_fit_or_lead_out_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    with pytest.raises(InvalidInput, match="holds no data files"):
        found(folder)
    written(folder, "0.csv", "a,b\n1,x\n")
    written(folder, "1.csv", "a,c\n1,x\n")
    with pytest.raises(InvalidInput, match=r"1\.csv has other columns or another format than 0\.csv"):
        rows(folder)
    (folder / "1.csv").unlink()
    (folder / "1.csv").symlink_to(written(tmp_path, "secret.csv", "a,b\n9,9\n"))
    with pytest.raises(InvalidInput, match="is a link that leads out of"):
        found(folder)
    (folder / "1.csv").unlink()
    written(folder, "state.json", '{"_data_files": [{"filename": "../secret.csv"}]}')
    with pytest.raises(InvalidInput, match=r"names '\.\./secret\.csv', which leads out of it"):
        found(folder)
