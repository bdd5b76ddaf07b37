"""Records as an import writes them: column by column, each known by the hash of its inputs."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa

from curation.imports.files import Batch
from curation.imports.known_ids import ID_BYTES
from curation.text_columns import TextColumn
from storage import schemas

_POSITION_BYTES = 8
_WHOLE = 2.0 ** (8 * _POSITION_BYTES)


@dataclass(frozen=True)
class Records:
    """Records column by column, in the file's order; each column has one place for each.

    `digests` are what the ids spell. `inputs` and `extras` are Arrow arrays of JSON objects, `gold` one of
    the file's right answers where the record is held out, else null.
    """

    numbers: Sequence[int]
    ids: Sequence[str]
    digests: Sequence[bytes]
    inputs: pa.Array
    gold: pa.Array
    extras: pa.Array
    held_out: npt.NDArray[np.bool_]

    def at(self, places: Sequence[int]) -> Records:
        """These of them, in this order."""
        if len(places) == len(self.numbers):
            return self
        chosen = pa.array(places, pa.int64())
        return Records(
            [self.numbers[place] for place in places],
            [self.ids[place] for place in places],
            [self.digests[place] for place in places],
            self.inputs.take(chosen),
            self.gold.take(chosen),
            self.extras.take(chosen),
            self.held_out[np.asarray(places, np.intp)],
        )

    def held_out_ids(self) -> list[str]:
        """The ids of those that are held out."""
        return [self.ids[place] for place in np.flatnonzero(self.held_out).tolist()]

    def table(self, source: str) -> pa.Table:
        """The same with the columns of the `records` schema."""
        columns = [
            pa.array(self.ids, pa.string()),
            pa.array(self.numbers, pa.int64()),
            self.inputs,
            self.gold,
            self.extras,
            pa.repeat(pa.scalar(source, pa.string()), len(self.numbers)),
            pa.array(self.held_out),
        ]
        return pa.table(columns, schema=schemas.SCHEMAS["records"])


def record_id(digest: bytes) -> str:
    """The id of a record by what its inputs hash to."""
    return f"rec_{digest.hex()}"


def digest_of(canonical: bytes) -> bytes:
    """What the id of a record spells: the beginning of the SHA-256 of its inputs as JSON, keys in order."""
    return hashlib.sha256(canonical).digest()[:ID_BYTES]


def digests_of(canonical: pa.Array) -> list[bytes]:
    """As `digest_of`, for each JSON object of an Arrow array of strings."""
    bounds, text = TextColumn(canonical).buffers()
    whole = text.tobytes()
    return [digest_of(whole[start:end]) for start, end in pairwise(bounds.tolist())]


def raw_rows(batch: Batch) -> pa.Array:
    """Each row of a batch as it came, as a JSON object."""
    has = {name: batch.absent.get(name, frozenset()) for name in batch.columns}
    lists = {name: list(texts) for name, texts in batch.columns.items()}
    rows = (
        {name: texts[place] for name, texts in lists.items() if place not in has[name]}
        for place in range(len(batch.numbers))
    )
    return pa.array(map(orjson.dumps, rows), pa.string())


def share_positions(task: str, ids: Sequence[str]) -> npt.NDArray[np.float64]:
    """Where records fall between 0 and 1, by hash: always the same for a task and a record."""
    begins, sha256 = f"held out/{task}/", hashlib.sha256
    found = [sha256(f"{begins}{record_id}".encode()).digest()[:_POSITION_BYTES] for record_id in ids]
    return np.frombuffer(b"".join(found), ">u8") / _WHOLE
