"""Keep text under review from acting as a page in Argilla's own web UI.

Argilla shows a text field that looks like HTML in a frame without a sandbox, as it is: a
`<script>` or an `onerror=` in an imported record would run as the person who opens it, token
at hand. So its pages are sent with a policy: only Argilla's own scripts run (files of its own,
and its inline ones by their hash), and nothing is loaded from or sent to other addresses.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_INLINE = re.compile(r"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL)
_IN_BUNDLE = re.compile(r"'((?:\\n)?<script>.*?<\\/script>)", re.DOTALL)


class PageGuard:
    """ASGI middleware: the policy on every HTML answer, and no guessing of types on any."""

    def __init__(self, app: ASGIApp, pages: Path) -> None:
        """`pages` is the folder of Argilla's web UI, as it is served."""
        self._app = app
        self._policy = policy(pages)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; add the headers to its answer."""

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["X-Content-Type-Options"] = "nosniff"
                if headers.get("content-type", "").startswith("text/html"):
                    headers["Content-Security-Policy"] = self._policy
                    headers["Referrer-Policy"] = "no-referrer"
            await send(message)

        await self._app(scope, receive, guarded)


def pages_of(app: Any) -> Path:
    """The folder that Argilla serves its web UI from. Raises RuntimeError where it has none."""
    for route in app.routes:
        folder = getattr(getattr(route, "app", None), "directory", None)
        if folder:
            return Path(folder)
    raise RuntimeError("This argilla-server carries no web UI.")


def policy(pages: Path) -> str:
    """The Content-Security-Policy for Argilla's pages."""
    scripts = " ".join(sorted({f"'sha256-{_hash(script)}'" for script in _inline_scripts(pages)}))
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' {scripts}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


def _inline_scripts(pages: Path) -> Iterator[str]:
    """Argilla's own: in its pages, and the one its bundles write into the frame of an HTML field."""
    for page in pages.rglob("*.html"):
        yield from _INLINE.findall(page.read_text(encoding="utf-8"))
    for bundle in pages.rglob("*.js"):
        for written in _IN_BUNDLE.findall(bundle.read_text(encoding="utf-8")):
            yield from _INLINE.findall(_unescaped(written))


def _unescaped(literal: str) -> str:
    """A JavaScript string literal's text, for the escapes that occur in it."""
    return re.sub(r"\\(.)", lambda match: {"n": "\n", "t": "\t"}.get(match[1], match[1]), literal)


def _hash(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
