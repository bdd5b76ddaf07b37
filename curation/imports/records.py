"""Records as an import writes them: column by column, each known by the hash of its inputs."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import orjson
import pyarrow as pa

from curation.imports.files import Batch
from curation.imports.known_ids import ID_BYTES
from storage import schemas

_WHOLE = 2**64


@dataclass(frozen=True)
class Records:
    """Records column by column, in the file's order; each list has one place for each.

    `digests` are what the ids spell, `inputs` and `extras` JSON objects, and `gold` is the file's right
    answer where the record is held out, else None.
    """

    numbers: Sequence[int]
    ids: Sequence[str]
    digests: Sequence[bytes]
    inputs: Sequence[bytes]
    gold: Sequence[str | None]
    extras: Sequence[bytes]
    held_out: Sequence[bool]

    def at(self, places: Sequence[int]) -> Records:
        """These of them, in this order."""
        if len(places) == len(self.numbers):
            return self
        chosen = [[column[place] for place in places] for column in vars(self).values()]
        return Records(*chosen)

    def held_out_ids(self) -> list[str]:
        """The ids of those that are held out."""
        return [record_id for record_id, out in zip(self.ids, self.held_out, strict=True) if out]

    def table(self, source: str) -> pa.Table:
        """The same with the columns of the `records` schema."""
        text = pa.string()
        columns = [
            pa.array(self.ids, text),
            pa.array(self.numbers, pa.int64()),
            pa.array(self.inputs, text),
            pa.array(self.gold, text),
            pa.array(self.extras, text),
            pa.repeat(pa.scalar(source, text), len(self.numbers)),
            pa.array(self.held_out, pa.bool_()),
        ]
        return pa.table(columns, schema=schemas.SCHEMAS["records"])


def record_id(digest: bytes) -> str:
    """The id of a record by what its inputs hash to."""
    return f"rec_{digest.hex()}"


def digest_of(canonical: bytes) -> bytes:
    """What the id of a record spells: the beginning of the SHA-256 of its inputs as JSON, keys in order."""
    return hashlib.sha256(canonical).digest()[:ID_BYTES]


def raw_rows(batch: Batch) -> pa.Array:
    """Each row of a batch as it came, as a JSON object."""
    has = {name: batch.absent.get(name, frozenset()) for name in batch.columns}
    rows = (
        {name: texts[place] for name, texts in batch.columns.items() if place not in has[name]}
        for place in range(len(batch.numbers))
    )
    return pa.array(map(orjson.dumps, rows), pa.string())


def share_positions(task: str, ids: Sequence[str]) -> list[float]:
    """Where records fall between 0 and 1, by hash: always the same for a task and a record."""
    begins = f"held out/{task}/"
    found = []
    for record_id in ids:
        digest = hashlib.sha256(f"{begins}{record_id}".encode()).digest()
        found.append(int.from_bytes(digest[:8]) / _WHOLE)
    return found
