"""The programs of a project, in the order they start: postgres, redis, argilla, workers, app."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass

from storage.project import Project
from storage.services import argilla, health, ports, postgres, redis
from storage.services.configuration import Program

ARGILLA_WORKER = "argilla-worker"
STAGES: tuple[tuple[str, ...], ...] = (
    ("postgres", "redis"),
    ("argilla",),
    ("worker-cpu", "worker-gpu", ARGILLA_WORKER),
    ("app",),
)
"""Start order; stopping goes through it in reverse. Those in one stage do not need each other."""

ORDER = tuple(name for stage in STAGES for name in stage)
WORKERS = STAGES[2]


@dataclass(frozen=True)
class Listening:
    """The ports this start uses."""

    redis: int
    argilla: int
    app: int


def choose_ports(project: Project, running: set[str], app_port: int | None) -> Listening:
    """Keep the ports of what is `running`; choose again where another program took one.

    The app's is the one given, else the one it runs on, else that of understudy.toml.
    """
    chosen = {name: ports.choose(project, name, ours=name in running) for name in ("redis", "argilla")}
    kept = ports.remembered(project, "app") if "app" in running else None
    app = app_port or kept or project.settings.app.port
    return Listening(redis=chosen["redis"], argilla=chosen["argilla"], app=app)


def build(project: Project, listening: Listening) -> list[Program]:
    """Every program this project needs; an external service needs none. Raises MissingDependency."""
    external = project.settings.services
    programs: list[Program] = []
    if not external.postgres_url:
        programs.append(_postgres(project))
    if not external.argilla_url:
        if not external.redis_url:
            command = redis.command(project, listening.redis)
            programs.append(Program("redis", command, {"LC_ALL": "C"}))
        environment = argilla.environment(project, listening.argilla)
        programs.append(Program("argilla", argilla.command(), environment, stop_wait_s=12, settle_s=4))
    programs += [_worker(project, "cpu"), _worker(project, "gpu")]
    if not external.argilla_url:
        programs.append(_argilla_worker(project, environment))
    return [*programs, _app(project, listening.app)]


def _postgres(project: Project) -> Program:
    return Program(
        "postgres",
        postgres.command(project),
        user=postgres.os_user(),
        stop_signal="INT",  # PostgreSQL's fast and clean stop; TERM waits for every client
        stop_wait_s=30,
        stop_as_group=False,
    )


def _worker(project: Project, queue: str) -> Program:
    threads = str(project.settings.training.threads)
    return Program(
        f"worker-{queue}",
        [*_python("storage.jobs.worker"), "--project", str(project.root), "--queue", queue],
        {"OMP_NUM_THREADS": threads, "PYTHONUNBUFFERED": "1"},
        stop_wait_s=20,
        settle_s=3,
    )


def _argilla_worker(project: Project, environment: Mapping[str, str]) -> Program:
    ready = {"UNDERSTUDY_READY_FILE": str(health.announcement(project, ARGILLA_WORKER))}
    return Program(
        ARGILLA_WORKER, argilla.worker_command(), {**environment, **ready}, stop_wait_s=20, settle_s=3
    )


def _app(project: Project, port: int) -> Program:
    return Program(
        "app",
        [*_python("ui.server"), "--project", str(project.root), "--port", str(port)],
        {"PYTHONUNBUFFERED": "1"},
        settle_s=3,
    )


def _python(module: str) -> list[str]:
    return [sys.executable, "-P", "-m", module]
