"""Many records at once: the grid they are chosen from, one decision for all of them, and its undo.

`GET /api/grid?queue=&q=&output=&copies=` answers up to 1,000 waiting records, their `total` and how
many are `held` by others and left out.
`POST /api/reviews/same` answers `{"saved": [ids], "refused": [{"record", "what"}]}`; a batch larger than
one sending comes in parts under one `client_id`. `DELETE /api/reviews/same` takes all parts back.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from curation import reviews
from curation.reviews.together import MOST_AT_ONCE
from storage import argilla_client
from storage.project import Project
from ui.actions import reviewing as act
from ui.routes.gate import Visit, gated

LONGEST_SEARCH = 500

Text = Annotated[str, Field(min_length=1, max_length=200)]


class Same(BaseModel):
    """A decision on several records of a queue; `records` are ids in Argilla."""

    model_config = ConfigDict(extra="forbid")

    queue: Text
    records: list[Text] = Field(min_length=1, max_length=MOST_AT_ONCE)
    decision: Text
    client_id: Text
    output: str | None = Field(default=None, max_length=500_000)
    error_tags: list[Text] = Field(default_factory=list, max_length=100)


class UndoingSame(BaseModel):
    """Which batch of this person to take back."""

    model_config = ConfigDict(extra="forbid")

    queue: Text
    client_id: Text


def routes(project: Project) -> list[BaseRoute]:
    """Decisions on many records."""
    return [
        Route("/api/grid", gated(project, "review", _grid), methods=["GET"]),
        Route("/api/reviews/same", gated(project, "review", _submit), methods=["POST"]),
        Route("/api/reviews/same", gated(project, "review", _undo), methods=["DELETE"]),
    ]


def _grid(visit: Visit) -> Response:
    client = argilla_client.connect(visit.project, token=visit.person.argilla_token)
    asked = reviews.Asked(
        words=visit.query.get("q", "")[:LONGEST_SEARCH],
        output=visit.query.get("output", ""),
        copies=visit.query.get("copies", "") == "1",
    )
    found = reviews.grid(client, visit.project, visit.person.username, visit.query.get("queue", ""), asked)
    return JSONResponse(asdict(found))


def _submit(visit: Visit) -> Response:
    sent = visit.parsed(Same)
    wanted = reviews.Together(
        queue=sent.queue,
        argilla_ids=tuple(sent.records),
        decision=sent.decision,
        client_id=sent.client_id,
        output=sent.output,
        error_tags=tuple(sent.error_tags),
    )
    return JSONResponse(asdict(act.submit_all(visit.project, visit.person, wanted)))


def _undo(visit: Visit) -> Response:
    sent = visit.parsed(UndoingSame)
    return JSONResponse(asdict(act.undo_all(visit.project, visit.person, sent.queue, sent.client_id)))
