"""Files read for the tests: here in this process (the same code, without its start), or as the app does."""

from __future__ import annotations

import io
from pathlib import Path

from curation.imports.reading import formats
from curation.imports.reading.batches import Batch, Reject, Row
from curation.imports.reading.formats import Found
from curation.imports.reading.guarding import guarded
from curation.imports.reading.limits import Budget, Limits
from curation.imports.reading.wire import Receiver, Sender


def written(folder: Path, name: str, body: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(body.encode() if isinstance(body, str) else body)
    return path


def found(
    path: Path, *, member: str | None = None, as_table: bool = False, limits: Limits | None = None
) -> Found:
    return formats.find(path, limits or Limits(), path.parent, member, as_table=as_table)


def batches(
    path: Path, *, limits: Limits | None = None, member: str | None = None, as_table: bool = False
) -> list[Batch]:
    """Every batch, over the wire and back, without a process."""
    may = limits or Limits()
    one = found(path, member=member, as_table=as_table, limits=may)
    stream = _Kept()
    sender = Sender(stream)
    sender.begin({"columns": list(one.columns)}, one.columns)
    size = path.stat().st_size if path.is_file() else may.text_bytes
    for portion in guarded(one.opened.chunks(), one.columns, may, Budget(path.name, size, may)):
        sender.send(portion)
    sender.end()
    receiver = Receiver(io.BytesIO(stream.getvalue()))
    found_batches = list(receiver.batches(one.columns))
    assert receiver.ended
    for batch in found_batches:
        assert {len(texts) for texts in batch.columns.values()} <= {len(batch.numbers)}
        assert batch.numbers == sorted(batch.numbers)
    return found_batches


def rows(path: Path, **given: object) -> list[Row | Reject]:
    return [row for batch in batches(path, **given) for row in batch.rows()]  # type: ignore[arg-type]


def values(path: Path, **given: object) -> list[dict[str, str]]:
    return [row.values for row in rows(path, **given) if isinstance(row, Row)]


def rejects(path: Path, **given: object) -> list[tuple[int, str, str]]:
    return [(row.row_number, row.reason, row.row) for row in rows(path, **given) if isinstance(row, Reject)]


class _Kept(io.BytesIO):
    def close(self) -> None:
        """Stay open: the writer closes what it writes to, and the bytes are read afterwards."""
