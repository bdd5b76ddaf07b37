"""Vectors compared in this process, where the database has no pgvector.

The vectors of a setting are read once and kept, lengths made 1, until the table that counts their
changes says that there was another.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from argilla_server.models import Vector
from sqlalchemy import Select, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

MOST_BYTES = 1 << 30
"""What may be kept; the setting that was not asked for longest goes first."""

_VERSION = text(
    "SELECT count(*), coalesce(max(seq), 0) FROM understudy_search.vector_changes"
    " WHERE vector_settings_id = :settings"
)


@dataclass(frozen=True)
class _Kept:
    """The vectors of one setting; `numbers` is (records, dimensions), each row of length 1 or 0."""

    version: tuple[int, int]
    records: tuple[UUID, ...]
    numbers: np.ndarray[Any, np.dtype[np.float32]]


_kept: OrderedDict[UUID, _Kept] = OrderedDict()


async def nearest(
    connection: AsyncConnection,
    settings_id: UUID,
    target: Sequence[float],
    candidates: Select[tuple[UUID]] | None,
    *,
    most: int,
    opposite: bool,
    besides: UUID | None,
) -> list[tuple[UUID, float]]:
    """At most `most` of the candidates with their score, best first; see `similarity.nearest`."""
    stored = await _stored(connection, settings_id)
    if not stored.records:
        return []
    wanted = np.asarray(target, dtype=np.float32) * (-1.0 if opposite else 1.0)
    scores = (1.0 + stored.numbers @ _of_length_one(wanted[None, :])[0]) / 2.0
    if candidates is not None:
        ids = set((await connection.execute(candidates)).scalars())
        scores[[record_id not in ids for record_id in stored.records]] = -1.0
    if besides in stored.records:
        scores[stored.records.index(besides)] = -1.0
    best = np.argsort(-scores, kind="stable")[:most]
    return [(stored.records[at], float(scores[at])) for at in best if scores[at] >= 0]


async def _stored(connection: AsyncConnection, settings_id: UUID) -> _Kept:
    count, last = (await connection.execute(_VERSION, {"settings": settings_id})).one()
    known = _kept.get(settings_id)
    if known is None or known.version != (count, last):
        known = await _read(connection, settings_id, (count, last))
        _kept[settings_id] = known
    _kept.move_to_end(settings_id)
    while len(_kept) > 1 and sum(each.numbers.nbytes for each in _kept.values()) > MOST_BYTES:
        _kept.popitem(last=False)
    return known


async def _read(connection: AsyncConnection, settings_id: UUID, version: tuple[int, int]) -> _Kept:
    asked = select(Vector.record_id, Vector.value).where(Vector.vector_settings_id == settings_id)
    rows = (await connection.execute(asked.order_by(Vector.record_id))).all()
    if not rows:
        return _Kept(version, (), np.zeros((0, 0), dtype=np.float32))
    numbers = await asyncio.to_thread(lambda: np.asarray([row.value for row in rows], dtype=np.float32))
    return _Kept(version, tuple(row.record_id for row in rows), _of_length_one(numbers))


def _of_length_one(
    numbers: np.ndarray[Any, np.dtype[np.float32]],
) -> np.ndarray[Any, np.dtype[np.float32]]:
    lengths = np.linalg.norm(numbers, axis=1, keepdims=True)
    return np.divide(numbers, lengths, out=np.zeros_like(numbers), where=lengths > 0)
