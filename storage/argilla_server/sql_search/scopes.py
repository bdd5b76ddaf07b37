"""What a filter or a sort may speak of, as SQL.

That is a record's own columns, its metadata, its suggestions and its responses. A `Scope`
gives, for the record at hand, the rows that hold its values. A filter asks whether one of
them satisfies it (Elasticsearch's rule for fields with several values), a sort takes the
least, the greatest or the mean of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any
from uuid import UUID

from argilla_server.enums import MetadataPropertyType, QuestionType
from argilla_server.errors.future import UnprocessableEntityError
from argilla_server.models import MetadataProperty, Question, Record, Response, Suggestion
from argilla_server.search_engine import (
    FilterScope,
    MetadataFilterScope,
    RecordFilterScope,
    ResponseFilterScope,
    SuggestionFilterScope,
)
from sqlalchemy import JSON, ColumnElement, FromClause, String, case, cast, false, func, select, true
from sqlalchemy.dialects.postgresql import DOUBLE_PRECISION
from sqlalchemy.ext.asyncio import AsyncConnection


class Kind(Enum):
    """How values compare."""

    WORD = "word"
    NUMBER = "number"
    TIME = "time"


@dataclass(frozen=True)
class Scope:
    """Where the values of a record are found; without `source` they are its own columns.

    `mean` says that a sort takes the mean of numbers rather than the least or the greatest.
    """

    kind: Kind
    value: ColumnElement[Any]
    source: FromClause | None = None
    conditions: tuple[ColumnElement[bool], ...] = ()
    mean: bool = False


_SEARCHABLE = {
    QuestionType.label_selection: Kind.WORD,
    QuestionType.multi_label_selection: Kind.WORD,
    QuestionType.rating: Kind.NUMBER,
}
_NUMBER = r"^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$"
_RECORD_KINDS = {"inserted_at": Kind.TIME, "updated_at": Kind.TIME}
_METADATA_KINDS = {
    MetadataPropertyType.terms: Kind.WORD,
    MetadataPropertyType.integer: Kind.NUMBER,
    MetadataPropertyType.float: Kind.NUMBER,
}


async def resolve(connection: AsyncConnection, dataset_id: UUID, scope: FilterScope) -> Scope:
    """The values that `scope` names in one dataset.

    Raises UnprocessableEntityError (Argilla's 422) for a name the dataset does not have.
    """
    if isinstance(scope, RecordFilterScope):
        return _record(str(getattr(scope.property, "value", scope.property)))
    if isinstance(scope, MetadataFilterScope):
        settings = await _settings(connection, MetadataProperty, dataset_id, scope.metadata_property)
        return _metadata(scope.metadata_property, _METADATA_KINDS[settings["type"]])
    if isinstance(scope, SuggestionFilterScope):
        question_id, settings = await _question(connection, dataset_id, scope.question)
        if settings["type"] == QuestionType.label_selection and scope.property == "value":
            return _suggested_label(question_id)
        return _suggestion(question_id, _SEARCHABLE.get(settings["type"]), scope.property)
    if isinstance(scope, ResponseFilterScope):
        return await _response(connection, dataset_id, scope)
    raise UnprocessableEntityError(f"Cannot filter or sort by {scope!r}.")


def _record(name: str) -> Scope:
    if name not in ("id", "external_id", "status", "inserted_at", "updated_at"):
        raise UnprocessableEntityError(f"Records have no property `{name}`.")
    kind = _RECORD_KINDS.get(name, Kind.WORD)
    column = getattr(Record, name)
    return Scope(kind, column if kind is Kind.TIME or name == "external_id" else cast(column, String))


def _metadata(name: str, kind: Kind) -> Scope:
    value = readable(Record.metadata_).op("->")(cast(name, String))
    return _elements(value, kind)


def _suggestion(question_id: UUID, kind: Kind | None, name: str) -> Scope:
    ours = (Suggestion.record_id == Record.id, Suggestion.question_id == question_id)
    if name in ("agent", "type"):
        return Scope(Kind.WORD, cast(getattr(Suggestion, name), String), Suggestion.__table__, ours)
    if name == "score":
        return _elements(readable(Suggestion.score), Kind.NUMBER, Suggestion.__table__, ours)
    if name == "value":
        return _elements(readable(Suggestion.value), kind, Suggestion.__table__, ours)
    raise UnprocessableEntityError(f"Suggestions have no property `{name}`.")


def _suggested_label(question_id: UUID) -> Scope:
    """As `_suggestion`, in the words of an index (schema/indexes.sql)."""
    label = func.understudy_search.label(Suggestion.value, type_=String)
    ours = (Suggestion.record_id == Record.id, Suggestion.question_id == question_id, label.is_not(None))
    return Scope(Kind.WORD, label, Suggestion.__table__, ours)


async def _response(connection: AsyncConnection, dataset_id: UUID, scope: ResponseFilterScope) -> Scope:
    ours = responses_of(scope)
    if scope.question:
        _, settings = await _question(connection, dataset_id, scope.question)
        value = readable(Response.values).op("->")(cast(scope.question, String)).op("->")("value")
        kind = _SEARCHABLE.get(settings["type"])
        return _elements(value, kind, Response.__table__, ours, mean=True)
    if scope.property == "status":
        return Scope(Kind.WORD, cast(Response.status, String), Response.__table__, ours)
    raise UnprocessableEntityError("A response filter or sort must name a question or the property `status`.")


def responses_of(scope: ResponseFilterScope) -> tuple[ColumnElement[bool], ...]:
    """The record's responses: the user's, where the scope names one, else everybody's."""
    ours = Response.record_id == Record.id
    return (ours, Response.user_id == scope.user.id) if scope.user else (ours,)


def readable(column: Any) -> ColumnElement[Any]:
    """A JSON column, with what PostgreSQL cannot take apart replaced (a NUL, half a surrogate pair)."""
    return func.understudy_search.readable(column, type_=JSON)


def _elements(
    value: ColumnElement[Any],
    kind: Kind | None,
    source: FromClause | None = None,
    conditions: Sequence[ColumnElement[bool]] = (),
    *,
    mean: bool = False,
) -> Scope:
    """The elements of a JSON value, which is a list or a single one.

    Without a kind (texts, spans, rankings, which Argilla does not index) there are none.
    """
    listed = case((func.json_typeof(value) == "array", value), else_=func.json_build_array(value))
    elements = func.json_array_elements_text(listed).table_valued("value").render_derived(name="element")
    element = elements.c.value
    rows: FromClause = elements if source is None else source.join(elements, true())
    known = element.is_not(None) if kind is not None else false()
    if kind is Kind.NUMBER:
        number = case((element.op("~")(_NUMBER), cast(element, DOUBLE_PRECISION)))
        return Scope(kind, number, rows, (*conditions, known), mean)
    return Scope(kind or Kind.WORD, element, rows, (*conditions, known))


async def _settings(connection: AsyncConnection, model: Any, dataset_id: UUID, name: str) -> dict[str, Any]:
    return (await _named(connection, model, dataset_id, name))[1]


async def _question(connection: AsyncConnection, dataset_id: UUID, name: str) -> tuple[UUID, dict[str, Any]]:
    return await _named(connection, Question, dataset_id, name)


async def _named(
    connection: AsyncConnection, model: Any, dataset_id: UUID, name: str
) -> tuple[UUID, dict[str, Any]]:
    asked = select(model.id, model.settings).where(model.dataset_id == dataset_id, model.name == name)
    row = (await connection.execute(asked)).first()
    if row is None:
        raise UnprocessableEntityError(f"The dataset has no {model.__name__.lower()} `{name}`.")
    return row.id, row.settings
