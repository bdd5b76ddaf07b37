"""What makes two copies of a record the same, and a hash over many that their order does not change."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from storage.argilla_client.whole import WholeRecord, WholeResponse

_MODULUS = 1 << 256


@dataclass
class Content:
    """Counts and the hash of records as they are added. Times and ids do not count: they cannot be copied."""

    records: int = 0
    suggestions: int = 0
    responses: int = 0
    _sum: int = 0

    def add(self, record: WholeRecord) -> None:
        """Count one record with all that hangs on it."""
        self.records += 1
        self.suggestions += len(record.suggestions)
        self.responses += len(record.responses)
        whole = [record_facts(record), sorted(map(response_facts, record.responses))]
        self._sum = (self._sum + int.from_bytes(_digest(whole), "big")) % _MODULUS

    @property
    def sha256(self) -> str:
        """The sum of the records' SHA-256, as hex."""
        return f"{self._sum:064x}"

    def counts(self) -> dict[str, int]:
        """For a manifest or a message."""
        return {"records": self.records, "suggestions": self.suggestions, "responses": self.responses}


def content_of(records: Iterable[WholeRecord]) -> Content:
    """Read records through, one by one, and count them."""
    content = Content()
    for record in records:
        content.add(record)
    return content


def record_facts(record: WholeRecord) -> str:
    """A record without its answers, in one spelling."""
    return _spelled(
        {
            "key": record.key,
            "fields": {name: value for name, value in record.fields.items() if value is not None},
            "metadata": record.metadata,
            "suggestions": sorted(_spelled(each.model_dump()) for each in record.suggestions),
            "vectors": record.vectors,
        }
    )


def response_facts(response: WholeResponse) -> str:
    """An answer, in one spelling."""
    return _spelled(response.model_dump(include={"author", "status", "values"}))


def _digest(value: Any) -> bytes:
    return hashlib.sha256(_spelled(value).encode()).digest()


def _spelled(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))
