"""Argilla's filters as conditions on records."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, time
from typing import Any
from uuid import UUID

from argilla_server.enums import RecordStatus, ResponseStatus, ResponseStatusFilter
from argilla_server.errors.future import UnprocessableEntityError
from argilla_server.models import Record, Response
from argilla_server.search_engine import (
    AndFilter,
    Filter,
    RangeFilter,
    RecordFilterScope,
    ResponseFilterScope,
    TermsFilter,
)
from sqlalchemy import ColumnElement, String, and_, cast, collate, false, literal, not_, or_, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from .scopes import BEGINNING, Kind, Scope, resolve, responses_of

_DATE_ONLY = re.compile(r"\d{4}-\d{2}-\d{2}")


async def condition(connection: AsyncConnection, dataset_id: UUID, given: Filter) -> ColumnElement[bool]:
    """Which records a filter keeps.

    Raises UnprocessableEntityError for an unknown name or a value that cannot be compared.
    """
    if isinstance(given, AndFilter):
        return and_(*[await condition(connection, dataset_id, part) for part in given.filters])
    if _is_status_of_responses(given):
        return _response_status(given)
    if _is_status_of_records(given):
        return _record_status(given)
    scope = await resolve(connection, dataset_id, given.scope)
    if isinstance(given, TermsFilter):
        if scope.beginning is None:
            return some(scope, lambda value: _any_of(scope.kind, value, given.values))
        begun = _any_of(scope.kind, scope.beginning, [term[:BEGINNING] for term in given.values])
        if all(len(term) < BEGINNING for term in given.values):  # then the beginning is the whole
            return some(scope, lambda value: begun)
        return some(scope, lambda value: and_(begun, _any_of(scope.kind, value, given.values)))
    if isinstance(given, RangeFilter):
        return some(scope, lambda value: _between(scope.kind, value, given.ge, given.le))
    raise UnprocessableEntityError(f"Cannot filter by {given!r}.")


def some(scope: Scope, test: Callable[[ColumnElement[Any]], ColumnElement[bool]]) -> ColumnElement[bool]:
    """Whether one of the record's values in `scope` passes `test`."""
    if scope.source is None:
        return test(scope.value)
    found = select(literal(1)).select_from(scope.source).where(*scope.conditions, test(scope.value))
    return found.correlate(Record).exists()


def _is_status_of_responses(given: Filter) -> bool:
    scope = getattr(given, "scope", None)
    of_status = isinstance(scope, ResponseFilterScope) and not scope.question and scope.property == "status"
    return isinstance(given, TermsFilter) and of_status


def _is_status_of_records(given: Filter) -> bool:
    scope = getattr(given, "scope", None)
    return (
        isinstance(given, TermsFilter) and isinstance(scope, RecordFilterScope) and scope.property == "status"
    )


def _record_status(given: TermsFilter) -> ColumnElement[bool]:
    """Compared as the column's own type: PostgreSQL knows how many there are, and has indexes of it."""
    known = [RecordStatus(value) for value in given.values if value in set(RecordStatus)]
    return Record.status.in_(known) if known else false()


def _response_status(given: TermsFilter) -> ColumnElement[bool]:
    """Pending means: no response at all, a draft included, of that user or of anybody."""
    theirs = responses_of(given.scope)
    kept = []
    if ResponseStatusFilter.pending.value in given.values:
        kept.append(not_(select(Response.id).where(*theirs).correlate(Record).exists()))
    stored = [ResponseStatus(value) for value in given.values if value in set(ResponseStatus)]
    if stored:
        responded = select(Response.id).where(*theirs, Response.status.in_(stored))
        kept.append(responded.correlate(Record).exists())
    if not given.values:  # Elasticsearch: any response of that user, and without a user any record
        return select(Response.id).where(*theirs).correlate(Record).exists() if given.scope.user else true()
    return or_(*kept) if kept else false()


def _any_of(kind: Kind, value: ColumnElement[Any], terms: Sequence[str]) -> ColumnElement[bool]:
    if kind is Kind.NUMBER:
        return value.in_([_number(term) for term in terms])
    if kind is Kind.TIME:
        return value.in_([_moment(term) for term in terms])
    return value.in_([term for term in terms if "\0" not in term])  # PostgreSQL's text holds no NUL


def _between(kind: Kind, value: ColumnElement[Any], least: Any, greatest: Any) -> ColumnElement[bool]:
    if kind is Kind.NUMBER:
        low, high = (None if bound is None else _number(bound) for bound in (least, greatest))
    elif kind is Kind.TIME:
        low = None if least is None else _moment(least)
        high = None if greatest is None else _moment(greatest, end_of_day=True)
    else:
        value = collate(
            cast(value, String), "C"
        )  # words compare by code point, whatever the database's locale
        low, high = (None if bound is None else str(bound) for bound in (least, greatest))
    tests = [] if low is None else [value >= low]
    return and_(*tests, *([] if high is None else [value <= high]))


def _number(text: Any) -> float:
    try:
        return float(text)
    except ValueError as fault:
        raise UnprocessableEntityError(f"`{text}` is not a number.") from fault


def _moment(text: Any, *, end_of_day: bool = False) -> datetime:
    """A time from ISO 8601 or from milliseconds since 1970, naive UTC as Argilla stores it."""
    try:
        if isinstance(text, int | float) or re.fullmatch(r"-?\d{5,}(\.\d+)?", text):
            return datetime.fromtimestamp(float(text) / 1000, UTC).replace(tzinfo=None)
        moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError) as fault:
        raise UnprocessableEntityError(f"`{text}` is not a date or a time.") from fault
    if end_of_day and _DATE_ONLY.fullmatch(text):
        moment = datetime.combine(moment.date(), time.max)
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
