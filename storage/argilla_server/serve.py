"""Serve Argilla on the loopback address: `python serve.py`, told everything by its environment.

In order: check the variables, migrate the tables, make the owner and the workspace where they
are missing, then serve until SIGTERM or SIGINT. Every step may be repeated. It exits with 2 and
one sentence on stderr where it refuses to start, and logs to stdout. README.md beside this
file lists the variables.
"""

from __future__ import annotations

import asyncio
import gc
import signal
import socket
import sys
import tempfile
from pathlib import Path
from types import FrameType
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from server_environment import Refused, ServerEnvironment, prepare, scratch_folder

HOST = "127.0.0.1"
GRACE_S = 10
KEPT_OPEN_S = 30
"""Longer than clients keep an idle connection (httpx, so Argilla's SDK: 5 s): at uvicorn's own 5 s both
close at the same moment, and a request sent just then is lost."""

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {
        "stdout": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout", "formatter": "line"}
    },
    "root": {"handlers": ["stdout"], "level": "WARNING"},
    "loggers": {"uvicorn": {"level": "INFO"}, "uvicorn.access": {"level": "WARNING"}},
}


def main() -> int:
    """Prepare and serve. Returns 0 after a requested stop, 2 where it refused to start."""
    signal.signal(signal.SIGTERM, _leave)
    signal.signal(signal.SIGINT, _leave)
    gc.disable()  # of what is imported nothing is garbage, and looking for it takes a quarter of the start
    try:
        environment = prepare()
        listener = _listener(environment.port)
        tempfile.tempdir = str(scratch_folder(environment.home))
        check_redis()
        _prepare_database(environment)
    except Refused as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 2
    return _serve(listener)


def _leave(number: int, frame: FrameType | None) -> None:
    """Uvicorn stops gracefully on these signals and then raises them again for this handler."""
    raise SystemExit(0)


def _listener(port: int) -> socket.socket:
    """The port, taken before anything is changed; nothing connects until uvicorn listens on it."""
    # named so that asyncio switches Nagle's algorithm off: without it answers wait 40 ms
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except OSError as fault:
        raise Refused(f"Port {port} on {HOST} cannot be taken ({fault.strerror}). Give another.") from fault
    return listener


def check_redis() -> None:
    """Raise Refused when Redis does not answer."""
    import redis
    from argilla_server.settings import settings

    try:
        redis.from_url(settings.redis_url, socket_connect_timeout=5, socket_timeout=5).ping()
    except (redis.RedisError, OSError, ValueError) as fault:
        raise Refused(f"Redis does not answer at ARGILLA_REDIS_URL ({fault}). Start it first.") from fault


def _prepare_database(environment: ServerEnvironment) -> None:
    import server_accounts
    import server_schema

    server_schema.migrate()
    asyncio.run(server_accounts.ensure(environment))


def _serve(listener: socket.socket) -> int:
    import change_feed
    import database_faults
    import page_guard
    import replacements
    import sql_search_engine
    import uvicorn
    from sql_search import connections

    replacements.install()
    from argilla_server._app import app
    from argilla_server.api.routes import api_v1

    change_feed.install(api_v1)
    database_faults.install(api_v1)
    sql_search_engine.check_registered()
    connections.index_stands()
    guarded = page_guard.PageGuard(app, page_guard.pages_of(app))
    config = uvicorn.Config(
        guarded, log_config=LOGGING, access_log=False, timeout_graceful_shutdown=GRACE_S, server_header=False,
        timeout_keep_alive=KEPT_OPEN_S,
    )  # fmt: skip
    server = uvicorn.Server(config)
    gc.freeze()
    gc.enable()
    server.run(sockets=[listener])
    return 0 if server.started else 1


if __name__ == "__main__":
    sys.exit(main())
