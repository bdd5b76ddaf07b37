"""What a labelling job keeps in its folder until it publishes: the plan, and every answer paid for.

An answer is a line of JSON, handed to the operating system before the next question is asked, so
a killed worker loses none; the disk is made to keep them every 60 s or 1,000 rows.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict

FLUSH_ROWS = 1_000
FLUSH_S = 60.0


class Plan(BaseModel):
    """Which records a job labels, fixed when it first starts, and the artifact it will publish."""

    model_config = ConfigDict(frozen=True)

    artifact_id: str
    inputs: tuple[str, ...]
    record_ids: tuple[str, ...]

    def save(self, folder: Path) -> None:
        """Replace the folder's plan, all at once."""
        part = folder / ".plan.json"
        with part.open("wb") as stream:
            stream.write(self.model_dump_json().encode())
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(folder / "plan.json")

    @classmethod
    def load(cls, folder: Path) -> Plan | None:
        """The folder's plan, or None before the first start."""
        path = folder / "plan.json"
        return cls.model_validate_json(path.read_bytes()) if path.is_file() else None

    @staticmethod
    def discard(folder: Path) -> None:
        """Forget the folder's plan: the next attempt makes a new one."""
        (folder / "plan.json").unlink(missing_ok=True)


class Answers:
    """The answers of one plan, appended line by line; safe to append to from several threads.

    Opening it again reads what stands. A last line cut short by a kill is dropped: its
    question counts as not asked.
    """

    def __init__(self, folder: Path, plan: Plan) -> None:
        self._path = folder / f"answers-{plan.artifact_id}.jsonl"
        self._lock = threading.Lock()
        self.rows: dict[str, Mapping[str, Any]] = {}
        self.failed = 0
        whole = self._read()
        self._stream = self._path.open("r+b" if self._path.exists() else "w+b")
        self._stream.truncate(whole)
        self._stream.seek(whole)
        self._unflushed = 0
        self._flushed_at = time.monotonic()

    def __enter__(self) -> Answers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stream.close()

    def add(self, row: Mapping[str, Any]) -> None:
        """Keep one row (keys as in the `labels` schema)."""
        line = orjson.dumps(dict(row)) + b"\n"
        with self._lock:
            self._stream.write(line)
            self._stream.flush()
            self._take_in(row)
            self._unflushed += 1
            if self._unflushed >= FLUSH_ROWS or time.monotonic() - self._flushed_at >= FLUSH_S:
                os.fsync(self._stream.fileno())
                self._unflushed, self._flushed_at = 0, time.monotonic()

    def remaining(self, plan: Plan) -> Sequence[str]:
        """The plan's records that have no row yet, in order."""
        return [record_id for record_id in plan.record_ids if record_id not in self.rows]

    def _read(self) -> int:
        """Take in the whole lines; the number of bytes they fill."""
        whole = 0
        if self._path.exists():
            with self._path.open("rb") as stream:
                for line in stream:
                    if not line.endswith(b"\n"):
                        break
                    self._take_in(orjson.loads(line))
                    whole += len(line)
        return whole

    def _take_in(self, row: Mapping[str, Any]) -> None:
        self.rows[row["record_id"]] = row
        self.failed += row["output"] is None
