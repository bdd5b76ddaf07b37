"""The engine's own connections to PostgreSQL.

They must not come from Argilla's pool: a search runs inside a request that holds one of those
already, and 40 searches at once would each wait for a second one until all fail.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from argilla_server.settings import settings
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

_POOL_SIZE = 8
_WAIT_S = 60
_UNICODE_COLLATIONS = ("pg_c_utf8", "und-x-icu")


class NotPostgreSQL(RuntimeError):
    """The search engine was pointed at another database."""


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
    return create_async_engine(
        settings.database_url, pool_size=_POOL_SIZE, max_overflow=0, pool_timeout=_WAIT_S, pool_pre_ping=True
    )


@dataclass
class _Locale:
    """A collation that folds the case of every alphabet, found once; None where there is none."""

    known: bool = False
    collation: str | None = None


_locale = _Locale()


async def unicode_collation(connection: AsyncConnection) -> str | None:
    """The name of a collation whose lower() knows all of Unicode, whatever locale the database has."""
    if not _locale.known:
        asked = text("SELECT collname FROM pg_collation WHERE collname = ANY(:names) ORDER BY collname DESC")
        names = (await connection.execute(asked, {"names": list(_UNICODE_COLLATIONS)})).scalars().all()
        _locale.collation = next((name for name in _UNICODE_COLLATIONS if name in names), None)
        _locale.known = True
    return _locale.collation
