"""Rows that come only once, kept on disk so that they can be read again."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import orjson

from storage.exports.rows import Conversation, ExportRow, Row, own_conversation


@contextmanager
def replayable(rows: Iterable[ExportRow], folder: Path) -> Iterator[Iterable[ExportRow]]:
    """The same rows, to be read as often as is needed, from a file without a name under `folder`."""
    with tempfile.TemporaryFile(dir=folder) as stream:
        for row in rows:
            stream.write(orjson.dumps(_copied(row), option=orjson.OPT_APPEND_NEWLINE))
        stream.flush()
        yield _Copies(stream)


class _Copies:
    """The rows of a file, from the first at each reading."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[ExportRow]:
        self._stream.seek(0)
        for line in self._stream:
            found = orjson.loads(line)
            if found["conversation"] is not None:
                found["conversation"] = Conversation(**found["conversation"])
            yield Row(**found)


def _copied(row: ExportRow) -> Row:
    asked = (row.record_id, row.split, row.inputs, row.system, row.prompt)
    answered = (row.completion, row.decision, row.teacher_output, own_conversation(row))
    return Row(*asked, *answered)
