"""A search engine for Argilla that answers from Argilla's own tables on PostgreSQL.

There is no second index: what a request committed is what the next search finds, and the
hooks by which Argilla feeds an index do nothing. Importing this module registers the engine;
Argilla then takes it by `ARGILLA_SEARCH_ENGINE=sql`. It needs nothing but argilla-server.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

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
from sql_search import counts, filters, ordering, query_language, similarity, text_search
from sql_search.connections import engine, unicode_collation
from sqlalchemy import ColumnElement, Lateral, func, literal, select, text, true
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
        """Ready at once. Raises NotPostgreSQL where the database is another."""
        engine()
        return cls()

    async def close(self) -> None:
        """Nothing to close: the pool outlives the request."""

    async def ping(self) -> bool:
        """Whether PostgreSQL answers."""
        async with _reading() as connection:
            return bool((await connection.execute(select(literal(1)))).scalar_one())

    async def info(self) -> dict[str, Any]:
        """What Argilla shows in its status."""
        async with _reading() as connection:
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
        async with _reading() as connection:
            kept = await _kept(connection, dataset, filter)
            words, wanted = await _text_query(connection, dataset, query)
            if query is not None and wanted is None:
                return SearchResponses(items=[], total=0)
            score = None if words is None else text_search.score(words.c.words, wanted)
            found = select().select_from(Record)
            if words is not None:
                found = found.join(words, true())
                kept = [*kept, text_search.matches(words.c.words, wanted)]
            found = found.where(*kept)
            order = await ordering.order_by(connection, dataset.id, sort, user_id, score)
            shown = literal(1.0) if score is None else score
            page = found.add_columns(Record.id, shown).order_by(*order).offset(offset).limit(limit)
            items = [
                SearchResponseItem(record_id=record_id, score=value)
                for record_id, value in (await connection.execute(page)).all()
            ]
            total = (await connection.execute(found.add_columns(func.count()))).scalar_one()
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
        async with _reading() as connection:
            kept = await _kept(connection, dataset, filter)
            if record is not None:
                kept = [*kept, Record.id != record.id]
            if query is not None:
                words, wanted = await _text_query(connection, dataset, query)
                if words is None or wanted is None:
                    return SearchResponses(items=[], total=0)
                hits = select(literal(1)).select_from(words)
                kept = [
                    *kept,
                    hits.where(text_search.matches(words.c.words, wanted)).correlate(Record).exists(),
                ]
            ranked = await similarity.nearest(
                connection, vector_settings, target, kept,
                most=max_results, least_similar=order == SimilarityOrder.least_similar,
            )  # fmt: skip
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
        async with _reading() as connection:
            return await counts.of_dataset(connection, dataset.id)

    async def get_dataset_user_progress(self, dataset: Dataset, user: User) -> dict[str, int]:
        """The user's responses by status and `total`; empty for a draft."""
        if dataset.is_draft:
            return {}
        async with _reading() as connection:
            return await counts.of_user(connection, dataset.id, user.id)

    async def compute_metrics_for(self, metadata_property: MetadataProperty) -> MetadataMetrics:
        """Terms and counts, or least and greatest, of one metadata property."""
        async with _reading() as connection:
            return await counts.of_metadata(connection, metadata_property)

    # The hooks that feed an index. They are called after the commit, so there is nothing left to do.

    async def create_index(self, dataset: Dataset) -> None:
        """Nothing: Argilla's tables are the index."""

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


@asynccontextmanager
async def _reading() -> AsyncIterator[AsyncConnection]:
    """One connection and one snapshot, so that a page and its total agree."""
    async with engine().connect() as connection:
        yield await connection.execution_options(isolation_level="REPEATABLE READ")


async def _kept(
    connection: AsyncConnection, dataset: Dataset, given: Filter | None
) -> list[ColumnElement[bool]]:
    kept = [Record.dataset_id == dataset.id]
    return [*kept, await filters.condition(connection, dataset.id, given)] if given else kept


async def _text_query(
    connection: AsyncConnection, dataset: Dataset, query: TextQuery | str | None
) -> tuple[Lateral | None, query_language.Node | None]:
    """Where to search and for what; nothing to search for where the text has no words."""
    if query is None:
        return None, None
    asked = TextQuery(q=query) if isinstance(query, str) else query
    fields = [field for field in dataset.fields if asked.field in (None, field.name)]
    if asked.field and not fields:
        raise UnprocessableEntityError(f"The dataset has no field `{asked.field}`.")
    try:
        wanted = query_language.parse(asked.q)
    except query_language.Unsupported as fault:
        raise UnprocessableEntityError(str(fault)) from fault
    return text_search.words_of_record(fields, await unicode_collation(connection)), wanted
