"""A pytest plugin that puts our engine where Argilla's tests expect Elasticsearch's.

It runs in Argilla's environment, on its `tests` folder, and replaces fixtures of its conftest
modules as they are loaded. The tests write in a transaction that never commits, so the engine
reads through the same connection. What the tests write straight into Elasticsearch (documents of
responses and texts) is written into Argilla's tables instead, which is where we search.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import DEFAULT, sentinel
from uuid import UUID, uuid4

import pytest
import server_schema
from argilla_server.errors.future import UnprocessableEntityError
from argilla_server.models import Field, Record, Response
from argilla_server.search_engine import SearchEngine
from opensearchpy.serializer import JSONSerializer
from sql_search import connections
from sql_search_engine import SqlSearchEngine
from sqlalchemy import delete, insert, select, text, update

EXCLUDED = Path(__file__).with_name("excluded.txt")
METHODS = (
    "create_index", "delete_index", "configure_metadata_property", "configure_index_vectors",
    "index_records", "partial_record_update", "delete_records", "update_record_response",
    "delete_record_response", "update_record_suggestion", "delete_record_suggestion",
    "get_dataset_progress", "get_dataset_user_progress", "search", "compute_metrics_for",
    "similarity_search", "ping", "info",
)  # fmt: skip


class Documents:
    """Stands for the Elasticsearch client, as far as the tests write documents with it."""

    def __init__(self) -> None:
        self.responses: dict[str, list[dict[str, Any]]] = {}
        self.texts: dict[str, dict[str, Any]] = {}
        self.indices = self.transport = self
        self.serializer = JSONSerializer()

    def get(self, index: str, id: Any) -> dict[str, Any]:  # noqa: A002
        return {"_source": {"responses": list(self.responses.get(str(id), []))}}

    def update(self, index: str, id: Any, body: dict[str, Any]) -> None:  # noqa: A002
        self.responses[str(id)] = body["doc"]["responses"]

    def bulk(self, body: str | bytes, *_: Any, **__: Any) -> dict[str, Any]:
        lines = [json.loads(line) for line in body.splitlines() if line.strip()]
        for action, document in zip(lines[::2], lines[1::2], strict=True):
            self.texts[action["index"]["_id"]] = document["fields"]
        return {"errors": False, "items": [{"index": {"status": 200}} for _ in lines[::2]]}

    def create(self, *_: Any, **__: Any) -> None:
        """An index is made; there is none."""

    refresh = delete = create

    async def store(self, connection: Any) -> None:
        """Write what came since into Argilla's tables."""
        texts, self.texts = self.texts, {}
        for record_id, fields in texts.items():
            await connection.execute(update(Record).where(Record.id == UUID(record_id)).values(fields=fields))
        if texts:
            await _name_fields(connection, UUID(next(iter(texts))), next(iter(texts.values())))
        if self.responses:  # the tests give one person several responses to a record
            await connection.execute(
                text("ALTER TABLE responses DROP CONSTRAINT IF EXISTS response_record_id_user_id_uq")
            )
        for record_id, documents in self.responses.items():
            await connection.execute(delete(Response).where(Response.record_id == UUID(record_id)))
            await connection.execute(insert(Response), [_row(UUID(record_id), each) for each in documents])
        self.responses = {}


async def _name_fields(connection: Any, record_id: UUID, fields: dict[str, Any]) -> None:
    dataset_id = (
        await connection.execute(select(Record.dataset_id).where(Record.id == record_id))
    ).scalar_one()
    for name in fields:
        row = {
            "id": uuid4(),
            "name": name,
            "title": name,
            "dataset_id": dataset_id,
            "settings": {"type": "text"},
        }
        await connection.execute(insert(Field).values(row))


def _row(record_id: UUID, document: dict[str, Any]) -> dict[str, Any]:
    values = {
        name: {"value": value} for name, value in document.items() if name not in ("id", "status", "user_id")
    }
    return {
        "id": UUID(document["id"]),
        "record_id": record_id,
        "user_id": UUID(document["user_id"]),
        "status": document["status"],
        "values": values,
    }


_documents = Documents()


@asynccontextmanager
async def _reading_in_the_test() -> AsyncIterator[Any]:
    from tests.database import TestSession

    session = TestSession()
    await session.flush()
    connection = await session.connection()
    await _documents.store(connection)
    yield connection


class EngineWithDocuments(SqlSearchEngine):
    """Our engine; the tests reach for one method of Elasticsearch's to store vectors they stored already."""

    async def _bulk_op_request(self, actions: list[dict[str, Any]]) -> None:
        pass


@pytest.fixture(scope="session")
def elasticsearch_config() -> dict[str, Any]:
    return {}


@pytest.fixture(autouse=True)
def opensearch() -> Documents:
    _documents.responses.clear()
    _documents.texts.clear()
    return _documents


@pytest.fixture
def search_engine() -> SearchEngine:
    return EngineWithDocuments()


@pytest.fixture
def mock_search_engine(mocker: Any) -> SearchEngine:
    """Answers what the handlers' tests ask of their calls; each call is made to our engine too.

    A test that says what the engine returns gets that; any other gets what ours returned.
    """
    double = mocker.AsyncMock(SearchEngine)
    engine = EngineWithDocuments()
    for name in METHODS:
        method = getattr(double, name)
        method.side_effect = _asking(getattr(engine, name), method)
    return double


def _asking(real: Any, method: Any) -> Any:
    async def asked(*arguments: Any, **named: Any) -> Any:
        told = method._mock_return_value is not sentinel.DEFAULT
        try:
            found = await real(*arguments, **named)
        except UnprocessableEntityError:  # one test looks for a word in a rating, which we refuse
            if not told:
                raise
        return DEFAULT if told else found

    return asked


@pytest.hookimpl(tryfirst=True)
def pytest_plugin_registered(plugin: Any) -> None:
    """Replace what Argilla's conftest modules define, before pytest reads it."""
    if not isinstance(plugin, ModuleType) or not (plugin.__file__ or "").endswith("conftest.py"):
        return
    if hasattr(plugin, "migrate_db"):
        plugin.migrate_db = lambda revision: server_schema.migrate() if revision == "head" else None
    for ours in (elasticsearch_config, opensearch, search_engine, mock_search_engine):
        name = ours.__name__
        if hasattr(plugin, name):
            setattr(plugin, name, ours)


def pytest_configure(config: pytest.Config) -> None:
    connections.reading = _reading_in_the_test


def pytest_collection_modifyitems(config: pytest.Config, items: list[Any]) -> None:
    """Keep the tests that use an engine, but for those that `excluded.txt` names."""
    reasons = dict(line.split("  ", 1) for line in _lines(EXCLUDED))
    names = {item.originalname for item in items}
    if unknown := sorted(set(reasons) - names):
        raise pytest.UsageError(f"excluded.txt names tests that Argilla does not have: {', '.join(unknown)}")
    kept = [item for item in items if _uses_an_engine(item) and item.originalname not in reasons]
    excluded = [item for item in items if _uses_an_engine(item) and item.originalname in reasons]
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = kept
    print(f"\n{len(kept)} tests use an engine and are run; {len(excluded)} are excluded with a reason")  # noqa: T201


def _uses_an_engine(item: Any) -> bool:
    return bool({"search_engine", "mock_search_engine"} & set(item._fixtureinfo.argnames))


def _lines(file: Path) -> list[str]:
    return [
        line for line in file.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")
    ]
