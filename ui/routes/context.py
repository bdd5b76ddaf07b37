"""GET /api/context: what helps to decide on a record, asked for once a person stays on it.

`?queue=&record=` (Argilla's id) answers `{"near_duplicates", "others", "similar", "history"}`.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from curation import context
from storage import argilla_client
from storage.argilla_client import RecordGone
from storage.project import Project
from ui.routes.gate import Visit, gated


def routes(project: Project) -> list[BaseRoute]:
    """Context."""
    return [Route("/api/context", gated(project, "review", _context), methods=["GET"])]


def _context(visit: Visit) -> Response:
    client = argilla_client.connect(visit.project, token=visit.person.argilla_token)
    queue, record = visit.query.get("queue", ""), visit.query.get("record", "")
    try:
        found = context.of(client, visit.project, visit.person.username, queue, record)
    except RecordGone as fault:
        return JSONResponse({"what": fault.what, "next_step": fault.next_step, "gone": True}, status_code=404)
    told = asdict(found)
    for past in told["history"]:
        at: datetime = past["at"]
        past["at"] = at.isoformat()
    return JSONResponse(told)
