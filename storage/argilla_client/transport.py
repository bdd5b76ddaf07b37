"""One HTTP request to Argilla: connections shared by the process, faults turned into sentences."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import httpx

from storage.argilla_client.shapes import FeedLost
from storage.errors import (
    Conflict,
    DiskFull,
    InvalidInput,
    NotAllowed,
    NotFound,
    ServiceUnavailable,
    UserError,
)

TIMEOUT_S, CONNECT_TIMEOUT_S = 60.0, 5.0
_LIMITS = httpx.Limits(max_connections=64, max_keepalive_connections=32, keepalive_expiry=4.0)
"""Idle connections are dropped before the server's 5 s, so that none is closed under a request."""
_REPEATABLE = frozenset({"GET", "PUT", "DELETE"})
_ATTEMPTS = 3


class Transport:
    """Requests to one Argilla as one account. Safe to use from several threads."""

    def __init__(
        self,
        base_url: str,
        headers: Mapping[str, str],
        *,
        external: bool = False,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        """`headers` carry the account: an API key or a bearer token; empty for nobody.

        `external` says that somebody else runs this Argilla, so that the next step names no log of ours.
        """
        self.base_url = base_url.rstrip("/")
        self._headers = dict(headers)
        self._external = external
        self._timeout = httpx.Timeout(timeout_s, connect=min(timeout_s, CONNECT_TIMEOUT_S))

    def request(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        parameters: Mapping[str, Any] | None = None,
        form: Mapping[str, str] | None = None,
        repeatable: bool = False,
    ) -> httpx.Response:
        """Send, and give the reply if it is a good one.

        What may be repeated without harm (GET, PUT, DELETE, or `repeatable`) is sent again when the
        connection breaks. Raises NotAllowed (401, 403), NotFound, Conflict (409), InvalidInput (422)
        DiskFull (507) or ServiceUnavailable (no answer, any other 5xx).
        """
        attempts = _ATTEMPTS if repeatable or method in _REPEATABLE else 1
        reply = self._send(method, path, attempts, json=json, params=parameters, data=form)
        if reply.is_success:
            return reply
        raise _fault(reply, self._look_further)

    def _send(self, method: str, path: str, attempts: int, **content: Any) -> httpx.Response:
        url = f"{self.base_url}/api/v1{path}"
        for attempt in range(1, attempts + 1):
            try:
                return _connections(os.getpid()).request(
                    method, url, headers=self._headers, timeout=self._timeout, **content
                )
            except httpx.TimeoutException as fault:
                raise ServiceUnavailable(
                    f"Argilla at {self.base_url} did not answer in time.",
                    next_step=self._look_further,
                ) from fault
            except httpx.ConnectError as fault:
                raise self._unreachable(fault) from fault
            except httpx.TransportError as fault:
                if attempt == attempts:
                    raise self._unreachable(fault) from fault
        raise AssertionError("unreachable")

    def _unreachable(self, fault: Exception) -> ServiceUnavailable:
        return ServiceUnavailable(
            f"Argilla does not answer at {self.base_url} ({fault}).",
            next_step=(
                "See whether it runs and this machine reaches it; services.argilla_url says where it is."
                if self._external
                else "Start it with `understudy up`; `understudy status` shows what runs."
            ),
        )

    @property
    def _look_further(self) -> str:
        where = "ask whoever runs it" if self._external else "look into services/logs/argilla.log"
        return f"Try again; if it stays so, {where}."


@lru_cache(maxsize=2)
def _connections(process_id: int) -> httpx.Client:
    """The connections of this process; a forked child gets its own."""
    return httpx.Client(limits=_LIMITS, follow_redirects=False)


def _fault(reply: httpx.Response, look_further: str) -> UserError:
    detail = _detail(reply)
    where = f"{reply.request.method} {reply.request.url.path}"
    if reply.status_code == 401:
        return NotAllowed("The sign-in is not valid, or has ended.", next_step="Sign in again.")
    if reply.status_code == 403:
        return NotAllowed(
            "This account may not do that in Argilla.",
            next_step="Ask an owner to do it, or to add the account to the workspace.",
        )
    if reply.status_code == 404:
        return NotFound(f"Argilla does not have that: {detail}.")
    if reply.status_code == 409:
        return Conflict(f"Argilla has one already: {detail}.")
    if reply.has_redirect_location:
        return InvalidInput(
            f"Argilla answered {where} by sending us on to {reply.headers['location']}.",
            next_step="Set services.argilla_url of understudy.toml to the address that answers itself.",
        )
    if reply.status_code == 410:
        return FeedLost(f"Argilla does not have that any more: {detail}.")
    if reply.status_code == 507:
        return DiskFull(
            "The disk under Argilla's database is full: nothing was stored.",
            next_step="Free some space there, then try again.",
        )
    if reply.status_code in (400, 422):
        return InvalidInput(f"Argilla refused what was sent to it: {detail}.")
    return ServiceUnavailable(
        f"Argilla answered {where} with {reply.status_code}: {detail}.",
        next_step=look_further,
    )


def _detail(reply: httpx.Response) -> str:
    """What the reply says of itself, in one line."""
    try:
        body = reply.json()
    except ValueError:
        return reply.reason_phrase
    found = body.get("detail", body) if isinstance(body, dict) else body
    if isinstance(found, dict):
        found = found.get("params", found)
        found = (found.get("detail") or found.get("message") or found) if isinstance(found, dict) else found
    return " ".join(str(found).split()).rstrip(".")[:500]
