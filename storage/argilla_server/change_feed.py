"""GET /api/v1/understudy/changes: what was made, changed or deleted, in an order that leaves nothing out.

Triggers write the feed (sql_search/schema/changes.sql); README.md describes the route for its readers.
"""

from __future__ import annotations

import os
import re
import time
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from argilla_server.models import User
from argilla_server.security import auth
from fastapi import APIRouter, FastAPI, Query, Security
from fastapi.responses import JSONResponse
from sql_search import connections
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

PATH = "/understudy/changes"
KEPT_VARIABLE = "UNDERSTUDY_CHANGES_KEPT_DAYS"
"""Days that a change stays in the feed, 30 where the variable is not set."""

MOST = 10_000
_KEPT_DAYS = 30
_PRUNED_EVERY_S = 3600
_LAST = 2**63 - 1
_CURSOR = re.compile(r"([0-9a-f]{32})\.(\d{1,19})\.(\d{1,19})")

router = APIRouter(tags=["understudy"])


@dataclass(frozen=True, order=True)
class Cursor:
    """A place in one feed: behind the change `seq` of the transaction `xid`."""

    feed: str
    xid: int
    seq: int

    def __str__(self) -> str:
        return f"{self.feed}.{self.xid}.{self.seq}"


@dataclass(frozen=True)
class _Feed:
    """The feed as it stands: changes between `forgotten` and `settled` are served."""

    forgotten: Cursor
    settled: Cursor
    newest_xid: int


class _Pruned:
    """When this process last forgot old changes."""

    at = -_PRUNED_EVERY_S * 2.0


def install(api: FastAPI) -> None:
    """Add the route to Argilla's API."""
    api.include_router(router)


@router.get(PATH)
async def changes(
    *,
    after: Annotated[str | None, Query(max_length=80)] = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 1000,
    current_user: Annotated[User, Security(auth.get_current_user)],
) -> Any:
    """The changes behind a cursor; without one, the cursor of now."""
    if not (current_user.is_owner or current_user.is_admin):
        return JSONResponse({"detail": "Only owners and admins may read the change feed."}, 403)
    await connections.ensure_index()
    await _forget_old()
    async with connections.reading() as connection:
        feed = await _feed(connection)
        if after is None:
            return {"changes": [], "next": str(feed.settled), "more": False}
        cursor = parse(after)
        if cursor is None:
            said = f"`{after}` is no place in the change feed; give the `next` of an answer, unchanged."
            return JSONResponse({"detail": said}, 422)
        if not _still_known(cursor, feed):
            return JSONResponse({"detail": _GONE, "next": str(feed.settled)}, 410)
        found = (await connection.execute(_PAGE, _asked(cursor, limit + 1, current_user))).all()
    page = found[:limit]
    last = Cursor(cursor.feed, int(page[-1].xid), page[-1].seq) if page else cursor
    shown = [_shown(cursor.feed, row) for row in page if row.visible]
    return {"changes": shown, "next": str(last), "more": len(found) > limit}


def parse(text_of_cursor: str) -> Cursor | None:
    """A cursor from its text, or None for another text."""
    match = _CURSOR.fullmatch(text_of_cursor)
    if match is None or int(match[2]) > _LAST or int(match[3]) > _LAST:
        return None
    return Cursor(match[1], int(match[2]), int(match[3]))


_GONE = (
    "The change feed does not reach back to this place: the index was rebuilt, the database restored, or "
    "the changes are older than the server keeps them. Compare everything once, then go on from `next`."
)

_FEED = text(
    "SELECT id, cast(forgotten_xid AS text) AS xid, forgotten_seq AS seq,"
    " cast(pg_snapshot_xmin(pg_current_snapshot()) AS text) AS settled,"
    " cast(pg_snapshot_xmax(pg_current_snapshot()) AS text) AS newest FROM understudy_search.feed"
)

_PAGE = text(
    "SELECT cast(xid AS text) AS xid, seq, at, entity, action, id, record_id, dataset_id, user_id,"
    " question_id, :everything OR dataset_id IN (SELECT datasets.id FROM datasets"
    "  JOIN workspaces_users AS member ON member.workspace_id = datasets.workspace_id"
    "  WHERE member.user_id = :reader) AS visible"
    " FROM understudy_search.changes"
    " WHERE (xid, seq) > (cast(cast(:xid AS text) AS xid8), :seq)"
    "  AND xid < pg_snapshot_xmin(pg_current_snapshot())"
    " ORDER BY changes.xid, changes.seq LIMIT :most"
)

_FORGET = text(
    "WITH old AS ("
    "  DELETE FROM understudy_search.changes WHERE (xid, seq) IN ("
    "   SELECT xid, seq FROM understudy_search.changes WHERE at < now() - make_interval(days => :days)"
    "   AND xid < pg_snapshot_xmin(pg_current_snapshot()) ORDER BY at LIMIT 50000"
    "  ) RETURNING xid, seq"
    "), newest AS (SELECT xid, seq FROM old ORDER BY xid DESC, seq DESC LIMIT 1)"
    " UPDATE understudy_search.feed SET forgotten_xid = newest.xid, forgotten_seq = newest.seq FROM newest"
    " WHERE (newest.xid, newest.seq) > (feed.forgotten_xid, feed.forgotten_seq)"
)


async def _feed(connection: AsyncConnection) -> _Feed:
    row = (await connection.execute(_FEED)).one()
    name = UUID(str(row.id)).hex
    settled = Cursor(name, int(row.settled), 0)  # numbers begin at 1: all of that transaction lies behind
    return _Feed(Cursor(name, int(row.xid), row.seq), settled, int(row.newest))


def _still_known(cursor: Cursor, feed: _Feed) -> bool:
    return cursor.feed == feed.forgotten.feed and cursor >= feed.forgotten and cursor.xid <= feed.newest_xid


def _asked(cursor: Cursor, most: int, reader: User) -> dict[str, Any]:
    return {
        "xid": str(cursor.xid),
        "seq": cursor.seq,
        "most": most,
        "everything": reader.is_owner,
        "reader": reader.id,
    }


def _shown(feed: str, row: Any) -> dict[str, Any]:
    named = ("entity", "action", "id", "record_id", "dataset_id", "user_id", "question_id")
    cursor = Cursor(feed, int(row.xid), row.seq)
    return {"cursor": str(cursor), "at": row.at} | {name: getattr(row, name) for name in named}


async def _forget_old() -> None:
    """Delete what is older than the feed keeps, once an hour."""
    if time.monotonic() < _Pruned.at + _PRUNED_EVERY_S:
        return
    _Pruned.at = time.monotonic()
    days = int(os.environ.get(KEPT_VARIABLE) or _KEPT_DAYS)
    async with connections.engine().begin() as connection:
        await connection.execute(_FORGET, {"days": days})
