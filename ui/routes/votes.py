"""POST /api/votes: a person's preference between two outputs, stored as that person; no page runs again."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from storage.project import Project
from ui.actions import students as act
from ui.routes.gate import Visit, gated

Text = Annotated[str, Field(min_length=1, max_length=200)]


class Ballot(BaseModel):
    """A vote as the page sends it; `winner` is the side as shown, which is not always the candidate's."""

    model_config = ConfigDict(extra="forbid")

    comparison: Text
    record_id: Text
    winner: Literal["left", "right", "tie"]
    client_id: Text


def routes(project: Project) -> list[BaseRoute]:
    """Votes."""
    return [Route("/api/votes", gated(project, "vote", _vote), methods=["POST"])]


def _vote(visit: Visit) -> Response:
    sent = visit.parsed(Ballot)
    stored = act.vote(
        visit.project, visit.person, sent.comparison, sent.record_id, sent.winner, sent.client_id
    )
    return JSONResponse({"vote_id": stored.id, "version": stored.version})
