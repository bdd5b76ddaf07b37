"""Writing an export: rows in, one file or folder out, whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from storage.errors import InvalidInput
from storage.exports.format import Format
from storage.exports.options import Options
from storage.exports.places import new_file, new_folder, new_zip
from storage.exports.rows import CheckedRows, ExportRow
from storage.exports.spool import replayable
from storage.exports.table import named

_PLAIN = Options()


@dataclass(frozen=True)
class Written:
    """What an export holds: `rows` it wrote something of; `left_out` had nothing for the format.

    A row that was not corrected has no two answers for a pair, and a chat without an answer nothing
    to learn from.
    """

    rows: int
    left_out: int


def write(rows: Iterable[ExportRow], format: str, path: Path, *, options: Options = _PLAIN) -> Written:
    """Write `rows` to `path` as one of `FORMATS`, whole or not at all.

    Rows are taken as they come and never held together. A format that is a folder makes one at
    `path`, or a ZIP of it where `path` ends in `.zip`.

    Raises InvalidInput for an unknown format, a place that cannot be written to, text that is no
    valid Unicode, or rows of which the format can write none; Conflict for a folder that holds
    something; DiskFull.
    """
    chosen = named(format)
    with ExitStack() as open_places:
        if chosen.to_folder is None:
            place = open_places.enter_context(new_file(path))
        else:
            new = new_zip if path.suffix.lower() == ".zip" else new_folder
            place = open_places.enter_context(new(path))
        checked = CheckedRows(rows)
        given: Iterable[ExportRow] = checked
        if chosen.reads_twice and checked.only_once:
            given = open_places.enter_context(replayable(checked, path.parent))
        written = _written(chosen, given, place, options)
        _refuse_nothing(format, chosen, checked.seen, written)
    return Written(written, checked.seen - written)


def _written(chosen: Format, rows: Iterable[ExportRow], place: Path, options: Options) -> int:
    if chosen.to_folder is not None:
        return chosen.to_folder(rows, place, options)
    assert chosen.to_file is not None
    with place.open("wb") as stream:
        return chosen.to_file(rows, stream, options)


def _refuse_nothing(format: str, chosen: Format, seen: int, written: int) -> None:
    if seen and not written:
        raise InvalidInput(
            f"None of the {seen} rows has anything to write as {format!r}.",
            next_step="Pairs need rows that a person corrected, with what the teacher had said; "
            "other formats need an answer.",
        )
    if chosen.to_folder is not None and not written:
        raise InvalidInput(f"There are no rows to write as {format!r}.", next_step="Choose another split.")
