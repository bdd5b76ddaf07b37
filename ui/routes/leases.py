"""POST /api/leases: the card holds its records for longer, or gives them back; no page runs again.

`{"queue", "keep": [record ids], "release": [record ids]}` answers `{}`. A tab that closes sends it too,
so what a person does not look at any more waits for nobody.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from curation import reviews
from storage.project import Project
from ui.routes.gate import Visit, gated

Text = Annotated[str, Field(min_length=1, max_length=200)]


class Held(BaseModel):
    """Records that the card has in hand, and those it has no more."""

    model_config = ConfigDict(extra="forbid")

    queue: Text
    keep: list[Text] = Field(default_factory=list, max_length=10_000)
    release: list[Text] = Field(default_factory=list, max_length=10_000)


def routes(project: Project) -> list[BaseRoute]:
    """Leases."""
    return [Route("/api/leases", gated(project, "review", _leases), methods=["POST"])]


def _leases(visit: Visit) -> Response:
    sent = visit.parsed(Held)
    reviews.hold(visit.project, sent.queue, visit.person.username, keep=sent.keep, let_go=sent.release)
    return JSONResponse({})
