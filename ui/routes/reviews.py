"""The queue card's routes: cards in, decisions out, and their undoing; no page runs again for them.

A decision that another one of the same person overtook, and the undoing of one, are answered 409 with what
`stands`; one on a record that was deleted meanwhile 404 with `gone`.

`GET /api/cards?queue=&limit=&exclude=&order=` takes record ids separated by commas; `POST /api/cards` takes
the same as `{"exclude": […]}`, for a list too long for an address.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from curation import flags, reviews
from storage import argilla_client
from storage.argilla_client import ArgillaClient, RecordGone
from storage.errors import InvalidInput, UserError
from storage.project import Project
from ui.actions import reviewing as act
from ui.routes.gate import Visit, gated

MOST_CARDS = 100
LONGEST_ORDER = 300

Text = Annotated[str, Field(max_length=200)]


class Exclusion(BaseModel):
    """Record ids that the card has in hand already."""

    model_config = ConfigDict(extra="forbid")

    exclude: list[Text] = Field(default_factory=list, max_length=10_000)


class Submission(BaseModel):
    """A decision as the card sends it; `record_id` and `label_id` are what the card showed."""

    model_config = ConfigDict(extra="forbid")

    queue: Text
    record: Text
    record_id: Text
    label_id: Text = ""
    decision: Text
    client_id: Text = Field(min_length=1)
    output: str | None = Field(default=None, max_length=500_000)
    error_tags: list[Text] = Field(default_factory=list, max_length=100)
    note: str = Field(default="", max_length=10_000)
    tag_reasons: dict[Text, Annotated[str, Field(max_length=2_000)]] = Field(
        default_factory=dict, max_length=100
    )
    ratings: dict[Text, Annotated[int, Field(strict=True)]] = Field(default_factory=dict, max_length=100)
    picked_label_id: Text = ""
    seconds_spent: float | None = Field(default=None, ge=0)
    base_version: Text | None = None


class Undoing(BaseModel):
    """Which of this person's decisions to take back: `of` is its client id, `base_version` its version."""

    model_config = ConfigDict(extra="forbid")

    queue: Text
    record: Text
    record_id: Text = ""
    client_id: Text = ""
    of: Text = ""
    base_version: Text | None = None


def routes(project: Project) -> list[BaseRoute]:
    """Cards and reviews."""
    return [
        Route("/api/cards", gated(project, "review", _cards), methods=["GET", "POST"]),
        Route("/api/reviews", gated(project, "review", _submit), methods=["POST"]),
        Route("/api/reviews", gated(project, "review", _undo), methods=["DELETE"]),
    ]


def _cards(visit: Visit) -> Response:
    queue = visit.query.get("queue", "")
    exclude = {name for name in visit.query.get("exclude", "").split(",") if name}
    if visit.body:
        exclude |= set(visit.parsed(Exclusion).exclude)
    client = _client(visit)
    order = visit.query.get("order", "")[:LONGEST_ORDER]
    found = reviews.next_cards(
        client, visit.project, queue, _limit(visit), exclude, person=visit.person.username, order=order
    )
    flagged = flags.flagged_by(visit.project, queue, visit.person.username)
    cards = [asdict(replace(card, flagged=card.record_id in flagged)) for card in found]
    return JSONResponse({"cards": cards, "progress": _progress(client, visit, queue)})


def _submit(visit: Visit) -> Response:
    sent = visit.parsed(Submission)
    try:
        saved = act.submit(visit.project, visit.person, _decision(sent))
    except reviews.Superseded as fault:
        return _refusal(409, fault, stands=_stands(fault.stands))
    except RecordGone as fault:
        return _refusal(404, fault, gone=True)
    return JSONResponse(asdict(saved))


def _decision(sent: Submission) -> reviews.Decision:
    return reviews.Decision(
        queue=sent.queue,
        argilla_id=sent.record,
        decision=sent.decision,
        client_id=sent.client_id,
        output=sent.output,
        error_tags=tuple(sent.error_tags),
        note=sent.note,
        tag_reasons=sent.tag_reasons,
        ratings=sent.ratings,
        seconds_spent=sent.seconds_spent,
        base_version=sent.base_version,
        picked_label_id=sent.picked_label_id,
    )


def _undo(visit: Visit) -> Response:
    sent = visit.parsed(Undoing)
    try:
        card = act.undo(
            visit.project, visit.person, sent.queue, sent.record, of=sent.of, version=sent.base_version or ""
        )
    except reviews.Superseded as fault:
        return _refusal(409, fault, stands=_stands(fault.stands))
    except RecordGone as fault:
        return _refusal(404, fault, gone=True)
    return JSONResponse({"card": asdict(card)})


def _refusal(status: int, fault: UserError, **more: object) -> Response:
    said = {"what": fault.what, "next_step": fault.next_step}
    return JSONResponse({**said, **more}, status_code=status)


def _stands(found: reviews.Standing) -> dict[str, object]:
    return {**asdict(found), "at": found.at.isoformat()}


def _client(visit: Visit) -> ArgillaClient:
    return argilla_client.connect(visit.project, token=visit.person.argilla_token)


def _progress(client: ArgillaClient, visit: Visit, queue: str) -> dict[str, object]:
    return asdict(reviews.progress(client, visit.project, queue, person=visit.person.username))


def _limit(visit: Visit) -> int:
    given = visit.query.get("limit", "10")
    if not given.isdecimal() or not 1 <= int(given) <= MOST_CARDS:
        raise InvalidInput(f"limit is {given!r}.", next_step=f"Ask for 1 to {MOST_CARDS} cards.")
    return int(given)
