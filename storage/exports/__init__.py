"""Rows as files that other tools train from: one small function per format, in one table.

    write(rows, "openai-chat", path)

Values are written as they are, but for one thing: a CSV cell that a spreadsheet would run as a
formula gets an apostrophe before it, which `restored` takes off again.
"""

from __future__ import annotations

import csv
import errno
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from storage.errors import DiskFull, InvalidInput

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What makes a spreadsheet read a cell as a formula; the last four are the full-width forms."""


class ExportRow(Protocol):
    """What a row brings: what the student is asked and is to answer, and where that came from."""

    @property
    def record_id(self) -> str: ...  # noqa: D102
    @property
    def split(self) -> str: ...  # noqa: D102
    @property
    def inputs(self) -> Mapping[str, str]: ...  # noqa: D102
    @property
    def system(self) -> str: ...  # noqa: D102
    @property
    def prompt(self) -> str: ...  # noqa: D102
    @property
    def completion(self) -> str: ...  # noqa: D102
    @property
    def decision(self) -> str: ...  # noqa: D102
    @property
    def teacher_output(self) -> str | None: ...  # noqa: D102


@dataclass(frozen=True)
class Format:
    """One export format. `for_training` formats hold nothing that tells the splits apart."""

    suffix: str
    for_training: bool
    write: Callable[[Sequence[ExportRow], BinaryIO], None]


def messages(row: ExportRow) -> list[dict[str, str]]:
    """A row as a chat: the system text where there is one, the prompt, the answer."""
    system = [{"role": "system", "content": row.system}] if row.system else []
    return [
        *system,
        {"role": "user", "content": row.prompt},
        {"role": "assistant", "content": row.completion},
    ]


def write(rows: Iterable[ExportRow], format: str, path: Path) -> None:
    """Write `rows` to `path` as one of `FORMATS`, whole or not at all.

    Raises InvalidInput for an unknown format or a folder that is not there, DiskFull.
    """
    chosen = named(format)
    partial = path.with_name(f".tmp-{path.name}-{os.getpid()}")
    try:
        with partial.open("wb") as stream:
            chosen.write(list(rows), stream)
            stream.flush()
            os.fsync(stream.fileno())
        partial.rename(path)
    except FileNotFoundError as fault:
        raise InvalidInput(f"There is no folder {path.parent}.", next_step="Make it first.") from fault
    except OSError as fault:
        if fault.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull(f"The disk that holds {path} is full; nothing was written.") from fault
        raise
    finally:
        partial.unlink(missing_ok=True)


def named(format: str) -> Format:
    """The format of that name. Raises InvalidInput, naming those there are."""
    if format not in FORMATS:
        raise InvalidInput(
            f"There is no export format {format!r}.", next_step=f"Choose one of {', '.join(FORMATS)}."
        )
    return FORMATS[format]


def defused(cell: str) -> str:
    """`cell` with an apostrophe before it if a spreadsheet would run it as a formula.

    A cell that already has apostrophes before such a character gets one more, so that `restored`
    gives back exactly what was there.
    """
    return f"'{cell}" if cell.lstrip("'").startswith(FORMULA_STARTS) else cell


def restored(cell: str) -> str:
    """The cell that `defused` was given."""
    return cell[1:] if cell.startswith("'") and cell.lstrip("'").startswith(FORMULA_STARTS) else cell


def _openai_chat(rows: Sequence[ExportRow], stream: BinaryIO) -> None:
    for row in rows:
        stream.write(orjson.dumps({"messages": messages(row)}) + b"\n")


def _prompt_completion(rows: Sequence[ExportRow], stream: BinaryIO) -> None:
    for row in rows:
        prompt = "\n\n".join(text for text in (row.system, row.prompt) if text)
        stream.write(orjson.dumps({"prompt": prompt, "completion": row.completion}) + b"\n")


def _csv(rows: Sequence[ExportRow], stream: BinaryIO) -> None:
    columns, lines = _flat(rows)
    text = _Utf8(stream)
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(map(defused, columns))
    writer.writerows(map(defused, line.values()) for line in lines)


def _parquet(rows: Sequence[ExportRow], stream: BinaryIO) -> None:
    columns, lines = _flat(rows)
    schema = pa.schema([(name, pa.string()) for name in columns])
    pq.write_table(pa.Table.from_pylist(lines, schema=schema), stream, compression="zstd")


def _flat(rows: Sequence[ExportRow]) -> tuple[list[str], list[dict[str, str]]]:
    inputs = list(dict.fromkeys(f"input_{name}" for row in rows for name in row.inputs))
    columns = ["record_id", "split", *inputs, "system", "prompt", "completion", "decision", "teacher_output"]
    lines = [
        {
            "record_id": row.record_id,
            "split": row.split,
            **{name: "" for name in inputs},
            **{f"input_{name}": text for name, text in row.inputs.items()},
            "system": row.system,
            "prompt": row.prompt,
            "completion": row.completion,
            "decision": row.decision,
            "teacher_output": row.teacher_output or "",
        }
        for row in rows
    ]
    return columns, lines


class _Utf8:
    """The text side of a binary stream, for the csv module, without closing it."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write as UTF-8."""
        return self._stream.write(text.encode("utf-8"))


FORMATS: dict[str, Format] = {
    "openai-chat": Format(".jsonl", True, _openai_chat),
    "prompt-completion": Format(".jsonl", True, _prompt_completion),
    "csv": Format(".csv", False, _csv),
    "parquet": Format(".parquet", False, _parquet),
}
