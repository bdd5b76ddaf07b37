"""Records whose vector lies nearest, by cosine, computed exactly over the records a filter keeps."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import numpy as np
from argilla_server.models import Record, Vector, VectorSettings
from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncConnection

Ranked = list[tuple[UUID, float]]


async def nearest(
    connection: AsyncConnection,
    settings: VectorSettings,
    target: Sequence[float],
    kept: Sequence[ColumnElement[bool]],
    *,
    most: int,
    least_similar: bool,
) -> Ranked:
    """At most `most` records with their score, best first: (1 + cosine) / 2, 0-1, as Elasticsearch scores.

    With `least_similar` the nearest to the opposite vector are taken.
    """
    asked = (
        select(Vector.record_id, Vector.value)
        .join(Record, Record.id == Vector.record_id)
        .where(Vector.vector_settings_id == settings.id, *kept)
        .order_by(Record.inserted_at, Record.id)
    )
    found = (await connection.execute(asked)).all()
    if not found:
        return []
    vectors = np.asarray([row.value for row in found], dtype=np.float64)
    wanted = np.asarray(target, dtype=np.float64) * (-1.0 if least_similar else 1.0)
    lengths = np.linalg.norm(vectors, axis=1) * np.linalg.norm(wanted)
    cosines = np.divide(vectors @ wanted, lengths, out=np.zeros(len(found)), where=lengths > 0)
    scores = (1.0 + cosines) / 2.0
    best = np.argsort(-scores, kind="stable")[:most]
    return [(found[at].record_id, float(scores[at])) for at in best]
