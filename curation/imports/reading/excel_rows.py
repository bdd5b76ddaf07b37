"""Excel workbooks: the rows of one sheet, each value as a person reads it.

A sheet is held whole by calamine (Rust) while it is read: a workbook must fit into the memory limit.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

from curation.imports.reading import columns, dialects
from curation.imports.reading.archives import Member, listed
from curation.imports.reading.batches import Chunk
from curation.imports.reading.opened import Opened
from curation.imports.reading.sources import Source
from storage.errors import InvalidInput

ROWS = 1_000
HEADER_LOOKED_AT = 100
EXACT = 2**53
"""Whole numbers below this are exact in a sheet, which knows floats only."""


def members(source: Source) -> tuple[Member, ...]:
    """The sheets of a workbook; their sizes are not known before they are read."""
    with _sentences(source.name):
        return tuple(Member(name, 0) for name in _workbook(source).sheet_names)


def opened(source: Source, sheet: str | None = None) -> Opened:
    """One sheet, or the first that has rows. Raises InvalidInput for a damaged or empty workbook."""
    found = members(source)
    if sheet is not None and sheet not in [member.name for member in found]:
        raise InvalidInput(f"{source.name} has no sheet {sheet!r}.", next_step=f"It has {listed(found)}.")
    for name in [sheet] if sheet is not None else [member.name for member in found]:
        beginning = [cells for _, cells in islice(_rows(source, name), HEADER_LOOKED_AT)]
        if beginning:
            others = ", ".join(one.name for one in found if one.name != name)
            return _sheet(source, name, beginning, {"other sheets": others} if others else {})
    raise InvalidInput(f"{source.name} has no rows.", next_step="Choose a workbook that has some.")


def _sheet(source: Source, name: str, beginning: list[list[str]], others: dict[str, str]) -> Opened:
    names = columns.checked(source.name, beginning[0], source.limits)
    dialects.check_header(source.name, beginning[0], beginning[1:])
    return Opened("excel", names, {"sheet": name, **others}, lambda: _chunks(source, name, names))


def _chunks(source: Source, sheet: str, names: tuple[str, ...]) -> Iterator[Chunk]:
    found = _rows(source, sheet)
    next(found)
    chunk = Chunk([], {name: [] for name in names})
    numbers: list[int] = []
    for number, cells in found:
        numbers.append(number)
        for column, cell in zip(chunk.columns.values(), cells, strict=True):
            column.append(cell)
        if len(numbers) == ROWS:
            chunk.numbers = numbers
            yield chunk
            chunk, numbers = Chunk([], {name: [] for name in names}), []
    chunk.numbers = numbers
    yield chunk


def _rows(source: Source, sheet: str) -> Iterator[tuple[int, list[str]]]:
    """(row of the sheet from 1, its cells), rows without any value left out."""
    with _sentences(source.name):
        for number, cells in enumerate(_workbook(source).get_sheet_by_name(sheet).iter_rows(), start=1):
            texts = [_text(cell) for cell in cells]
            if any(texts):
                yield number, texts


def _text(cell: object) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < EXACT else str(cell)
    if isinstance(cell, datetime.date | datetime.time):
        return cell.isoformat()
    return "" if cell is None else str(cell)


def _workbook(source: Source) -> Any:
    from python_calamine import CalamineWorkbook  # type: ignore[import-not-found,unused-ignore]

    return CalamineWorkbook.from_path(source.file())


@contextmanager
def _sentences(name: str) -> Iterator[None]:
    """Turn what calamine raises, a panic of its parser among it, into InvalidInput."""
    try:
        yield
    except (InvalidInput, MemoryError, GeneratorExit):
        raise
    except BaseException as fault:
        if isinstance(fault, KeyboardInterrupt | SystemExit):
            raise
        raise InvalidInput(
            f"{name} cannot be read as an Excel workbook: {str(fault) or type(fault).__name__}.",
            next_step="Save it again as .xlsx, or as CSV.",
        ) from fault
