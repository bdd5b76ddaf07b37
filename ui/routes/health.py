"""GET /api/health: whether this app can serve a page, for whatever watches over it."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

from storage import database
from storage.artifacts import code_version
from storage.errors import ServiceUnavailable
from storage.project import Project


def routes(project: Project) -> list[BaseRoute]:
    """The health route; it asks for no sign-in and tells nothing but the state."""

    def health(_: Request) -> JSONResponse:
        try:
            with database.engine(project).connect() as connection:
                connection.execute(text("SELECT 1"))
        except (SQLAlchemyError, ServiceUnavailable):
            return JSONResponse({"status": "database unreachable"}, status_code=503)
        return JSONResponse({"status": "ok", "version": code_version()})

    return [Route("/api/health", health, methods=["GET"])]
