"""The order of search results."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from argilla_server.enums import SortOrder
from argilla_server.models import Record
from argilla_server.search_engine import Order
from sqlalchemy import ColumnElement, func, literal, nulls_last, select
from sqlalchemy.ext.asyncio import AsyncConnection

from .scopes import Kind, Scope, resolve

_AS_IT_CAME = (Record.inserted_at, Record.id)


async def order_by(
    connection: AsyncConnection,
    dataset_id: UUID,
    sort: Sequence[Order] | None,
    user_id: UUID | str | None,
    score: ColumnElement[float] | None,
) -> list[ColumnElement[Any]]:
    """What to order by: the sort asked for, else an order of the user's own, else the best match.

    Records without a value come last in both directions; what is equal stays as it came in.
    """
    if sort:
        return [*[await _sorted(connection, dataset_id, order) for order in sort], *_AS_IT_CAME]
    if user_id is not None:
        return [_shuffled_for(user_id)]
    return [*([score.desc()] if score is not None else []), *_AS_IT_CAME]


async def _sorted(connection: AsyncConnection, dataset_id: UUID, order: Order) -> ColumnElement[Any]:
    scope = await resolve(connection, dataset_id, order.scope)
    descending = order.order == SortOrder.desc
    value = scope.value if scope.source is None else _one_of(scope, descending)
    return nulls_last(value.desc() if descending else value.asc())


def _one_of(scope: Scope, descending: bool) -> ColumnElement[Any]:
    if scope.mean and scope.kind is Kind.NUMBER:
        taken = func.avg(scope.value)
    else:
        taken = func.max(scope.value) if descending else func.min(scope.value)
    found = select(taken).select_from(scope.source).where(*scope.conditions)
    return found.correlate(Record).scalar_subquery()


def _shuffled_for(user_id: UUID | str) -> ColumnElement[Any]:
    """An order that looks random, is another for every user, and is the same each time.

    So several people on one queue do not all start with the same record.
    """
    seed = UUID(str(user_id)).int & 0x7FFF_FFFF_FFFF_FFFF
    return func.uuid_hash_extended(Record.id, literal(seed))
