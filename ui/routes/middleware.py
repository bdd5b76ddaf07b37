"""Around every request: documents ask for a sign-in first, and no other site may frame or sniff us.

Streamlit's socket is held as well: a page that was opened before a session ended asks for nothing
more through it.
"""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from storage.errors import UserError
from storage.project import Project
from ui import sign_in
from ui.routes.entrance import address
from ui.session_keys import SESSION_COOKIE

_OPEN_PREFIXES = ("/sign-in", "/api/", "/downloads/", "/app/static/", "/static/", "/_stcore/")
_SIGNED_IN_ONLY = ("/_stcore/upload_file/", "/_stcore/agent/", "/media/")
"""What Streamlit itself takes from and gives to anybody: uploads, files of a page, its agent API."""
_SIGNED_OUT = 4401
_HEADERS = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


class SignInFirst:
    """Send a signed-out browser that asks for a page to the sign-in form, and back afterwards.

    Uploads to pages and files of theirs are refused with 401.
    """

    def __init__(self, app: ASGIApp, project: Project) -> None:
        self._app = app
        self._project = project

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI interface."""
        answer = await self._refusal(Request(scope)) if scope["type"] == "http" else None
        await (answer or self._app)(scope, receive, send)

    async def _refusal(self, request: Request) -> Response | None:
        path = request.url.path
        guarded = path.startswith(_SIGNED_IN_ONLY)
        wants_page = request.method == "GET" and "text/html" in request.headers.get("accept", "")
        if not guarded and (not wants_page or path.startswith(_OPEN_PREFIXES)):
            return None
        try:
            person = await run_in_threadpool(
                sign_in.person_of, self._project, request.cookies.get(SESSION_COOKIE)
            )
        except UserError as fault:
            return PlainTextResponse(str(fault), status_code=503)
        if person is not None:
            return None
        if guarded:
            return PlainTextResponse("You are signed out. Sign in again.", status_code=401)
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(address(path + query), status_code=303)


class SocketsEndWithSessions:
    """Close the socket of a page whose session has ended, at the next thing the page asks for.

    Pages check the person at every run, but parts of a page that run again by themselves do not run
    the page; through here they get nothing. The page connects anew, is signed out, and says so.
    """

    def __init__(self, app: ASGIApp, project: Project) -> None:
        self._app = app
        self._project = project

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI interface."""
        cookie = (
            Request({**scope, "type": "http"}).cookies.get(SESSION_COOKIE)
            if scope["type"] == "websocket"
            else None
        )
        if cookie is None or not await self._stands(cookie):
            await self._app(scope, receive, send)
            return

        async def while_it_stands() -> Message:
            message = await receive()
            if message["type"] == "websocket.receive" and not await self._stands(cookie):
                await send({"type": "websocket.close", "code": _SIGNED_OUT})
                return {"type": "websocket.disconnect", "code": _SIGNED_OUT}
            return message

        await self._app(scope, while_it_stands, send)

    async def _stands(self, cookie: str) -> bool:
        try:
            return await run_in_threadpool(sign_in.person_of, self._project, cookie) is not None
        except UserError:
            return True  # the database does not answer: the page will say so itself


class PlainHeaders:
    """Add the headers that keep other sites from framing the app or guessing at its content."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI interface."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, with_headers)
