"""Waiting until a service answers, and saying why where it does not."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from storage.errors import ServiceUnavailable
from storage.project import Project
from storage.services import argilla, ports, postgres, redis
from storage.services.configuration import log_path, logs_dir
from storage.services.secrets import write_private
from storage.services.supervision import ProcessState, Supervisor

LIMITS_S: Mapping[str, float] = {
    "postgres": 60, "redis": 20, "argilla": 180, "worker-cpu": 90, "worker-gpu": 90, "argilla-worker": 90,
    "app": 90,
}  # fmt: skip
"""How long each may take to answer; a loaded laptop needs tens of seconds, never minutes."""

_DEATHS_ALLOWED = 2
_REFUSED = "exit status 2"
"""How our own programs end that will not start like this, however often they are asked."""

_LOOK_EVERY_S = 0.1
_LOG_LINES = 15
_LOG_TAIL_BYTES = 64_000


def answers(project: Project, name: str, state: ProcessState) -> bool:
    """Whether a service does its work: it answers its protocol; a worker has announced itself."""
    checks: Mapping[str, Callable[[Project], bool]] = {
        "postgres": postgres.ready,
        "redis": redis.ready,
        "argilla": argilla.ready,
        "app": app_ready,
    }
    check = checks.get(name)
    if not state.is_alive:
        return False
    return check(project) if check else _announced(project, name) == state.pid


def announce(project: Project, name: str) -> None:
    """Called by a worker once it takes jobs: it has no port of its own to answer on."""
    write_private(announcement(project, name), f"{os.getpid()}\n")


def app_ready(project: Project) -> bool:
    """Whether the app answers `/api/health`."""
    port = ports.remembered(project, "app") or project.settings.app.port
    return argilla.answers(reachable_host(project.settings.app.host), port, "/api/health")


def reachable_host(host: str) -> str:
    """Where a server that listens on `host` is reached from this machine."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - read, not bound


def wait(
    project: Project,
    supervisor: Supervisor,
    names: Sequence[str],
    *,
    limit_s: float | None = None,
    on_ready: Callable[[str], None] = lambda name: None,
    checkpoint: Callable[[], None] = lambda: None,
) -> None:
    """Wait until each of `names` answers, telling each as it does; `checkpoint` may end it by raising.

    Raises ServiceUnavailable with the last lines of its log for the first that gives up, dies
    again and again, or runs out of time.
    """
    began_s, began = int(time.time()), time.monotonic()
    deaths: dict[str, set[int]] = {name: set() for name in names}
    waiting = list(names)
    while True:
        checkpoint()
        states = supervisor.states()
        for name in [name for name in waiting if answers(project, name, states[name])]:
            waiting.remove(name)
            on_ready(name)
        for name in waiting:
            if states[name].stopped_at_s >= began_s:
                deaths[name].add(states[name].stopped_at_s)
            _refuse_failed(project, states[name], len(deaths[name]))
            limit = LIMITS_S[name] if limit_s is None else limit_s
            if time.monotonic() - began > limit:
                raise _failed(project, name, f"{name} did not answer within {limit:g} s.")
        if not waiting:
            return
        time.sleep(_LOOK_EVERY_S)


def announcement(project: Project, name: str) -> Path:
    """The file in which a worker writes its process's number once it takes jobs."""
    return project.services_dir / f"{name}.pid"


def _announced(project: Project, name: str) -> int | None:
    try:
        return int(announcement(project, name).read_text())
    except (FileNotFoundError, ValueError):
        return None


def _refuse_failed(project: Project, state: ProcessState, deaths: int) -> None:
    given_up = state.status == "FATAL"
    ending = _last_ending(project, state.name) if deaths or given_up else ""
    if given_up or ending == _REFUSED or deaths > _DEATHS_ALLOWED:
        cause = ending or state.reason or "it ended by itself"
        raise _failed(project, state.name, f"{state.name} did not start: {cause}.")


def last_lines(path: Path, lines: int = _LOG_LINES) -> str:
    """The end of a log; empty where there is none."""
    try:
        with path.open("rb") as stream:
            stream.seek(0, 2)
            stream.seek(max(0, stream.tell() - _LOG_TAIL_BYTES))
            text = stream.read().decode(errors="replace")
    except FileNotFoundError:
        return ""
    return "\n".join(text.splitlines()[-lines:])


def _last_ending(project: Project, name: str) -> str:
    """How a program last ended, such as `exit status 2`; supervisord tells it in its log alone."""
    log = last_lines(logs_dir(project) / "supervisord.log", lines=1000)
    endings: list[str] = re.findall(rf"exited: {re.escape(name)} \(([^;)]*)", log)
    return endings[-1] if endings else ""


def _failed(project: Project, name: str, what: str) -> ServiceUnavailable:
    path = log_path(project, name)
    tail = last_lines(path)
    told = f"{what} Its log ends with:\n{tail}\n" if tail else f"{what} Its log is empty."
    return ServiceUnavailable(told, next_step=f"The whole log: {path}. See also `understudy doctor`.")
