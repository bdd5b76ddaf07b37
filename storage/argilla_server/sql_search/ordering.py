"""The order of search results."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from argilla_server.enums import SortOrder
from argilla_server.models import Record
from argilla_server.search_engine import Order
from sqlalchemy import ColumnElement, func, nulls_last, select
from sqlalchemy.ext.asyncio import AsyncConnection

from . import shuffle
from .scopes import Kind, Scope, resolve


@dataclass(frozen=True)
class Key:
    """One thing to order by; records without a value come last in both directions."""

    value: ColumnElement[Any]
    descending: bool = False
    always_there: bool = False

    def applied_to(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        """The same order, of a column that holds the value."""
        directed = column.desc() if self.descending else column.asc()
        return directed if self.always_there else nulls_last(directed)  # which an index would not serve


_AS_IT_CAME = (Key(Record.inserted_at, always_there=True), Key(Record.id, always_there=True))


async def keys(
    connection: AsyncConnection,
    dataset_id: UUID,
    sort: Sequence[Order] | None,
    user_id: UUID | str | None,
    score: ColumnElement[float] | None,
) -> list[Key]:
    """What to order by: the sort asked for, else an order of the user's own, else the best match.

    What is equal stays as it came in.
    """
    if sort:
        return [*[await _sorted(connection, dataset_id, order) for order in sort], *_AS_IT_CAME]
    if user_id is not None:
        return [Key(value) for value in shuffle.order(UUID(str(user_id)))]
    return [*([Key(score, descending=True)] if score is not None else []), *_AS_IT_CAME]


async def _sorted(connection: AsyncConnection, dataset_id: UUID, order: Order) -> Key:
    scope = await resolve(connection, dataset_id, order.scope)
    descending = order.order == SortOrder.desc
    if scope.source is None:
        return Key(scope.value, descending, always_there=scope.value is not Record.external_id)
    return Key(_one_of(scope, descending), descending)


def _one_of(scope: Scope, descending: bool) -> ColumnElement[Any]:
    if scope.mean and scope.kind is Kind.NUMBER:
        taken = func.avg(scope.value)
    else:
        taken = func.max(scope.value) if descending else func.min(scope.value)
    found = select(taken).select_from(scope.source).where(*scope.conditions)
    return found.correlate(Record).scalar_subquery()
