"""What a caller is told when PostgreSQL cannot store or answer: 507 or 503 and a sentence, not a bare 500.

Argilla answers every fault of its database with 500 and the fault's name. A full disk and a server
that restarts are no bugs: whoever sent the request can send it again, and needs to know that.
Everything else stays the loud 500 it is.
"""

from __future__ import annotations

import logging

import asyncpg
from argilla_server.errors.error_handler import APIErrorHandler
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

DISK_FULL = "53100"
_AWAY_CLASSES = ("08", "53", "57P")  # connection lost, resources short, stopping or starting
RETRY_AFTER_S = 2

_LOG = logging.getLogger("understudy.database")


def install(api: FastAPI) -> None:
    """Answer for these faults on Argilla's API."""
    for fault in (DBAPIError, asyncpg.PostgresError, asyncpg.InterfaceError, NoConnectionFree, OSError):
        api.add_exception_handler(fault, _answer)


async def _answer(request: Request, fault: Exception) -> Response:
    said = told(fault)
    if said is None:
        return await APIErrorHandler.common_exception_handler(request, fault)
    status, detail = said
    _LOG.error("%s %s: %d: %s (%s)", request.method, request.url.path, status, detail, fault)
    return JSONResponse({"detail": detail}, status, headers={"Retry-After": str(RETRY_AFTER_S)})


def told(fault: Exception) -> tuple[int, str] | None:
    """The status and the sentence for a fault of the database's; None where it is another kind."""
    cause = fault.orig if isinstance(fault, DBAPIError) else fault
    state = str(getattr(cause, "sqlstate", None) or "")
    if state == DISK_FULL:
        return (
            507,
            "The disk under PostgreSQL is full: nothing was stored. Free some space there, send again.",
        )
    lost = isinstance(fault, DBAPIError) and fault.connection_invalidated
    unreachable = isinstance(fault, ConnectionError | FileNotFoundError | NoConnectionFree)
    if lost or unreachable or state.startswith(_AWAY_CLASSES):
        return (
            503,
            "PostgreSQL does not answer: it stops, starts or is out of reach. Send again in a moment.",
        )
    return None
