"""A real HTTP server on loopback that speaks OpenAI's chat completions and fails when told to."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Reply:
    """One HTTP reply. `hold`: wait for this event before answering."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    hold: threading.Event | None = None


def answer(text: str | None, *, finish_reason: str = "stop", refusal: str | None = None) -> Reply:
    """A chat completion saying `text`, at 12 prompt tokens and 3 completion tokens."""
    message = {"role": "assistant", "content": text, "refusal": refusal}
    body = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_760_000_000,
        "model": "teacher-large-2026-01-01",
        "choices": [{"index": 0, "message": message, "finish_reason": finish_reason}],
        "usage": {"prompt_tokens": 12, "completion_tokens": 3, "total_tokens": 15},
    }
    return Reply(body=json.dumps(body).encode())


def refused(status: int, message: str, code: str | None = None, *, retry_after: str | None = None) -> Reply:
    """An error in OpenAI's form."""
    body = {"error": {"message": message, "type": code or "error", "param": None, "code": code}}
    headers = {"retry-after": retry_after} if retry_after else {}
    return Reply(status, json.dumps(body).encode(), headers)


@dataclass(frozen=True)
class Request:
    """What the server received."""

    path: str
    authorization: str | None
    body: Mapping[str, Any]

    @property
    def question(self) -> str:
        """The last message's text."""
        messages: Sequence[Mapping[str, str]] = self.body["messages"]
        return messages[-1]["content"]


@dataclass
class ChatServer:
    """The running server. `behave(request, number)` makes the reply to request `number`, from 1."""

    url: str
    behave: Callable[[Request, int], Reply]
    requests: list[Request] = field(default_factory=list)
    most_at_once: int = 0
    _at_once: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def reply_to(self, request: Request) -> Reply:
        with self._lock:
            self.requests.append(request)
            number = len(self.requests)
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            reply = self.behave(request, number)
            if reply.hold is not None:
                reply.hold.wait(30)
            return reply
        finally:
            with self._lock:
                self._at_once -= 1


@contextmanager
def chat_server(behave: Callable[[Request, int], Reply]) -> Iterator[ChatServer]:
    """Serve on a free port until the block ends."""
    state = ChatServer("", behave)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            reply = state.reply_to(Request(self.path, self.headers.get("Authorization"), body))
            try:
                self.send_response(reply.status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(reply.body)))
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(reply.body)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True  # the client gave up waiting: that is what some tests want

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    state.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
