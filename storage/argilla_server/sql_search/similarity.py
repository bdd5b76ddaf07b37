"""Records whose vector lies nearest, by cosine.

With pgvector the database compares, exactly unless `UNDERSTUDY_VECTOR_INDEX=hnsw` asks for the
index that is faster and may miss some. Without pgvector the vectors are compared in memory.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from argilla_server.errors.future import UnprocessableEntityError
from argilla_server.models import Record, VectorSettings
from sqlalchemy import ColumnElement, Select, column, literal_column, select, table, text
from sqlalchemy.ext.asyncio import AsyncConnection

from . import vector_memory
from .schema.installation import MOST_DIMENSIONS_INDEXED, VECTOR_INDEX_VARIABLE
from .text_search import RECORD_TEXT, SCHEMA

_VECTORS = table("vectors", column("vector_settings_id"), column("record_id"), column("value"), schema=SCHEMA)
_WHERE_PGVECTOR_IS = text(
    "SELECT quote_ident(nspname) FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace"
    " WHERE extname = 'vector' AND to_regclass('understudy_search.vectors') IS NOT NULL"
)
_GREATEST = 3.4e38
Ranked = list[tuple[UUID, float]]


@dataclass(frozen=True)
class Neighbours:
    """What is asked: the records nearest to `target`, or with `opposite` to its contrary, at most `most`.

    `kept` are conditions on `Record` and, where `by_text`, on the text index.
    """

    settings: VectorSettings
    target: Sequence[float]
    kept: Sequence[ColumnElement[bool]]
    by_text: bool
    most: int
    opposite: bool = False
    besides: UUID | None = None

    def candidates(self) -> Select[tuple[UUID]] | None:
        """The records to compare, or None where they are all that have a vector."""
        if not self.kept:
            return None
        found = select(Record.id)
        if self.by_text:
            found = found.join(RECORD_TEXT, RECORD_TEXT.c.record_id == Record.id)
        return found.where(*self.kept)


async def nearest(connection: AsyncConnection, asked: Neighbours) -> Ranked:
    """The records with their score, best first: (1 + cosine) / 2, 0-1, as Elasticsearch scores.

    A vector of zeros has a cosine of 0 with every other.
    """
    _refuse_what_is_no_vector(asked)
    schema = (await connection.execute(_WHERE_PGVECTOR_IS)).scalar_one_or_none()
    if schema is None:
        return await vector_memory.nearest(
            connection, asked.settings.id, asked.target, asked.candidates(),
            most=asked.most, opposite=asked.opposite, besides=asked.besides,
        )  # fmt: skip
    indexed = indexed_by_hnsw(asked.settings.dimensions)
    if indexed:
        width = max(40, min(1000, 2 * asked.most))
        await connection.execute(text(f"SET LOCAL hnsw.ef_search = {width}"))
        await connection.execute(text("SET LOCAL hnsw.iterative_scan = strict_order"))
    found = await connection.execute(_nearest(asked, str(schema), indexed=indexed))
    return [(record_id, 1.0 - float(distance) / 2.0) for record_id, distance in found]


def _refuse_what_is_no_vector(asked: Neighbours) -> None:
    given, wanted = len(asked.target), asked.settings.dimensions
    if given != wanted:
        raise UnprocessableEntityError(
            f"The vector has {given} numbers; `{asked.settings.name}` has {wanted}."
        )
    if not all(abs(number) <= _GREATEST for number in asked.target):  # NaN is not either
        raise UnprocessableEntityError("The vector holds a number that is not finite, or beyond 32 bits.")


def indexed_by_hnsw(dimensions: int) -> bool:
    """Whether such vectors are searched through an index."""
    return os.environ.get(VECTOR_INDEX_VARIABLE, "exact") == "hnsw" and dimensions <= MOST_DIMENSIONS_INDEXED


def _nearest(asked: Neighbours, schema: str, *, indexed: bool) -> Select[tuple[UUID, float]]:
    sign = -1.0 if asked.opposite else 1.0
    target = "[" + ",".join(repr(sign * float(number)) for number in asked.target) + "]"
    value = "vectors.value" + (f"::{schema}.vector({asked.settings.dimensions})" if indexed else "")
    apart = f"({value}) OPERATOR({schema}.<=>) '{target}'::{schema}.vector"
    # NaN, which a vector of zeros gives, would come last
    distance: ColumnElement[float] = literal_column(
        apart if indexed else f"coalesce(nullif({apart}, 'NaN'), 1)"
    )
    found = select(_VECTORS.c.record_id, distance.label("distance")).where(
        literal_column(f"vectors.vector_settings_id = '{asked.settings.id}'")  # the index is of one setting
    )
    candidates = asked.candidates()
    if candidates is not None:
        found = found.where(_VECTORS.c.record_id.in_(candidates))
    if asked.besides is not None:
        found = found.where(_VECTORS.c.record_id != asked.besides)
    order = [distance] if indexed else [distance, _VECTORS.c.record_id]
    return found.order_by(*order).limit(asked.most)
