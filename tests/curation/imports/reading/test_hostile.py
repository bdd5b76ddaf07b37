"""Hostile files, opened as the app opens them: refused or rejected in a sentence, in time, in the memory."""

from __future__ import annotations

import gzip
import json
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from curation.imports.files import Limits, Reject, open_file
from storage.errors import InvalidInput
from tests.curation.imports.reading.test_archives import overlapping

MAY = Limits(stall_s=30, cpu_s=60)
LONGEST_S = 90


QUOTED = b"a,b\n" + b'"1","2"\n' * 600
"""A table that is plainly one of quoted cells, before it turns hostile."""


def cell_of_50_mb(path: Path) -> None:
    path.write_bytes(b'a,b\n1,"' + b"x" * 50_000_000 + b'"\n2,fine\n')


def quoted_cell_that_never_ends(path: Path) -> None:
    path.write_bytes(QUOTED + b'1,"' + b"x y\n" * 1_000_000)


def line_of_50_mb(path: Path) -> None:
    path.write_bytes(b'{"a": "1"}\n{"a": "' + b"x" * 50_000_000 + b'"}\n{"a": "fine"}\n')


def row_of_two_million_quoted_lines(path: Path) -> None:
    path.write_bytes(QUOTED + b'"x\n",' * 1_900_000 + b"\n2,fine\n")


def quotes_that_open_and_never_close(path: Path) -> None:
    path.write_bytes(QUOTED + b'"x,y\nz,w\n' * 200_000)


def deep_json(path: Path) -> None:
    path.write_bytes(b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}\n" + b'{"a": "fine"}\n')


def deep_document(path: Path) -> None:
    path.write_bytes(b'{\n"a": ' + b'{"a":' * 1_000_000)


def many_columns(path: Path) -> None:
    path.write_text(",".join(f"c{place}" for place in range(10_000)) + "\n" + "1," * 9_999 + "1\n")


def many_keys(path: Path) -> None:
    path.write_text("".join(json.dumps({f"k{number}": 1}) + "\n" for number in range(5_000)))


def nul_bytes(path: Path) -> None:
    path.write_bytes(b"a,b\n" + b"1,a text of some length with one\0\n" * 1_000 + b"2,fine\n")


def nothing_but_nul(path: Path) -> None:
    path.write_bytes(b"\0" * 10_000_000)


def gzip_bomb(path: Path) -> None:
    path.write_bytes(gzip.compress(b"a,b\n" + b"0" * 400_000_000, 9))


def parquet_bomb(path: Path) -> None:
    texts = pa.DictionaryArray.from_arrays(pa.array(np.zeros(3_000_000, np.int32)), pa.array(["x" * 1_000]))
    pq.write_table(pa.table({"a": texts}), path, compression="zstd")


def parquet_page_bomb(path: Path) -> None:
    pq.write_table(pa.table({"a": ["\0" * 260_000_000]}), path, compression="zstd", use_dictionary=False)


def arrow_bomb(path: Path) -> None:
    texts = pa.DictionaryArray.from_arrays(pa.array(np.zeros(2_000, np.int32)), pa.array(["x" * 2_000_000]))
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    table = pa.table({"a": texts})
    with pa.ipc.new_file(path, table.schema, options=options) as writer:
        writer.write_table(table)


def zip_bomb(path: Path) -> None:
    overlapping(path, 200)


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
CELL = '<row r="{row}"><c r="A{row}" t="inlineStr"><is><t>{text}</t></is></c></row>'


def xml_bomb(path: Path) -> None:
    """A sheet whose cells are an entity that stands for ten of another, nine levels deep."""
    levels = "".join(f'<!ENTITY e{level + 1} "{f"&e{level};" * 10}">' for level in range(9))
    cells = CELL.format(row=1, text="title") + CELL.format(row=2, text="&e9;")
    files = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"/>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}">'
        '<sheets><sheet name="s" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship '
        f'Id="rId1" Type="{RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<!DOCTYPE x [<!ENTITY e0 "bomb">{levels}]>'
        f'<worksheet xmlns="{MAIN}"><sheetData>{cells}</sheetData></worksheet>',
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files.items():
            archive.writestr(name, body)


FINE = [
    (cell_of_50_mb, "The row is longer than 8,000,000 bytes", 1),
    (line_of_50_mb, "The line is longer than 8,000,000 bytes", 2),
    (row_of_two_million_quoted_lines, "The row is longer than 8,000,000 bytes", None),
    (quoted_cell_that_never_ends, "A quote opens in this line and never closes", 600),
    (quotes_that_open_and_never_close, "", None),
    (deep_json, "It is not JSON", 1),
    (nul_bytes, "Column 'b' holds a NUL character", 1),
]
REFUSED: list[tuple[Callable[[Path], None], str]] = [
    (deep_document, "it ends in the middle of a value"),
    (many_columns, "has 10000 columns; 1000 are read at most"),
    (many_keys, "more than 1000 keys|has 1000 columns"),
    (nothing_but_nul, "is a binary file"),
    (gzip_bomb, "unfolds to more than 256,000,000 bytes"),
    (parquet_bomb, "unfolds to more than 256,000,000 bytes"),
    (parquet_page_bomb, "unfolds to more than 256,000,000 bytes|needs more than 640 MB"),
    (arrow_bomb, "unfolds to more than|needs more than 640 MB"),
    (zip_bomb, "its entries overlap"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("make", "reason", "left"), FINE, ids=lambda given: getattr(given, "__name__", ""))
def test_a_hostile_row_is_rejected_and_the_rest_is_read(
    tmp_path: Path, make: Callable[[Path], None], reason: str, left: int | None
) -> None:
    make(tmp_path / "hostile")
    began = time.monotonic()
    read, rejects = 0, []
    for batch in open_file(tmp_path / "hostile", limits=MAY).batches():
        read += len(batch.numbers)
        rejects += batch.rejects
    assert time.monotonic() - began < LONGEST_S
    assert rejects
    assert all(isinstance(one, Reject) and len(one.row) <= 2_000 for one in rejects)
    assert any(reason in one.reason for one in rejects)
    if left:
        assert read == left


def read_in_small_batches(path: Path) -> None:
    for batch in open_file(path, limits=MAY).batches():
        assert sum(len(text) for texts in batch.columns.values() for text in texts) < 20_000_000


@pytest.mark.slow
@pytest.mark.parametrize(("make", "reason"), REFUSED, ids=lambda given: getattr(given, "__name__", ""))
def test_a_hostile_file_is_refused(tmp_path: Path, make: Callable[[Path], None], reason: str) -> None:
    make(tmp_path / "hostile")
    began = time.monotonic()
    with pytest.raises(InvalidInput, match=reason) as refusal:
        read_in_small_batches(tmp_path / "hostile")
    assert refusal.value.next_step
    assert time.monotonic() - began < LONGEST_S


def test_entities_of_a_workbook_are_never_unfolded(tmp_path: Path) -> None:
    xml_bomb(tmp_path / "a.xlsx")
    refused, texts = None, []
    try:
        texts = list(open_file(tmp_path / "a.xlsx").rows())
    except InvalidInput as refusal:
        refused = refusal
    assert refused is not None or len(str(texts)) < 1_000
