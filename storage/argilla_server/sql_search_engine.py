"""A search engine for Argilla that answers from Argilla's own tables on PostgreSQL.

What a request committed is what the next search finds: the index of texts and vectors is kept by
triggers in the same transaction, and the hooks by which Argilla feeds an index do nothing.
Importing this module registers the engine; Argilla then takes it by `ARGILLA_SEARCH_ENGINE=sql`.
It needs nothing but argilla-server, and installs its index at the first search where `serve.py`
did not do so at the start.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from argilla_server.enums import SimilarityOrder
from argilla_server.errors.future import UnprocessableEntityError
from argilla_server.models import (
    Dataset,
    MetadataProperty,
    Record,
    Response,
    Suggestion,
    User,
    VectorSettings,
)
from argilla_server.search_engine import (
    Filter,
    MetadataMetrics,
    Order,
    SearchEngine,
    SearchResponseItem,
    SearchResponses,
    TextQuery,
)
from argilla_server.settings import settings
from sql_search import (
    connections,
    counts,
    filters,
    ordering,
    query_language,
    shuffle,
    similar_words,
    similarity,
    text_search,
    totals,
)
from sqlalchemy import BindParameter, ColumnElement, Select, func, literal, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

NAME = "sql"


def check_registered() -> None:
    """Raise RuntimeError unless Argilla is set to use this engine."""
    if settings.search_engine != NAME or NAME not in SearchEngine.registered_classes:
        raise RuntimeError(f"ARGILLA_SEARCH_ENGINE is {settings.search_engine!r}; expected {NAME!r}.")


@SearchEngine.register(NAME)
class SqlSearchEngine(SearchEngine):
    """Made for each request by Argilla; holds nothing, connections come from one pool."""

    @classmethod
    async def new_instance(cls) -> SqlSearchEngine:
        """Ready at once. Raises NotPostgreSQL or CannotInstall where the database will not do."""
        connections.engine()
        await connections.ensure_index()
        return cls()

    async def close(self) -> None:
        """Nothing to close: the pool outlives the request."""

    async def ping(self) -> bool:
        """Whether PostgreSQL answers."""
        async with connections.reading() as connection:
            return bool((await connection.execute(select(literal(1)))).scalar_one())

    async def info(self) -> dict[str, Any]:
        """What Argilla shows in its status."""
        async with connections.reading() as connection:
            version = (await connection.execute(text("SHOW server_version"))).scalar_one()
        return {"name": "understudy-sql", "database": f"PostgreSQL {version}"}

    async def search(
        self,
        dataset: Dataset,
        query: TextQuery | str | None = None,
        filter: Filter | None = None,  # noqa: A002 - Argilla's name
        sort: list[Order] | None = None,
        offset: int = 0,
        limit: int = 100,
        user_id: str | None = None,
    ) -> SearchResponses:
        """A page of the records that match, and exactly how many match in all."""
        wanted = await _wanted(dataset, query)
        if query is not None and wanted is None:
            return SearchResponses(items=[], total=0)
        async with connections.reading() as connection:
            kept = [Record.dataset_id == dataset.id, *await _kept(connection, dataset, filter)]
            by_status = totals.status_only(filter) if wanted is None else None
            if by_status is not None:
                ids = await _ids_by_status(connection, dataset, kept, by_status, sort, user_id, offset, limit)
                items = [SearchResponseItem(record_id=record_id, score=1.0) for record_id in ids]
                total = await totals.total(connection, dataset.id, by_status)
                return SearchResponses(items=items, total=total)
            found = select().select_from(Record).where(*kept)
            score = None
            if wanted is not None:
                index = text_search.RECORD_TEXT
                found = found.join(index, index.c.record_id == Record.id).where(wanted.condition(dataset))
                score = wanted.score
            order = await ordering.keys(connection, dataset.id, sort, user_id, score)
            page = _page_and_total(found, literal(1.0) if score is None else score, order)
            rows = (await connection.execute(page.offset(offset).limit(limit))).all()
            if rows:
                total = rows[0].total
            else:  # behind the last page
                total = (await connection.execute(found.add_columns(func.count()))).scalar_one()
        items = [SearchResponseItem(record_id=row.id, score=row.score) for row in rows]
        return SearchResponses(items=items, total=total)

    async def similarity_search(
        self,
        dataset: Dataset,
        vector_settings: VectorSettings,
        value: list[float] | None = None,
        record: Record | None = None,
        query: TextQuery | str | None = None,
        filter: Filter | None = None,  # noqa: A002 - Argilla's name
        max_results: int = 100,
        order: SimilarityOrder = SimilarityOrder.most_similar,
        threshold: float | None = None,
    ) -> SearchResponses:
        """The records nearest to a vector or to a record's, that record left out.

        The threshold is applied after the nearest `max_results` are taken, as Elasticsearch does.
        """
        if bool(value) == bool(record):
            raise ValueError("Must provide either vector value or record to compute the similarity search")
        target = value or record.vector_value_by_vector_settings(vector_settings)
        if not target:
            raise ValueError("Cannot find a vector value to apply with provided info")
        wanted = await _wanted(dataset, query)
        if query is not None and wanted is None:
            return SearchResponses(items=[], total=0)
        async with connections.reading() as connection:
            kept = await _kept(connection, dataset, filter)
            asked = similarity.Neighbours(
                vector_settings,
                target,
                kept if wanted is None else [*kept, wanted.condition(dataset)],
                by_text=wanted is not None,
                most=max_results,
                opposite=order == SimilarityOrder.least_similar,
                besides=None if record is None else record.id,
            )
            ranked = await similarity.nearest(connection, asked)
        items = [
            SearchResponseItem(record_id=record_id, score=score)
            for record_id, score in ranked
            if threshold is None or score >= threshold
        ]
        return SearchResponses(items=items, total=len(ranked))

    async def get_dataset_progress(self, dataset: Dataset) -> dict[str, int]:
        """Records by status and `total`; empty for a draft."""
        if dataset.is_draft:
            return {}
        async with connections.reading() as connection:
            return await counts.of_dataset(connection, dataset.id)

    async def get_dataset_user_progress(self, dataset: Dataset, user: User) -> dict[str, int]:
        """The user's responses by status and `total`; empty for a draft."""
        if dataset.is_draft:
            return {}
        async with connections.reading() as connection:
            return await counts.of_user(connection, dataset.id, user.id)

    async def compute_metrics_for(self, metadata_property: MetadataProperty) -> MetadataMetrics:
        """Terms and counts, or least and greatest, of one metadata property."""
        async with connections.reading() as connection:
            return await counts.of_metadata(connection, metadata_property)

    # The hooks that feed an index. They are called after the commit, so there is nothing left to do.

    async def configure_index_vectors(self, vector_settings: VectorSettings) -> None:
        """An HNSW index where the server is set to use one; else nothing."""
        await connections.ensure_vector_index()

    async def create_index(self, dataset: Dataset) -> None:
        """Its vectors' index, where the server is set to use one; the rest is there already."""
        await connections.ensure_vector_index()

    async def delete_index(self, dataset: Dataset) -> None:
        """Nothing: the rows are gone already."""

    async def configure_metadata_property(
        self, dataset: Dataset, metadata_property: MetadataProperty
    ) -> None:
        """Nothing: its row is read at each search."""

    async def index_records(self, dataset: Dataset, records: Iterable[Record]) -> None:
        """Nothing: they are stored."""

    async def partial_record_update(self, record: Record, **update: Any) -> None:
        """Nothing: it is stored."""

    async def delete_records(self, dataset: Dataset, records: Iterable[Record]) -> None:
        """Nothing: they are deleted."""

    async def update_record_response(self, response: Response) -> None:
        """Nothing: it is stored."""

    async def delete_record_response(self, response: Response) -> None:
        """Nothing: it is deleted."""

    async def update_record_suggestion(self, suggestion: Suggestion) -> None:
        """Nothing: it is stored."""

    async def delete_record_suggestion(self, suggestion: Suggestion) -> None:
        """Nothing: it is deleted."""


@dataclass(frozen=True)
class _Wanted:
    """A search text, read, and where it is looked for."""

    node: query_language.Node
    part: text_search.SearchedPart

    def condition(self, dataset: Dataset) -> ColumnElement[bool]:
        return text_search.matches(self.node, self.part, dataset.id)

    @property
    def score(self) -> ColumnElement[float]:
        return text_search.score(self.node, self.part)


async def _ids_by_status(
    connection: AsyncConnection,
    dataset: Dataset,
    kept: Sequence[ColumnElement[bool]],
    asked: totals.StatusOnly,
    sort: list[Order] | None,
    user_id: str | None,
    offset: int,
    limit: int,
) -> Sequence[UUID]:
    """A page where the total need not be counted: read in order, no further than the page goes."""
    if asked.status and user_id and not sort and offset + limit <= shuffle.FAR:
        wanted = shuffle.Wanted(dataset.id, asked.status, asked.unanswered_by)
        return await shuffle.page(connection, wanted, UUID(str(user_id)), offset=offset, limit=limit)
    order = [
        key.applied_to(key.value) for key in await ordering.keys(connection, dataset.id, sort, user_id, None)
    ]
    page = select(Record.id).where(*kept).order_by(*order).offset(offset).limit(limit)
    return (await connection.execute(page)).scalars().all()


def _page_and_total(
    found: Select[Any], score: ColumnElement[float], order: Sequence[ordering.Key]
) -> Select[Any]:
    """Rows in order, each with how many were found in all: found once, for both.

    OFFSET 0 keeps PostgreSQL from carrying along what a key is made of rather than the key.
    """
    named = [key.value.label(f"key{at}") for at, key in enumerate(order)]
    kept = found.add_columns(Record.id.label("id"), *named).offset(0).subquery()
    again = [key.applied_to(kept.c[f"key{at}"]) for at, key in enumerate(order)]
    shown = [kept.c[f"key{at}"] for at, key in enumerate(order) if key.value is score]
    if not shown:  # nothing is ordered by it: it is worked out for the page alone
        index = text_search.RECORD_TEXT
        of_record = select(score).select_from(index).where(index.c.record_id == kept.c.id)
        shown = [score if isinstance(score, BindParameter) else of_record.scalar_subquery()]
    return select(kept.c.id, shown[0].label("score"), func.count().over().label("total")).order_by(*again)


async def _kept(
    connection: AsyncConnection, dataset: Dataset, given: Filter | None
) -> list[ColumnElement[bool]]:
    return [await filters.condition(connection, dataset.id, given)] if given else []


async def _wanted(dataset: Dataset, query: TextQuery | str | None) -> _Wanted | None:
    """What to search for; None where there is no text, or none with a word in it."""
    if query is None:
        return None
    asked = TextQuery(q=query) if isinstance(query, str) else query
    try:
        part = text_search.searched_part(dataset, asked.field)
        node = query_language.parse(asked.q)
    except (text_search.UnknownField, query_language.TooMuch) as fault:
        raise UnprocessableEntityError(str(fault)) from fault
    return None if node is None else _Wanted(await similar_words.resolved(node, dataset.id), part)
