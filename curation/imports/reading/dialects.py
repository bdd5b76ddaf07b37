"""How a table of text is written: what parts its cells, what they are quoted with, what ends its lines.

Each likely dialect reads a sample strictly. The one wins under which most rows have as many cells as the
header, the header has most cells, and (among equals) that is the more usual.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

from storage.errors import InvalidInput

SAMPLE_CHARS = 1 << 16
SAMPLE_LINES = 500
MOST_BROKEN = 50
"""A dialect under which more rows of the sample are broken is given up."""

_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}


@dataclass(frozen=True)
class Dialect:
    """One way to write a table. `quote` is empty where nothing is quoted."""

    delimiter: str = ","
    quote: str = '"'
    backslash: bool = False

    def reader(self, texts: Iterator[str]) -> Any:
        """A reader that raises csv.Error for what this dialect does not allow."""
        return csv.reader(
            texts,
            delimiter=self.delimiter,
            quotechar=self.quote or None,
            quoting=csv.QUOTE_MINIMAL if self.quote else csv.QUOTE_NONE,
            doublequote=True,  # without it csv looks away from what follows a closing quote
            escapechar="\\" if self.backslash else None,
            strict=True,
        )

    def words(self) -> dict[str, str]:
        """The same for a person."""
        quotes = {'"': "double quotes", "'": "single quotes", "": "none"}[self.quote]
        escaped = "by a backslash or doubling" if self.backslash else "by doubling"
        named = {"delimiter": _DELIMITERS[self.delimiter], "quotes": quotes}
        return {**named, "quotes inside a cell": escaped} if self.quote else named


_QUOTINGS = (('"', False), ('"', True), ("'", False), ("'", True), ("", False))
_ALL = tuple(Dialect(delimiter, *quoting) for quoting, delimiter in product(_QUOTINGS, _DELIMITERS))


def detect(sample: str, *, whole: bool) -> Dialect:
    """The dialect of a table that begins with `sample`; `whole` says that nothing follows it."""
    present = [one for one in _ALL if one.delimiter in sample and (not one.quote or one.quote in sample)]
    plain = Dialect(quote='"' if '"' in sample else "")
    scored = [(_fit(one, sample, whole), -place, one) for place, one in enumerate(present)]
    fit, _, best = max(scored, default=(0.0, 0, plain))
    chosen = best if fit > 0 else plain
    return chosen if chosen.quote else Dialect(chosen.delimiter, '"' if '"' not in sample else "")


def line_end(sample: bytes) -> bytes:
    """The byte that ends a line: a line feed, or a carriage return where no line feed stands."""
    return b"\r" if b"\r" in sample and b"\n" not in sample else b"\n"


def check_header(file: str, header: list[str], rows: list[list[str]]) -> None:
    """Raises InvalidInput where the first line looks like data: nothing in it names a column.

    It does where its cells are numbers or dates in columns of such, or stand again further down, and no
    other column begins with a word above numbers.
    """
    body = [row for row in rows if len(row) == len(header) and row != header]
    columns = list(zip(*body, strict=True)) or [() for _ in header]
    kinds = [_kind(cell) for cell in header]
    same = named = False
    for cell, kind, column in zip(header, kinds, columns, strict=True):
        filled = [one for one in column if one.strip()]
        valued = sum(_kind(one) != "word" for one in filled) > 0.8 * len(filled) if filled else False
        named |= kind == "word" and valued and bool(cell.strip())
        same |= kind != "word" and not _is_year(cell) and (valued or not filled)
        same |= bool(cell.strip()) and filled.count(cell) >= 2
    if (same and not named) or any(len(cell) > LONGEST_NAME_CHARS for cell in header):
        shown = ", ".join(repr(cell[:40]) for cell in header[:5])
        raise InvalidInput(
            f"{file} has no header: its first line reads {shown}.",
            next_step="Put a first line into it that names the columns.",
        )


LONGEST_NAME_CHARS = 200


def _kind(cell: str) -> str:
    text = cell.strip()
    if not text:
        return "word"
    try:
        float(text.replace(",", ".", 1).rstrip("%"))
    except ValueError:
        digits = sum(letter.isdigit() for letter in text)
        return "date" if digits >= 6 and all(one.isdigit() or one in "-/.:T Z+" for one in text) else "word"
    return "word" if text.casefold() in ("nan", "inf", "infinity") else "number"


def _is_year(cell: str) -> bool:
    """Years are the names of columns in tables of figures over time."""
    text = cell.strip()
    return len(text) == 4 and text.isdigit() and text[:2] in ("18", "19", "20")


def _fit(dialect: Dialect, sample: str, whole: bool) -> float:
    """0 to 1: the share of lines in rows with the header's number of cells, less where those are few.

    After a row that cannot be read it goes on with the line after its first, as the reader does.
    """
    lines = sample.splitlines(keepends=True) if whole else sample.splitlines(keepends=True)[:-1]
    if dialect.quote == "'" and not _single_quoted(dialect.delimiter, lines):
        return 0.0
    csv.field_size_limit(SAMPLE_CHARS)
    header, fitting, place, broken = 0, 0, 0, 0
    reader, begun = dialect.reader(iter(lines)), 0
    while place < min(len(lines), SAMPLE_LINES) and broken < MOST_BROKEN:
        try:
            width = len(next(reader))
            end = begun + reader.line_num
            header = header or width
            fitting += (end - place) * (width in (0, header))
        except csv.Error:
            broken, end = broken + 1, place + 1
            begun = end
            reader = dialect.reader(iter(lines[begun:]))
        place = end
    place = max(place, min(len(lines), SAMPLE_LINES))
    share = fitting / max(place, 1) * (1 - 1 / header) if header > 1 else 0.0
    return share if dialect.quote else share * _UNQUOTED.get(dialect.delimiter, 0.7)


_UNQUOTED = {"\t": 0.95}
"""A table without quotes is rarer than one with a few broken rows, except with tabs: it must fit better."""


def _single_quoted(delimiter: str, lines: list[str]) -> bool:
    """Whether at least half the lines have a cell that begins with a single quote."""
    return 2 * sum(line.startswith("'") or f"{delimiter}'" in line for line in lines) >= len(lines)
