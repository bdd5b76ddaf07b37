"""Exact totals without counting: from sums that triggers keep (schema/counts.sql)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from argilla_server.enums import RecordStatus, ResponseStatusFilter
from argilla_server.search_engine import (
    AndFilter,
    Filter,
    RecordFilterScope,
    ResponseFilterScope,
    TermsFilter,
)
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from .connections import engine

_LOG = logging.getLogger(__name__)
_compacting: dict[UUID, asyncio.Task[None]] = {}

MOST_LINES = 1000
"""Lines to add up, above which they are made one."""

_RECORDS = text(
    "SELECT status, sum(delta) AS total, count(*) AS lines FROM understudy_search.record_counts"
    " WHERE dataset_id = :dataset GROUP BY status"
)
_RESPONSES = text(
    "SELECT status, sum(delta) AS total, count(*) AS lines FROM understudy_search.response_counts"
    " WHERE dataset_id = :dataset AND user_id = :user GROUP BY status"
)
_ANSWERED_AND_OPEN = text(
    "SELECT count(DISTINCT responses.record_id) AS total, count(*) AS lines"
    " FROM understudy_search.open_responses AS kept"
    " LEFT JOIN records ON records.id = kept.record_id AND records.status = 'pending'"
    "  AND records.dataset_id = kept.dataset_id"
    " LEFT JOIN responses ON responses.record_id = records.id AND responses.user_id = kept.user_id"
    " WHERE kept.dataset_id = :dataset AND kept.user_id = :user"
)


@dataclass(frozen=True)
class StatusOnly:
    """A filter that asks for records by their status, and perhaps for those a user has not answered."""

    status: str | None
    unanswered_by: UUID | None = None


def status_only(given: Filter | None) -> StatusOnly | None:
    """The filter in short, or None where it asks for more."""
    status: str | None = None
    user: UUID | None = None
    for part in _parts(given):
        if not isinstance(part, TermsFilter) or len(part.values) != 1:
            return None
        scope, value = part.scope, str(getattr(part.values[0], "value", part.values[0]))
        if isinstance(scope, RecordFilterScope) and scope.property == "status" and status is None:
            if value not in set(RecordStatus):
                return None
            status = value
        elif _is_pending_for_somebody(scope, value) and user is None:
            user = scope.user.id
        else:
            return None
    if user is not None and status != RecordStatus.pending:
        return None
    return StatusOnly(status, user)


async def of_records(connection: AsyncConnection, dataset_id: UUID) -> dict[str, int]:
    """Records by status, those statuses that occur."""
    return await _summed(connection, _RECORDS, {"dataset": dataset_id})


async def of_responses(connection: AsyncConnection, dataset_id: UUID, user_id: UUID) -> dict[str, int]:
    """A user's responses by status, those statuses that occur."""
    return await _summed(connection, _RESPONSES, {"dataset": dataset_id, "user": user_id})


async def total(connection: AsyncConnection, dataset_id: UUID, asked: StatusOnly) -> int:
    """How many records the filter keeps."""
    by_status = await of_records(connection, dataset_id)
    kept = sum(by_status.values()) if asked.status is None else by_status.get(asked.status, 0)
    if asked.unanswered_by is None:
        return kept
    key = {"dataset": dataset_id, "user": asked.unanswered_by}
    answered = (await connection.execute(_ANSWERED_AND_OPEN, key)).one()
    if answered.lines > answered.total + MOST_LINES:
        _compact_soon(dataset_id)
    return kept - int(answered.total)


async def _summed(connection: AsyncConnection, asked: object, key: dict[str, UUID]) -> dict[str, int]:
    found = (await connection.execute(asked, key)).all()
    if sum(row.lines for row in found) > MOST_LINES:
        _compact_soon(key["dataset"])
    return {row.status: int(row.total) for row in found if row.total}


def _compact_soon(dataset_id: UUID) -> None:
    """Later and beside: who reads holds a connection, and must not wait for a second one of the same pool."""
    if dataset_id not in _compacting:
        _compacting[dataset_id] = asyncio.create_task(_compact(dataset_id))


async def _compact(dataset_id: UUID) -> None:
    try:
        async with engine().begin() as connection:
            compact = text("SELECT understudy_search.compact_counts(:dataset)")
            await connection.execute(compact, {"dataset": dataset_id})
        async with engine().begin() as connection:  # else PostgreSQL plans for the lines that were there
            await connection.execute(text("ANALYZE understudy_search.open_responses"))
    except SQLAlchemyError as fault:  # the sums are right without it; the next reader tries again
        _LOG.warning("The sums of dataset %s were not made shorter: %s", dataset_id, fault)
    finally:
        _compacting.pop(dataset_id, None)


def _parts(given: Filter | None) -> Iterator[Filter]:
    if isinstance(given, AndFilter):
        for part in given.filters:
            yield from _parts(part)
    elif given is not None:
        yield given


def _is_pending_for_somebody(scope: object, value: str) -> bool:
    return (
        isinstance(scope, ResponseFilterScope)
        and not scope.question
        and scope.property == "status"
        and scope.user is not None
        and value == ResponseStatusFilter.pending
    )
