"""What an export format is: how its file or its folder is written, and what it holds by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from storage.exports.options import Options
from storage.exports.rows import ExportRow

Example = dict[str, Any]
"""One line of a JSON lines file."""


@dataclass(frozen=True)
class Format:
    """One export format; it writes a file, or a folder of files.

    `suffix` is that of its file; a folder has `.zip`, since one goes as a ZIP where a single file
    is asked for. `default_splits` are written when none is named; () means every split, for formats
    that say which split a row is of. One that `reads_twice` is given rows that can be. A writer
    gives back how many rows it wrote an example of.
    """

    suffix: str
    default_splits: tuple[str, ...] = ("train",)
    to_file: Callable[[Iterable[ExportRow], BinaryIO, Options], int] | None = None
    to_folder: Callable[[Iterable[ExportRow], Path, Options], int] | None = None
    reads_twice: bool = False

    @property
    def for_training(self) -> bool:
        """Whether a tool trains on all of it, so that a held-out row in it would be trained on."""
        return bool(self.default_splits)


def line(example: Example) -> bytes:
    """An example as a line of JSON, in UTF-8."""
    return orjson.dumps(example, option=orjson.OPT_APPEND_NEWLINE)


def json_lines(examples: Callable[[ExportRow, Options], Iterable[Example]]) -> Format:
    """The format of a JSON object per line (UTF-8): what `examples` gives for each row in turn."""

    def to_file(rows: Iterable[ExportRow], stream: BinaryIO, options: Options) -> int:
        written = 0
        for row in rows:
            lines = [line(example) for example in examples(row, options)]
            stream.writelines(lines)
            written += bool(lines)
        return written

    return Format(".jsonl", to_file=to_file)
