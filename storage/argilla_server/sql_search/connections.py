"""The engine's own connections to PostgreSQL.

They must not come from Argilla's pool: a search runs inside a request that holds one of those
already, and 40 searches at once would each wait for a second one until all fail.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache

from argilla_server.errors.future import UnprocessableEntityError
from argilla_server.settings import settings
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from .schema import installation

LIMIT_VARIABLE = "UNDERSTUDY_SEARCH_TIMEOUT_S"
"""Seconds that one statement of a search may take."""

_LIMIT_S = 30
_POOL_SIZE = 8
_WAIT_S = 60
_TOOK_TOO_LONG = "57014"


class NotPostgreSQL(RuntimeError):
    """The search engine was pointed at another database."""


def limit_s() -> float:
    """What `UNDERSTUDY_SEARCH_TIMEOUT_S` says, 30 where it says nothing."""
    return float(os.environ.get(LIMIT_VARIABLE) or _LIMIT_S)


@cache
def engine() -> AsyncEngine:
    """The pool of this process, made at first use.

    Raises NotPostgreSQL.
    """
    if not settings.database_is_postgresql:
        scheme = (settings.database_url or "").partition(":")[0]
        raise NotPostgreSQL(
            f"The search engine `sql` answers from tables on PostgreSQL; the database is {scheme!r}. "
            "Set ARGILLA_DATABASE_URL to postgresql+asyncpg://…, or choose another ARGILLA_SEARCH_ENGINE."
        )
    kept = {
        "statement_timeout": str(int(limit_s() * 1000)),
        "jit": "off",  # compiling costs more than it saves in searches that take milliseconds
        "plan_cache_mode": "force_custom_plan",  # filters keep one record in ten thousand, or all
        "work_mem": "32MB",
    }
    return create_async_engine(
        settings.database_url,
        pool_size=_POOL_SIZE,
        max_overflow=0,
        pool_timeout=_WAIT_S,
        pool_pre_ping=True,
        connect_args={"server_settings": kept},
    )


@asynccontextmanager
async def reading() -> AsyncIterator[AsyncConnection]:
    """One connection and one snapshot, so that a page and its total agree.

    Raises UnprocessableEntityError (Argilla's 422) for a search that takes too long.
    """
    try:
        async with engine().connect() as connection:
            yield await connection.execution_options(isolation_level="REPEATABLE READ")
    except DBAPIError as fault:
        if getattr(fault.orig, "sqlstate", None) != _TOOK_TOO_LONG:
            raise
        raise UnprocessableEntityError(
            f"The search took longer than {limit_s():g} s and was given up. "
            f"Narrow it by a filter, or raise {LIMIT_VARIABLE} on the server."
        ) from fault


class _Checked:
    """Whether this process has seen the index stand; one looks, the others wait."""

    stands = False
    lock = asyncio.Lock()


def index_stands() -> None:
    """Say that the index was checked already, by whoever started this server."""
    _Checked.stands = True


async def ensure_index() -> None:
    """Install or mend the index at the first use in a server that did not do so at its start."""
    if _Checked.stands:
        return
    async with _Checked.lock:
        if not _Checked.stands:
            await asyncio.to_thread(_ensure)
            _Checked.stands = True


def _ensure() -> None:
    from argilla_server.database import sync_engine

    with sync_engine.begin() as connection:
        installation.ensure(connection)


async def ensure_vector_index() -> None:
    """An HNSW index for each vector setting, where the server is set to use one."""
    if os.environ.get(installation.VECTOR_INDEX_VARIABLE) == "hnsw":
        await asyncio.to_thread(_ensure_vector_index)


def _ensure_vector_index() -> None:
    from argilla_server.database import sync_engine

    with sync_engine.begin() as connection:
        installation.ensure_vector_index(connection)
