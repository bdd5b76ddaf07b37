"""supervisord as the process manager: its start, and its XML-RPC on a unix socket.

Programs do not start by themselves; `lifecycle.up` starts them in order. What dies is started again.
supervisord runs in a session of its own, so a Ctrl-C in the terminal reaches `understudy up` alone.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import subprocess
import sys
import time
import xmlrpc.client
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from storage.errors import ServiceUnavailable
from storage.project import Project
from storage.services.configuration import configuration_path, logs_dir, socket_path

SERVICE_OF = "UNDERSTUDY_SERVICE_OF"
"""Environment variable on every process of a project's services; its value is the project's folder."""

_UNREACHABLE = (OSError, http.client.HTTPException, xmlrpc.client.ProtocolError)


@dataclass(frozen=True)
class ProcessState:
    """What supervisord says of one program; `status` is one of its words, such as RUNNING."""

    name: str
    status: str
    pid: int
    started_at_s: int
    stopped_at_s: int
    reason: str

    @property
    def is_alive(self) -> bool:
        """Whether a process stands behind it now."""
        return self.status in ("RUNNING", "STARTING", "STOPPING")


class Supervisor:
    """A running supervisord, spoken to over its socket. Raises ServiceUnavailable once it is gone."""

    def __init__(self, socket_path: Path) -> None:
        self._socket_path = socket_path

    def states(self) -> dict[str, ProcessState]:
        """The state of every program, by name."""
        keys = ("name", "statename", "pid", "start", "stop", "spawnerr")
        entries = self._call("getAllProcessInfo")
        return {entry["name"]: ProcessState(*(entry[key] for key in keys)) for entry in entries}

    def pid(self) -> int:
        """The process of supervisord itself."""
        return int(self._call("getPID"))

    def start(self, name: str) -> None:
        """Start a program without waiting; one that runs already is left alone."""
        with _tolerating("ALREADY_STARTED"):
            self._call("startProcess", name, False)

    def stop(self, names: Sequence[str], limit_s: float = 60.0) -> None:
        """Stop programs together and wait until they have ended."""
        for name in names:
            with _tolerating("NOT_RUNNING", "BAD_NAME"):
                self._call("stopProcess", name, False)
        deadline = time.monotonic() + limit_s
        while time.monotonic() < deadline:
            states = self.states()
            if not any(states[name].is_alive for name in names if name in states):
                return
            time.sleep(0.05)

    def apply_configuration(self) -> list[str]:
        """Take up a rewritten configuration; what it changed or dropped is stopped and named."""
        [[added, changed, removed]] = self._call("reloadConfig")
        for name in [*removed, *changed]:
            self.stop([name])
            self._call("removeProcessGroup", name)
        for name in [*added, *changed]:
            self._call("addProcessGroup", name)
        return [*changed, *removed]

    def shutdown(self, limit_s: float = 60.0) -> None:
        """End supervisord and whatever it still runs."""
        process = psutil.Process(self.pid())
        self._call("shutdown")
        with contextlib.suppress(psutil.NoSuchProcess):
            process.wait(limit_s)

    def _call(self, method: str, *arguments: Any) -> Any:
        from supervisor.xmlrpc import SupervisorTransport

        transport = SupervisorTransport(None, None, f"unix://{self._socket_path}")
        with contextlib.closing(transport):
            server = xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport)
            try:
                return getattr(server.supervisor, method)(*arguments)
            except _UNREACHABLE as fault:
                raise ServiceUnavailable(
                    "The project's services are not running.", next_step="Start them with `understudy up`."
                ) from fault


def connect(project: Project) -> Supervisor | None:
    """The project's running supervisord, or None."""
    supervisor = Supervisor(socket_path(project))
    try:
        supervisor.pid()
    except ServiceUnavailable:
        return None
    return supervisor


def launch(project: Project) -> Supervisor:
    """Start supervisord with the written configuration; none of its programs runs yet."""
    socket_path(project).unlink(missing_ok=True)
    started = subprocess.run(
        [sys.executable, "-P", "-m", "supervisor.supervisord", "-c", str(configuration_path(project))],
        env=os.environ | {SERVICE_OF: str(project.root), "PYTHONWARNINGS": "ignore"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        start_new_session=True,
    )
    supervisor = connect(project)
    if started.returncode != 0 or supervisor is None:
        raise ServiceUnavailable(
            f"supervisord did not start: {(started.stderr or started.stdout).strip()[-500:]}",
            next_step=f"See {logs_dir(project) / 'supervisord.log'}.",
        )
    return supervisor


@contextlib.contextmanager
def _tolerating(*faults: str) -> Iterator[None]:
    from supervisor.xmlrpc import Faults

    try:
        yield
    except xmlrpc.client.Fault as fault:
        if fault.faultCode not in {getattr(Faults, name) for name in faults}:
            raise
