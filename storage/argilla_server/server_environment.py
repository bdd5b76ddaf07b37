"""What the server is told by environment variables, checked before Argilla is imported.

Argilla reads its settings at import, so `prepare` must run first. It refuses what would
start a server that loses data or is open to everyone, with one sentence each.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import MutableMapping
from dataclasses import dataclass
from pathlib import Path

STOCK_PASSWORD = "1234"  # noqa: S105 - Argilla's published default, named here to be refused
STOCK_API_KEY = "argilla.apikey"
PASSWORD_LENGTH = range(8, 73)
"""Argilla refuses shorter passwords through its API; bcrypt ignores what lies beyond 72 bytes."""


class Refused(Exception):
    """The server will not start like this; the message says what was seen and what to do."""


@dataclass(frozen=True)
class ServerEnvironment:
    """What this process serves, and whom it creates at first start."""

    port: int
    home: Path
    workspace: str
    owner_name: str
    owner_password: str | None
    owner_api_key: str


def prepare(variables: MutableMapping[str, str] = os.environ) -> ServerEnvironment:
    """Check `variables`, set what Argilla reads from them, and return the rest.

    Raises Refused.
    """
    _refuse_other_databases(_required(variables, "ARGILLA_DATABASE_URL"))
    _required(variables, "ARGILLA_REDIS_URL")
    if len(_required(variables, "ARGILLA_AUTH_SECRET_KEY")) < 32:
        raise Refused(
            "ARGILLA_AUTH_SECRET_KEY is shorter than 32 characters; give a random one of 32 or more."
        )
    port = _port(_required(variables, "UNDERSTUDY_ARGILLA_PORT"))
    home = Path(_required(variables, "ARGILLA_HOME_PATH"))
    environment = ServerEnvironment(
        port=port,
        home=home,
        workspace=_required(variables, "UNDERSTUDY_WORKSPACE"),
        owner_name=variables.get("UNDERSTUDY_OWNER_NAME") or "owner",
        owner_password=_password(_given_password(variables)),
        owner_api_key=_api_key(_required(variables, "UNDERSTUDY_OWNER_API_KEY")),
    )
    variables["ARGILLA_SEARCH_ENGINE"] = "sql"
    variables.setdefault("ARGILLA_AUTH_TOKEN_EXPIRATION", str(24 * 60 * 60))
    variables.setdefault("ARGILLA_AUTH_OAUTH_CFG", str(home / "oauth.yaml"))
    variables.setdefault("ARGILLA_CORS_ORIGINS", "[]")  # its own UI is of its own origin
    variables.setdefault("ARGILLA_DOCS_ENABLED", "false")
    variables.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    variables.pop("ARGILLA_ENABLE_TELEMETRY", None)  # its old name: Argilla warns of it and obeys the new one
    return environment


def scratch_folder(home: Path) -> Path:
    """An empty folder for what Argilla unpacks at each start (a 14 MB copy of its web UI)."""
    folder = home / "scratch"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _required(variables: MutableMapping[str, str], name: str) -> str:
    value = variables.get(name, "").strip()
    if not value:
        raise Refused(f"{name} is not set. README.md beside serve.py lists the variables it reads.")
    return value


def _refuse_other_databases(url: str) -> None:
    scheme = url.partition(":")[0]
    if not scheme.startswith("postgresql"):
        raise Refused(
            f"ARGILLA_DATABASE_URL begins with {scheme!r}; this server keeps its records in PostgreSQL only, "
            "because its search engine answers from PostgreSQL's tables. Give postgresql+asyncpg://…"
        )


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise Refused(f"UNDERSTUDY_ARGILLA_PORT is {text!r}; give a port from 1 to 65535.")
    return int(text)


def _given_password(variables: MutableMapping[str, str]) -> str | None:
    """The password itself, or what its file holds; a file that is gone is none, as after the first start."""
    file = variables.get("UNDERSTUDY_OWNER_PASSWORD_FILE")
    if variables.get("UNDERSTUDY_OWNER_PASSWORD") or not file:
        return variables.get("UNDERSTUDY_OWNER_PASSWORD")
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None


def _password(text: str | None) -> str | None:
    if text and (text == STOCK_PASSWORD or len(text.encode()) not in PASSWORD_LENGTH):
        raise Refused("The owner's password must have 8 to 72 bytes; give a longer random one.")
    return text or None


def _api_key(text: str) -> str:
    if text == STOCK_API_KEY or len(text) < 16:
        raise Refused("UNDERSTUDY_OWNER_API_KEY must be a random key of 16 characters or more.")
    return text
