"""Who may pass: every route of ours checks the cookie, the Origin and the role here, and nowhere else."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from storage.errors import (
    Conflict,
    DiskFull,
    InvalidInput,
    NotAllowed,
    NotFound,
    ServiceUnavailable,
    UserError,
)
from storage.project import Project
from ui import sign_in
from ui.session_keys import SESSION_COOKIE
from ui.sign_in import Action, Person

_LOG = logging.getLogger("understudy.routes")
_SAFE_METHODS = frozenset({"GET", "HEAD"})
_BODY_LIMIT_BYTES = 1_000_000
_STATUS: tuple[tuple[type[UserError], int], ...] = (
    (NotAllowed, 403), (NotFound, 404), (Conflict, 409), (InvalidInput, 422),
    (ServiceUnavailable, 503), (DiskFull, 507),
)  # fmt: skip

Endpoint = Callable[[Request], Awaitable[Response]]
Body = TypeVar("Body", bound=BaseModel)


class SignedOut(NotAllowed):
    """No session stands behind the request."""


@dataclass(frozen=True)
class Visit:
    """One request that passed the gate. `path` holds the named parts of the address."""

    project: Project
    person: Person
    path: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes

    def parsed(self, model: type[Body]) -> Body:
        """The JSON body as `model`. Raises InvalidInput naming the field and the value seen."""
        try:
            return model.model_validate_json(self.body)
        except ValidationError as fault:
            first = fault.errors(include_url=False)[0]
            field = ".".join(str(part) for part in first["loc"]) or "body"
            raise InvalidInput(
                f"{field} cannot be used: {first['msg']}.", next_step="Reload the page and try again."
            ) from fault


def gated(project: Project, action: Action, work: Callable[[Visit], Response]) -> Endpoint:
    """An endpoint that runs `work`, off the event loop, for people who may do `action`.

    Answers 401 signed out, 403 for a foreign Origin or a role that may not, 413 for a body over
    1 MB, and errors as `{"what": …, "next_step": …}`.
    """

    async def answer(request: Request) -> Response:
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > _BODY_LIMIT_BYTES:
                return refusal(413, "The request is larger than 1 MB.")
        return await run_in_threadpool(_pass, project, action, work, request, bytes(body))

    return answer


def same_origin(request: Request) -> bool:
    """Whether a request that changes something comes from a page of this very app."""
    if request.method in _SAFE_METHODS:
        return True
    return request.headers.get("origin") == f"{request.url.scheme}://{request.headers.get('host', '')}"


def refusal(status: int, what: str, next_step: str = "") -> JSONResponse:
    """An error as every route says it."""
    return JSONResponse({"what": what, "next_step": next_step}, status_code=status)


def _pass(
    project: Project, action: Action, work: Callable[[Visit], Response], request: Request, body: bytes
) -> Response:
    try:
        if not same_origin(request):
            return refusal(
                403, f"The request came from {request.headers.get('origin')!r}, not from this app."
            )
        person = sign_in.person_of(project, request.cookies.get(SESSION_COOKIE))
        if person is None:
            raise SignedOut("You are signed out.", next_step="Sign in again; nothing was lost.")
        person.require(action)
        return work(Visit(project, person, request.path_params, request.query_params, body))
    except UserError as fault:
        return refusal(_status_of(fault), fault.what, fault.next_step)
    except Exception:
        number = f"bug_{secrets.token_hex(4)}"
        _LOG.exception("%s %s %s", number, request.method, request.url.path)
        return refusal(500, f"Something broke on our side and was logged as {number}.", "Try again.")


def _status_of(fault: UserError) -> int:
    if isinstance(fault, SignedOut):
        return 401
    return next((status for kind, status in _STATUS if isinstance(fault, kind)), 400)
