"""The door: GET and POST /sign-in, POST /sign-out.

The page is plain HTML of ours, so it is there at once, works with password managers, and needs no
script. The cookie it sets is HttpOnly: no script of the app can read it.
"""

from __future__ import annotations

import html
from importlib import resources
from string import Template
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from storage.errors import NotAllowed, UserError
from storage.project import Project
from ui import sign_in
from ui.routes.gate import same_origin
from ui.session_keys import SESSION_COOKIE
from ui.sign_in import TooManyAttempts
from ui.sign_in.sessions import LIFETIME

_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
}


def routes(project: Project) -> list[BaseRoute]:
    """Sign-in and sign-out."""

    async def show(request: Request) -> Response:
        return _page(project, _local(request.query_params.get("next")))

    async def enter(request: Request) -> Response:
        form = await request.form()
        target = _local(str(form.get("next", "")))
        username = str(form.get("username", "")).strip()
        if not same_origin(request):
            return _page(project, target, username, "The form was sent from another site.", 403)
        try:
            entrance = await run_in_threadpool(
                sign_in.enter, project, username, str(form.get("password", "")), _address(request)
            )
        except TooManyAttempts as fault:
            page = _page(project, target, username, str(fault), 429)
            page.headers["Retry-After"] = str(fault.wait_s)
            return page
        except NotAllowed as fault:
            return _page(project, target, username, str(fault), 401)
        except UserError as fault:
            return _page(project, target, username, str(fault), 503)
        answer = RedirectResponse(target, status_code=303)
        answer.set_cookie(
            SESSION_COOKIE, entrance.cookie, max_age=int(LIFETIME.total_seconds()), path="/",
            httponly=True, samesite="lax", secure=request.url.scheme == "https",
        )  # fmt: skip
        return answer

    async def leave(request: Request) -> Response:
        if not same_origin(request):
            return Response("Sent from another site.", status_code=403)
        await run_in_threadpool(sign_in.leave, project, request.cookies.get(SESSION_COOKIE))
        answer = RedirectResponse("/sign-in", status_code=303)
        answer.delete_cookie(SESSION_COOKIE, path="/")
        return answer

    return [
        Route("/sign-in", show, methods=["GET"]),
        Route("/sign-in", enter, methods=["POST"]),
        Route("/sign-out", leave, methods=["POST"]),
    ]


def address(target: str) -> str:
    """Where to sign in and come back to `target`, a path of this app."""
    return "/sign-in" if target == "/" else f"/sign-in?next={quote(target)}"


def _address(request: Request) -> str:
    """Where the browser is; behind a proxy on this machine, what the proxy says of it."""
    return request.client.host if request.client else "unknown"


def _local(target: str | None) -> str:
    """`target` when it is a path of this app, else the first page: no sign-in leads to another site."""
    if not target or not target.startswith("/") or target.startswith("//"):
        return "/"
    return "/" if any(sign in target for sign in "\\\r\n\t") else target


def _page(project: Project, target: str, username: str = "", error: str = "", status: int = 200) -> Response:
    template = Template((resources.files("ui.routes") / "sign_in.html").read_text(encoding="utf-8"))
    body = template.substitute(
        project=html.escape(project.name),
        next=html.escape(target),
        username=html.escape(username),
        error=f'<p class="error" role="alert">{html.escape(error)}</p>' if error else "",
        focus_name="" if username else "autofocus",
        focus_password="autofocus" if username else "",
    )
    return HTMLResponse(body, status_code=status, headers=_HEADERS)
