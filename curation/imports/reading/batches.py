"""What a file becomes: batches of columns of text, and rows that were rejected, with the reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

KEPT_RAW_CHARS = 2_000
"""How much of a rejected row's raw text is kept."""


@dataclass(frozen=True)
class Row:
    """One row as text. `number` is its place in the file, as in Batch."""

    number: int
    values: dict[str, str]


@dataclass(frozen=True)
class Reject:
    """A row that cannot be used: its number, the reason, and its text (cut at 2,000 characters)."""

    row_number: int
    reason: str
    row: str


@dataclass(frozen=True)
class Batch:
    """Some rows, column by column.

    `numbers` are the rows' places in the file, rising: the line a row begins on in CSV and JSONL, the row
    of a sheet, else the count of rows from 1. Every column is as long as `numbers`: a list, or texts that
    Arrow holds. Where a row of JSON has no such key its text is empty and its place stands in `absent`.
    `columns` has all the columns of the file, and further ones where these rows have keys that its first
    rows did not. `raw` is an Arrow array of the rows as JSON objects, where it was asked for.
    """

    numbers: list[int]
    columns: Mapping[str, Sequence[str]]
    rejects: list[Reject]
    absent: Mapping[str, frozenset[int]] = field(default_factory=dict)
    raw: Any = None

    def rows(self) -> Iterator[Row | Reject]:
        """The same row by row, in the file's order."""
        rejects = iter(self.rejects)
        waiting = next(rejects, None)
        lists = {name: list(texts) for name, texts in self.columns.items()}
        for place, number in enumerate(self.numbers):
            while waiting is not None and waiting.row_number <= number:
                yield waiting
                waiting = next(rejects, None)
            yield Row(number, self._values(lists, place))
        if waiting is not None:
            yield waiting
        yield from rejects

    def _values(self, lists: Mapping[str, list[str]], place: int) -> dict[str, str]:
        if not self.absent:
            return {name: texts[place] for name, texts in lists.items()}
        nowhere: frozenset[int] = frozenset()
        return {
            name: texts[place] for name, texts in lists.items() if place not in self.absent.get(name, nowhere)
        }


@dataclass
class Chunk:
    """Some rows on their way to a Batch, within the process that reads.

    A column is a list of texts, None where the row has no such column, or an Arrow array of strings.
    `more` holds, by place, what rows have under names that are no column of the file.
    """

    numbers: Sequence[int]
    columns: dict[str, Any]
    rejects: list[Reject] = field(default_factory=list)
    more: dict[int, dict[str, str]] = field(default_factory=dict)


def raw_text(raw: bytes | str) -> str:
    """A rejected row's text as it is kept: other bytes than UTF-8 escaped, cut at 2,000 characters."""
    if isinstance(raw, bytes):
        text = raw[: 4 * KEPT_RAW_CHARS].decode("utf-8", "backslashreplace")
    else:
        text = raw[: 2 * KEPT_RAW_CHARS].encode("utf-8", "backslashreplace").decode()
    return text.rstrip("\r\n")[:KEPT_RAW_CHARS]
