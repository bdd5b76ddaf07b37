"""Splits as the names of files, and JSON lines of a split each."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

from storage.errors import InvalidInput
from storage.exports.format import Example, line
from storage.exports.options import Options
from storage.exports.rows import ExportRow

RECIPE_SPLITS = ("train", "validation")
"""What a folder for a training tool holds by itself: never the test split."""

_SPLIT = re.compile(r"[A-Za-z0-9_]{1,60}")


def checked_split(split: str) -> str:
    """`split` if a file may be called so and `datasets` takes it. Raises InvalidInput."""
    if _SPLIT.fullmatch(split) is None:
        raise InvalidInput(
            f"A row is of the split {split!r}, which no file can be named after.",
            next_step="Name splits by letters, digits and underscores.",
        )
    return split


def lines_by_split(
    rows: Iterable[ExportRow],
    folder: Path,
    options: Options,
    examples: Callable[[ExportRow, Options], Iterable[Example]],
) -> tuple[int, list[str]]:
    """Write `<split>.jsonl` for each split, in the order they come.

    Gives back how many rows it wrote an example of, and the splits.
    """
    written = 0
    streams: dict[str, BinaryIO] = {}
    with ExitStack() as open_files:
        for row in rows:
            if row.split not in streams:
                path = folder / f"{checked_split(row.split)}.jsonl"
                streams[row.split] = open_files.enter_context(path.open("wb"))
            lines = [line(example) for example in examples(row, options)]
            streams[row.split].writelines(lines)
            written += bool(lines)
    return written, list(streams)
