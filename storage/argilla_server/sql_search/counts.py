"""Progress of a dataset and of a person, and what a metadata property holds."""

from __future__ import annotations

from uuid import UUID

import numpy as np
from argilla_server.enums import MetadataPropertyType
from argilla_server.models import MetadataProperty, Record
from argilla_server.search_engine import (
    FloatMetadataMetrics,
    IntegerMetadataMetrics,
    MetadataFilterScope,
    MetadataMetrics,
    TermsMetrics,
)
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from . import totals
from .scopes import resolve

_MOST_TERMS = 2**14


async def of_dataset(connection: AsyncConnection, dataset_id: UUID) -> dict[str, int]:
    """Records by status, and their `total`."""
    return _with_total(await totals.of_records(connection, dataset_id))


async def of_user(connection: AsyncConnection, dataset_id: UUID, user_id: UUID) -> dict[str, int]:
    """The user's own responses by status, and their `total`."""
    return _with_total(await totals.of_responses(connection, dataset_id, user_id))


async def of_metadata(connection: AsyncConnection, asked_for: MetadataProperty) -> MetadataMetrics:
    """The terms of a property with their counts, most frequent first; or its least and greatest number."""
    dataset_id = asked_for.dataset_id
    scope = await resolve(connection, dataset_id, MetadataFilterScope(metadata_property=asked_for.name))
    rows = (
        select()
        .select_from(Record)
        .join(scope.source, Record.dataset_id == dataset_id)
        .where(*scope.conditions)
    )
    if asked_for.type == MetadataPropertyType.terms:
        value = scope.value.label("value")
        counted = rows.add_columns(value, func.count()).group_by(value).order_by(func.count().desc(), value)
        found = (await connection.execute(counted)).all()
        terms = [TermsMetrics.TermCount(term=term, count=count) for term, count in found]
        return TermsMetrics(total=sum(term.count for term in terms), values=terms[:_MOST_TERMS])
    # floats in 32 bits, as Elasticsearch keeps them, but outwards, so that no record lies beyond
    least_and_greatest = rows.add_columns(func.min(scope.value), func.max(scope.value))
    least, greatest = (await connection.execute(least_and_greatest)).one()
    if asked_for.type == MetadataPropertyType.integer:
        return IntegerMetadataMetrics(min=_whole(least), max=_whole(greatest))
    return FloatMetadataMetrics(min=_in_32_bits(least, -np.inf), max=_in_32_bits(greatest, np.inf))


def _in_32_bits(number: float | None, towards: float) -> float | None:
    """The nearest number of 32 bits that is not beyond `number` on the side away from `towards`."""
    if number is None:
        return None
    with np.errstate(over="ignore"):
        near = np.float32(number)
        short = float(near) > number if towards < 0 else float(near) < number
        return float(np.nextafter(near, np.float32(towards)) if short else near)


def _whole(number: float | None) -> int | None:
    return None if number is None else int(number)


def _with_total(counts: dict[str, int]) -> dict[str, int]:
    return {"total": sum(counts.values()), **counts}
