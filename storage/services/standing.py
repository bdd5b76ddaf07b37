"""Where the services of a project answer, and how each stands now."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from storage.errors import UserError
from storage.project import Project
from storage.services import argilla, health, ports, postgres, redis, secrets, supervision
from storage.services.programs import ORDER
from storage.services.supervision import ProcessState


@dataclass(frozen=True)
class Addresses:
    """Where the services answer. `redis_url` holds a password; `first_password` is told once.

    `owner` is None where the accounts are those of an external Argilla.
    """

    argilla_url: str
    app_url: str
    redis_url: str = field(repr=False)
    postgres_url: str = field(repr=False)
    first_password: str | None = field(default=None, repr=False)
    owner: str | None = secrets.OWNER_USERNAME


@dataclass(frozen=True)
class ServiceState:
    """One service as `understudy status` shows it.

    `status` is `running` (it answers), `starting`, `stopping`, `stopped`, `failed` (it died and is not
    started again), or `external` (an URL of understudy.toml, not ours to start); an external Argilla
    that cannot be worked with is `unusable`. `detail` says who answers there, or what is wrong.
    """

    name: str
    status: str
    pid: int | None
    address: str
    since: datetime | None
    detail: str = ""


def status(project: Project) -> list[ServiceState]:
    """Every service in start order, asked now."""
    supervisor = supervision.connect(project)
    states = supervisor.states() if supervisor else {}
    return [_state(project, name, states.get(name)) for name in ORDER]


def addresses(project: Project) -> Addresses:
    """Where the services answer, or will answer once they run."""
    port = ports.remembered(project, "app") or project.settings.app.port
    host = health.reachable_host(project.settings.app.host)
    return Addresses(
        argilla_url=argilla.url(project),
        app_url=f"http://{f'[{host}]' if ':' in host else host}:{port}",
        redis_url=redis.url(project),
        postgres_url=postgres.url(project, "understudy", "psycopg"),
        owner=None if project.settings.services.argilla_url else secrets.OWNER_USERNAME,
    )


def _state(project: Project, name: str, state: ProcessState | None) -> ServiceState:
    where = {
        "postgres": str(postgres.socket_dir(project)),
        "redis": f"{ports.LOOPBACK}:{ports.remembered(project, 'redis') or '-'}",
        "argilla": argilla.url(project),
        "app": addresses(project).app_url,
    }
    external = project.settings.services
    outside = {"postgres": external.postgres_url, "redis": external.redis_url}
    if name == "argilla" and external.argilla_url:
        return _external_argilla(project)
    if name == "redis" and external.argilla_url:
        return ServiceState(name, "unneeded", None, "", None, "only an Argilla of our own needs it")
    if outside.get(name):
        return ServiceState(name, "external", None, "", None)
    if state is None or not state.is_alive:
        words = {"FATAL": "failed", "BACKOFF": "starting"}
        return ServiceState(name, words.get(state.status if state else "", "stopped"), None, "", None)
    word = "stopping" if state.status == "STOPPING" else "starting"
    word = "running" if word == "starting" and health.answers(project, name, state) else word
    since = datetime.fromtimestamp(state.started_at_s, UTC)
    return ServiceState(name, word, state.pid, where.get(name, ""), since)


def _external_argilla(project: Project) -> ServiceState:
    from storage import argilla_client

    address = argilla.url(project)
    try:
        return ServiceState("argilla", "external", None, address, None, str(argilla_client.check(project)))
    except UserError as fault:
        return ServiceState("argilla", "unusable", None, address, None, str(fault))
