"""How Argilla's server process is started: which interpreter, and what it is told.

The server lives in an environment of its own (`.venv-argilla`), since its pinned packages must
not hold back the app. It is run by path and told everything by environment variables; see
`storage/argilla_server/README.md`.
"""

from __future__ import annotations

import http.client
import os
import sys
from pathlib import Path

from storage.errors import MissingDependency
from storage.project import Project
from storage.services import ports, postgres, redis, secrets
from storage.services.ports import LOOPBACK

PYTHON_VARIABLE = "UNDERSTUDY_ARGILLA_PYTHON"
SERVER_FOLDER = Path(__file__).resolve().parent.parent / "argilla_server"


def interpreter() -> Path:
    """The Python that has argilla-server: $UNDERSTUDY_ARGILLA_PYTHON, else `.venv-argilla` beside our own.

    Raises MissingDependency.
    """
    given = os.environ.get(PYTHON_VARIABLE)
    if given:
        if os.access(given, os.X_OK):
            return Path(given)
        raise MissingDependency(
            f"{PYTHON_VARIABLE} is {given!r}, which is no program that can be run.",
            next_step=f"Correct it, or unset it to use {_beside()}.",
        )
    if os.access(_beside(), os.X_OK):
        return _beside()
    raise MissingDependency(
        f"Argilla's server has no environment: {_beside()} does not exist.",
        next_step=f"Make it with `make setup`, or: `{install_command()}`.",
    )


def install_command() -> str:
    """What makes Argilla's environment without make."""
    folder = _beside().parent.parent
    return (
        f"{Path(sys.executable).name} -m venv {folder} && "
        f"{folder}/bin/python -m pip install -r {SERVER_FOLDER / 'requirements.txt'}"
    )


def command() -> list[str]:
    """What the supervisor runs."""
    return [str(interpreter()), str(SERVER_FOLDER / "serve.py")]


def worker_command() -> list[str]:
    """What the supervisor runs for Argilla's own background jobs."""
    return [str(interpreter()), str(SERVER_FOLDER / "worker.py")]


def environment(project: Project, port: int) -> dict[str, str]:
    """What the server is told. The owner's first password is read from its file, at first start only."""
    keys = secrets.load(project)
    home = project.services_dir / "argilla"
    home.mkdir(parents=True, exist_ok=True)
    return {
        "UNDERSTUDY_ARGILLA_PORT": str(port),
        "UNDERSTUDY_WORKSPACE": project.name,
        "UNDERSTUDY_OWNER_NAME": secrets.OWNER_USERNAME,
        "UNDERSTUDY_OWNER_PASSWORD_FILE": str(secrets.first_password_file(project)),
        "UNDERSTUDY_OWNER_API_KEY": keys.owner_api_key,
        "ARGILLA_HOME_PATH": str(home),
        "ARGILLA_DATABASE_URL": postgres.url(project, "argilla", "asyncpg"),
        "ARGILLA_REDIS_URL": redis.url(project),
        "ARGILLA_AUTH_SECRET_KEY": keys.argilla_auth_secret,
        "ARGILLA_ENABLE_TELEMETRY": "0",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "PYTHONPATH": "",
        "PYTHONNOUSERSITE": "1",
        "PYTHONUNBUFFERED": "1",
    }


def url(project: Project) -> str:
    """Where Argilla answers."""
    external = project.settings.services.argilla_url
    if external:
        return external.rstrip("/")
    port = ports.remembered(project, "argilla") or ports.choose(project, "argilla")
    return f"http://{LOOPBACK}:{port}"


def ready(project: Project) -> bool:
    """Whether our Argilla answers requests."""
    port = ports.remembered(project, "argilla")
    return port is not None and answers(LOOPBACK, port, "/api/v1/version")


def answers(host: str, port: int, path: str, timeout_s: float = 2.0) -> bool:
    """Whether an HTTP server there answers a GET of `path` with 200."""
    connection = http.client.HTTPConnection(host, port, timeout=timeout_s)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _beside() -> Path:
    return Path(sys.prefix).parent / ".venv-argilla" / "bin" / "python"
