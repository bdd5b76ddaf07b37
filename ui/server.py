"""Serve the app: `python -m ui.server --project DIR [--port N]`.

Streamlit and our own routes in one uvicorn process, on the loopback unless `understudy.toml` names
another address.
"""

from __future__ import annotations

import argparse
import gc
import os
import socket
import sys
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from storage.errors import Conflict, UserError
from storage.project import PROJECT_VARIABLE, Project, open_project

if TYPE_CHECKING:
    from streamlit.starlette import App

_SCRIPT = Path(__file__).with_name("app.py")
_MESSAGE_LIMIT_BYTES = 200 << 20
_LOOPBACK = ("localhost", "127.0.0.1")


def build(project: Project, port: int) -> App:
    """The ASGI app: Streamlit's pages, our routes, and the middleware around both.

    Streamlit reads its settings once per process: build one app per process.
    """
    os.environ[PROJECT_VARIABLE] = str(project.root)
    import streamlit as st
    from starlette.middleware import Middleware
    from starlette.middleware.trustedhost import TrustedHostMiddleware
    from streamlit.web.bootstrap import load_config_options

    from ui.guard import on_script_error
    from ui.routes import all_routes
    from ui.routes.middleware import PlainHeaders, SignInFirst, SocketsEndWithSessions

    app = st.App(
        _SCRIPT,
        lifespan=_lifespan,
        routes=all_routes(project),
        middleware=[
            Middleware(TrustedHostMiddleware, allowed_hosts=hosts(project)),
            Middleware(PlainHeaders),
            Middleware(SignInFirst, project=project),
            Middleware(SocketsEndWithSessions, project=project),
        ],
        on_script_error=on_script_error,
    )
    load_config_options(_settings(project, port))  # once st.App has said where config.toml lies
    return app


def hosts(project: Project) -> list[str]:
    """The Host names this app answers to, so that no other name can be pointed at it."""
    return list(dict.fromkeys([*_LOOPBACK, project.settings.app.host, *project.settings.app.names]))


def serve(project: Project, port: int) -> None:
    """Serve until stopped by a signal. Raises Conflict when the port is taken."""
    import uvicorn

    host = project.settings.app.host
    listener = bound_listener(host, port)
    config = uvicorn.Config(
        build(project, port),
        log_level="warning",
        access_log=False,
        server_header=False,
        ws_max_size=200 << 20,
        timeout_keep_alive=30,  # s; clients keep an idle connection for less (httpx: 5)
    )
    with listener:
        print(f"Understudy serves {project.name} at http://{host}:{port}", flush=True)  # noqa: T201
        uvicorn.Server(config).run(sockets=[listener])


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the server; exit 2 with a sentence for what the person can fix."""
    parser = argparse.ArgumentParser(prog="python -m ui.server", description="Serve the app of one project.")
    parser.add_argument("--project", type=Path, required=True, help="the project folder")
    parser.add_argument("--port", type=int, help="the port to listen on (understudy.toml: [app] port)")
    given = parser.parse_args(arguments)
    gc.disable()  # until all is loaded: none of it is garbage, and looking for it takes a third of the start
    try:
        project = open_project(given.project)
        serve(project, given.port or project.settings.app.port)
    except UserError as fault:
        print(fault, file=sys.stderr)  # noqa: T201
        return 2
    return 0


@asynccontextmanager
async def _lifespan(_: App) -> AsyncGenerator[dict[str, Any], None]:
    """Load the pages, then freeze what is loaded: a full collection runs after every script run."""
    import ui.views.catalogue  # noqa: F401

    gc.freeze()
    gc.enable()
    yield {}


def _settings(project: Project, port: int) -> dict[str, Any]:
    """What config.toml cannot know, and what no config.toml in the current folder may undo."""
    return {
        "server.address": project.settings.app.host,
        "server.port": port,
        "server.allowedHosts": hosts(project),
        "server.fileWatcherType": "none",
        "browser.gatherUsageStats": False,
        "client.showErrorDetails": "none",
    }


def bound_listener(host: str, port: int) -> socket.socket:
    """The port, taken before anything is loaded. Raises Conflict where something else has it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio switches Nagle's algorithm off only where the protocol is named: without it every answer
    # waited 40 ms for the browser's acknowledgement
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as fault:
        listener.close()
        raise Conflict(
            f"The app cannot listen on {host}:{port}: {fault.strerror}.",
            next_step="Stop what uses that port, or name another with --port.",
        ) from fault
    return listener


if __name__ == "__main__":
    sys.exit(main())
