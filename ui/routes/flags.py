"""POST /api/flags: a record flagged for discussion, or a flag taken back; no page runs again."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from curation.flags import LONGEST_NOTE, Flagging
from storage.project import Project
from ui.actions import flags as act
from ui.routes.gate import Visit, gated

Text = Annotated[str, Field(min_length=1, max_length=200)]


class Flagged(BaseModel):
    """A flag as the card sends it; `record` is Argilla's id of the record."""

    model_config = ConfigDict(extra="forbid")

    queue: Text
    record: Text
    record_id: Text
    flagged: bool
    client_id: Text
    note: str = Field(default="", max_length=LONGEST_NOTE)


def routes(project: Project) -> list[BaseRoute]:
    """Flags."""
    return [Route("/api/flags", gated(project, "review", _flag), methods=["POST"])]


def _flag(visit: Visit) -> Response:
    sent = visit.parsed(Flagged)
    wanted = Flagging(
        queue=sent.queue,
        argilla_id=sent.record,
        record_id=sent.record_id,
        flagged=sent.flagged,
        client_id=sent.client_id,
        note=sent.note,
    )
    return JSONResponse({"flagged": act.put(visit.project, visit.person, wanted)})
