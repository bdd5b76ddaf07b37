"""From a row of text to a record: mapped, checked, cleaned, redacted, held out or not. Pure."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from curation import outputs
from curation.imports.cleaning import clean
from curation.imports.files import Reject, Row, raw_text
from curation.imports.mapping import ColumnMapping, held_out_values
from curation.imports.redaction import redact
from curation.tasks import Task
from storage.errors import InvalidInput
from storage.identifiers import content_hash

MAX_INPUT_CHARS = 300_000
"""The most characters that the inputs of one record have together."""


@dataclass(frozen=True)
class Record:
    """One cleaned, redacted row. `gold` is the file's right answer if the record is held out, else None."""

    record_id: str
    row_number: int
    inputs: Mapping[str, str]
    gold: str | None
    extras: Mapping[str, str]
    held_out: bool

    def columns(self, source: str) -> dict[str, Any]:
        """The same as a row of the `records` schema."""
        return {
            "record_id": self.record_id,
            "row_number": self.row_number,
            "inputs": orjson.dumps(dict(self.inputs)).decode(),
            "gold": self.gold,
            "extras": orjson.dumps(dict(self.extras)).decode(),
            "source": source,
            "held_out": self.held_out,
        }


class RecordMaker:
    """Makes records of rows for one task and mapping, and counts what cleaning and redaction changed."""

    def __init__(self, task: Task, mapping: ColumnMapping) -> None:
        self.changed: Counter[str] = Counter()
        self._task = task
        self._mapping = mapping
        self._where = held_out_values(task, mapping)

    def made(self, row: Row) -> Record | Reject:
        """The record of a row, or why there is none."""
        missing = [column for column in self._mapping.inputs if column not in row.values]
        if missing:
            return _reject(row, f"It has no {missing[0]!r}.")
        inputs = {name: self._text(row.values[column]) for column, name in self._mapping.inputs.items()}
        length = sum(map(len, inputs.values()))
        if length == 0:
            return _reject(row, "Every input is empty.")
        if length > MAX_INPUT_CHARS:
            return _reject(row, f"Its inputs have {length:,} characters; {MAX_INPUT_CHARS:,} are the most.")
        gold = self._text(row.values.get(self._mapping.gold, "")) if self._mapping.gold else ""
        if gold:
            try:
                gold = outputs.checked(self._task, gold)
            except InvalidInput as fault:
                return _reject(row, f"Its {self._mapping.gold!r} cannot stand: {fault.what}")
        record_id = f"rec_{content_hash(inputs)}"
        held_out = self._is_held_out(record_id, row)
        extras = {name: self._text(row.values.get(name, "")) for name in self._mapping.extras}
        kept = gold if held_out and gold else None
        return Record(record_id, row.number, inputs, kept, extras, held_out)

    def _text(self, raw: str) -> str:
        cleaned = clean(raw)
        redacted = redact(cleaned)
        self.changed["cleaned"] += cleaned != raw
        self.changed["emails"] += redacted.emails
        self.changed["phones"] += redacted.phones
        return redacted.text

    def _is_held_out(self, record_id: str, row: Row) -> bool:
        if any(row.values.get(column, "").strip() in values for column, values in self._where.items()):
            return True
        return share_position(self._task.name, record_id) < self._task.held_out_share


def share_position(task: str, record_id: str) -> float:
    """Where a record falls between 0 and 1, by hash: always the same for a task and a record."""
    digest = hashlib.sha256(f"held out/{task}/{record_id}".encode()).digest()
    return int.from_bytes(digest[:8]) / 2**64


def _reject(row: Row, reason: str) -> Reject:
    return Reject(row.number, reason, raw_text(orjson.dumps(row.values)))
