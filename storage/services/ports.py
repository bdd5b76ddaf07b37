"""The loopback ports of the project's own services: chosen free, remembered, chosen again when taken.

`services/ports.json` maps a service's name to its port, so an address stays the same from one
start to the next and every process of the project can look it up.
"""

from __future__ import annotations

import contextlib
import socket

import psutil
from pydantic import RootModel, ValidationError

from storage.errors import Conflict
from storage.project import Project
from storage.services.secrets import write_private

LOOPBACK = "127.0.0.1"


class _Ports(RootModel[dict[str, int]]):
    """`services/ports.json`."""


def remembered(project: Project, service: str) -> int | None:
    """The port last used by `service`, or None."""
    return _read(project).get(service)


def remember(project: Project, service: str, port: int) -> None:
    """Write down the port of `service`."""
    text = _Ports(_read(project) | {service: port}).model_dump_json(indent=1)
    write_private(project.services_dir / "ports.json", text + "\n")


def choose(project: Project, service: str, *, ours: bool = False) -> int:
    """A port for `service`: the remembered one if it is free, else a fresh one, then remembered.

    `ours` says that the service is running now, so that its own port does not count as taken.
    """
    port = remembered(project, service)
    if port is not None and (ours or is_free(LOOPBACK, port)):
        return port
    port = free_port()
    remember(project, service, port)
    return port


def free_port(host: str = LOOPBACK) -> int:
    """A port that nothing listens on at this moment."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port


def is_free(host: str, port: int) -> bool:
    """Whether a server could listen on this address now."""
    family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError:
            return False
    return True


def require_free(host: str, port: int) -> None:
    """Raise Conflict, naming the holder where the system tells, if `port` is taken."""
    if is_free(host, port):
        return
    raise Conflict(
        f"Port {port} on {host} is in use{_holder(port)}.",
        next_step=f"Stop that program, or choose another port: `understudy up --port {free_port()}`, "
        "or `port` under [app] in understudy.toml.",
    )


def _holder(port: int) -> str:
    with contextlib.suppress(psutil.Error, OSError):
        for connection in psutil.net_connections("tcp"):
            listens = connection.status == psutil.CONN_LISTEN and connection.laddr
            if listens and listens.port == port and connection.pid:
                return f" by {psutil.Process(connection.pid).name()} (process {connection.pid})"
    return " by another program"


def _read(project: Project) -> dict[str, int]:
    try:
        return _Ports.model_validate_json((project.services_dir / "ports.json").read_bytes()).root
    except (FileNotFoundError, ValidationError):
        return {}  # a convenience, not a truth: a damaged file costs one new choice
