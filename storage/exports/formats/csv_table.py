"""`csv` and `tsv`: every column of text, quoted by RFC 4180, with cells that no spreadsheet runs.

An absent teacher's output is an empty cell: these formats know no null. Read them back with
`keep_default_na=False` in pandas, which else takes the text "NA" for a missing value; pandas' own
parser ends at a NUL character inside a cell, Python's csv module does not.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, BinaryIO

from storage.exports.columns import Columns, in_columns
from storage.exports.format import Format
from storage.exports.options import Options
from storage.exports.rows import ExportRow
from storage.exports.spreadsheet import defused

if TYPE_CHECKING:
    from _csv import Writer


def _separated(delimiter: str) -> Callable[[Iterable[ExportRow], BinaryIO, Options], int]:
    def to_file(rows: Iterable[ExportRow], stream: BinaryIO, options: Options) -> int:
        def attempt(columns: Columns) -> int:
            stream.seek(0)
            stream.truncate()
            text = io.TextIOWrapper(stream, encoding="utf-8", newline="")
            try:
                return _write(rows, columns, csv.writer(text, delimiter=delimiter, lineterminator="\r\n"))
            finally:
                text.detach()  # flushes it; else the stream would be closed with it

        return in_columns(rows, attempt)

    return to_file


def _write(rows: Iterable[ExportRow], columns: Columns, writer: Writer) -> int:
    writer.writerow(map(defused, columns.texts))
    written = 0
    for row in rows:
        writer.writerow([defused(cell or "") for cell in columns.cells(row)])
        written += 1
    return written


CSV = Format(".csv", default_splits=(), to_file=_separated(","), reads_twice=True)
TSV = Format(".tsv", default_splits=(), to_file=_separated("\t"), reads_twice=True)
