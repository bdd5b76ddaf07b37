"""A real HTTP server on loopback that answers as it is told: late, cut short, refusing, redirecting."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Answer:
    """One answer. `promised` is the length it claims; after `cut` bytes it waits until `hold` is set."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    promised: int | None = None
    cut: int | None = None
    hold: threading.Event | None = None


@dataclass
class Site:
    """The running server, and the paths that were asked for."""

    url: str
    asked: list[str] = field(default_factory=list)


@contextmanager
def site(answer: Callable[[str], Answer]) -> Iterator[Site]:
    """Serve on a free port until the block ends; `answer(path)` is asked at every request."""
    state = Site("")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            state.asked.append(self.path)
            given = answer(self.path)
            self.send_response(given.status)
            for name, value in given.headers.items():
                self.send_header(name, value)
            length = len(given.body) if given.promised is None else given.promised
            self.send_header("Content-Length", str(length))
            self.end_headers()
            self.wfile.write(given.body[: given.cut])
            if given.hold is not None:
                given.hold.wait(30)
            self.close_connection = given.cut is not None or given.promised is not None

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    state.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield state
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def hub(files: Mapping[str, bytes], name: str) -> Callable[[str], Answer]:
    """Answers as the Hub does for the dataset `name` (owner/name) with these files."""
    api, commit = f"/api/datasets/{name}", "0" * 40
    told = {"_id": "1", "id": name, "sha": commit, "private": False, "gated": False, "disabled": False,
            "downloads": 0, "likes": 0, "tags": [], "siblings": []}  # fmt: skip

    def answer(path: str) -> Answer:
        asked, _, _ = path.partition("?")
        if asked == api:
            return Answer(json.dumps(told).encode())
        if asked.startswith(f"{api}/tree/main"):
            below = asked.removeprefix(f"{api}/tree/main").strip("/")
            listed = [{"type": "file", "oid": "x", "size": len(body), "path": path}
                      for path, body in files.items() if path.startswith(below)]  # fmt: skip
            return Answer(json.dumps(listed).encode())
        body = files.get(asked.removeprefix(f"/datasets/{name}/resolve/main/"))
        if body is None:
            return Answer(status=404, headers={"X-Error-Code": "RepoNotFound"})
        return Answer(body, headers={"X-Repo-Commit": commit, "ETag": '"x"'})

    return answer
