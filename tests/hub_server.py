"""A real HTTP server on loopback that takes pushes of dataset repositories as the Hugging Face Hub does.

It speaks what `huggingface_hub` asks of it (create, info, preupload, Git LFS batch and upload, commit),
keeps the files of each repository, and takes an upload only if its bytes have the hash they are named by.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = "hf_of_the_tests"
OWNER = "ann"
_ADDRESS = re.compile(
    r"(?:/api)?/datasets/([\w.-]+/[\w.-]+?)(\.git/info/lfs/objects/batch|/preupload/main|/commit/main)?"
)


@dataclass
class Repository:
    """What was committed to it: its files by name, and the messages of its commits."""

    private: bool
    files: dict[str, bytes] = field(default_factory=dict)
    commits: list[str] = field(default_factory=list)

    @property
    def head(self) -> str:
        """A commit id of the newest."""
        return hashlib.sha1(f"{len(self.commits)}".encode()).hexdigest()


@dataclass
class HubServer:
    """The running server. `failing` answers every commit with that status, if it is not 0."""

    url: str
    repositories: dict[str, Repository] = field(default_factory=dict)
    uploads: dict[str, bytes] = field(default_factory=dict)
    failing: int = 0

    def answer(self, method: str, path: str, body: bytes) -> tuple[int, Any]:
        """The status and the JSON of one request."""
        if method == "PUT":
            return self._upload(path.removeprefix("/lfs/"), body)
        if path == "/api/repos/create":
            return self._create(json.loads(body))
        if path == "/api/validate-yaml":
            return 200, {"errors": [], "warnings": []}
        named = re.fullmatch(
            r"(?:/api)?/datasets/([\w.-]+/[\w.-]+?)(\.git/.*|/preupload/main|/commit/main)?", path
        )
        if named is None or named[1] not in self.repositories:
            return 404, {"error": "Repository not found"}
        repository, what = self.repositories[named[1]], named[2] or ""
        if what == "":
            return 200, self._described(named[1], repository)
        if what == "/preupload/main":
            return 200, {"files": [_planned(each) for each in json.loads(body)["files"]]}
        if what == "/commit/main":
            return self._commit(named[1], repository, body)
        return 200, {
            "transfer": "basic",
            "objects": [self._place(each) for each in json.loads(body)["objects"]],
        }

    def _create(self, asked: dict[str, Any]) -> tuple[int, Any]:
        name = f"{asked.get('organization') or OWNER}/{asked['name']}"
        stands = name in self.repositories
        private = asked.get("visibility") == "private" or bool(asked.get("private"))
        if not stands:
            self.repositories[name] = Repository(private)
        return 409 if stands else 200, {"url": f"{self.url}/datasets/{name}"}

    def _described(self, name: str, repository: Repository) -> dict[str, Any]:
        siblings = [{"rfilename": each} for each in sorted(repository.files)]
        return {"id": name, "private": repository.private, "sha": repository.head, "siblings": siblings}

    def _place(self, asked: dict[str, Any]) -> dict[str, Any]:
        return {**asked, "actions": {"upload": {"href": f"{self.url}/lfs/{asked['oid']}"}}}

    def _upload(self, oid: str, body: bytes) -> tuple[int, Any]:
        if hashlib.sha256(body).hexdigest() != oid:
            return 400, {"error": "the bytes are others"}
        self.uploads[oid] = body
        return 200, {}

    def _commit(self, name: str, repository: Repository, body: bytes) -> tuple[int, Any]:
        if self.failing:
            return self.failing, {"error": "told to fail"}
        lines = [json.loads(line) for line in body.splitlines()]
        header = lines.pop(0)["value"]
        if header.get("parentCommit") not in (None, repository.head):
            return 412, {"error": "another commit came first"}
        for line in lines:
            value = line["value"]
            if line["key"] == "file":
                repository.files[value["path"]] = base64.b64decode(value["content"])
            elif line["key"] == "lfsFile":
                repository.files[value["path"]] = self.uploads[value["oid"]]
            else:
                del repository.files[value["path"]]
        repository.commits.append(header["summary"])
        url = f"{self.url}/datasets/{name}/commit/{repository.head}"
        return 200, {"success": True, "commitOid": repository.head, "commitUrl": url}


def _planned(asked: dict[str, Any]) -> dict[str, Any]:
    mode = "lfs" if asked["path"].endswith(".parquet") else "regular"
    return {"path": asked["path"], "uploadMode": mode, "shouldIgnore": False}


@contextmanager
def hub_server() -> Iterator[HubServer]:
    """A server on a free port, gone with the block."""
    served = HubServer("")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _do(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            allowed = self.path.startswith("/lfs/") or self.headers.get("Authorization") == f"Bearer {TOKEN}"
            status, told = (
                served.answer(self.command, self.path.split("?")[0], body)
                if allowed
                else (401, {"error": "Invalid credentials"})
            )
            said = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        do_GET = do_POST = do_PUT = _do

        def log_message(self, *_: object) -> None:
            """Nothing: the test's output is the commands'."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
