"""Starting and stopping the services of a project.

The order is postgres and redis, argilla, workers, app, and in reverse to stop. Argilla, the workers
and the app do not need each other to start: once the database answers, Argilla and the app start
together, and the workers when the first page can be had.
"""

from __future__ import annotations

import fcntl
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from storage.errors import Conflict
from storage.project import Project
from storage.services import (
    configuration,
    health,
    orphans,
    ports,
    postgres,
    programs,
    secrets,
    supervision,
)
from storage.services.configuration import Program
from storage.services.programs import ARGILLA_WORKER, STAGES, WORKERS
from storage.services.standing import Addresses, addresses
from storage.services.supervision import Supervisor

_OWNER_MADE = "owner-made"
_LOCK_LIMIT_S = 240.0


@dataclass(frozen=True)
class Event:
    """Something `up` or `down` did: `service` is `starting`, `running`, `stopped`, … after `seconds`."""

    service: str
    what: str
    seconds: float


OnEvent = Callable[[Event], None]
_Tell = Callable[[str, str], None]


def up(
    project: Project,
    *,
    app: bool = True,
    workers: bool = True,
    app_port: int | None = None,
    on_event: OnEvent = lambda event: None,
    checkpoint: Callable[[], None] = lambda: None,
) -> Addresses:
    """Start what does not run yet and wait until everything answers; a running supervisord is adopted.

    `first_password` is set only by the call that made the owner's account. Whatever this call
    started is stopped again when it fails. `checkpoint` is called several times a second; what it
    raises ends the start, which a signal handler could not do safely from within an import.

    Raises:
        MissingDependency: no Redis, or Argilla's environment is missing; nothing was started.
        Conflict: the app's port is in use; nothing was started.
        ServiceUnavailable, InvalidInput, NotAllowed: an external Argilla cannot be worked with (see
            `argilla_client.check`); nothing was started.
        ServiceUnavailable: a service did not answer; the message ends with its log.
    """
    tell = _teller(on_event)
    with _only_one(project, tell, checkpoint):
        supervisor = supervision.connect(project)
        if supervisor is None and orphans.stop(project):  # first of all: they hold the ports
            tell("processes left behind", "stopped")
        running = _alive(supervisor)
        listening = programs.choose_ports(project, running, app_port)
        if app and not ("app" in running and ports.remembered(project, "app") == listening.app):
            ports.require_free(project.settings.app.host, listening.app)
        built = programs.build(project, listening)
        _prepare_external_argilla(project, tell)
        adopted = supervisor is not None
        try:
            if not project.settings.services.postgres_url:
                postgres.initialise(project)
            _prepare_owner(project)
            configuration.write(project, built)
            ports.remember(project, "app", listening.app)
            supervisor = _take(project, supervisor, tell)
            _start(project, supervisor, _wanted(built, app, workers, running), tell, checkpoint)
        except BaseException:
            if not adopted:
                _stop_all(project, supervisor, tell)
            raise
        return _with_first_password(project)


def down(project: Project, *, on_event: OnEvent = lambda event: None) -> int:
    """Stop everything in reverse order and leave no process. Returns how many services ran."""
    tell = _teller(on_event)
    with _only_one(project, tell):
        supervisor = supervision.connect(project)
        running = _alive(supervisor)
        _stop_all(project, supervisor, tell)
        return len(running)


def _teller(on_event: OnEvent) -> _Tell:
    began = time.monotonic()
    return lambda service, what: on_event(Event(service, what, time.monotonic() - began))


def _alive(supervisor: Supervisor | None) -> set[str]:
    states = supervisor.states() if supervisor else {}
    return {name for name, state in states.items() if state.is_alive}


def _wanted(built: Sequence[Program], app: bool, workers: bool, running: set[str]) -> list[str]:
    """What is asked for, and what runs already: a changed configuration may have stopped it."""
    left_out = {*(() if app else ("app",)), *(() if workers else WORKERS)} - running
    return [program.name for program in built if program.name not in left_out]


def _take(project: Project, supervisor: Supervisor | None, tell: _Tell) -> Supervisor:
    if supervisor is None:
        return supervision.launch(project)
    for name in supervisor.apply_configuration():
        tell(name, "reconfigured")
    return supervisor


def _start(
    project: Project,
    supervisor: Supervisor,
    wanted: Sequence[str],
    tell: _Tell,
    checkpoint: Callable[[], None],
) -> None:
    from storage import database

    ground = [name for name in STAGES[0] if name in wanted]
    above = [name for name in wanted if name not in ground]

    def begin(names: Sequence[str]) -> None:
        alive = _alive(supervisor)
        for name in names:
            if name not in alive:
                supervisor.start(name)
                tell(name, "starting")

    def await_all(names: Sequence[str]) -> None:
        health.wait(
            project, supervisor, names, on_ready=lambda name: tell(name, "running"), checkpoint=checkpoint
        )

    begin(ground)
    await_all(ground)
    postgres.ensure_databases(project)
    begin([name for name in above if name == "argilla"])
    database.migrate(project)
    begin([name for name in above if name == "app"])
    await_all([name for name in above if name == "app"])
    # the workers later: on two cores their imports would hold up the first page; Argilla's own last,
    # so that where Argilla refuses to start it is Argilla that is named
    last = [name for name in above if name == ARGILLA_WORKER]
    rest = [name for name in above if name not in last]
    begin(rest)
    await_all([name for name in rest if name != "app"])
    begin(last)
    await_all(last)


def _stop_all(project: Project, supervisor: Supervisor | None, tell: _Tell) -> None:
    supervisor = supervisor or supervision.connect(project)
    if supervisor is not None:
        running = _alive(supervisor)
        for stage in reversed(STAGES):
            names = [name for name in stage if name in running]
            supervisor.stop(names)
            for name in names:
                tell(name, "stopped")
        supervisor.shutdown()
    orphans.stop(project)


def _prepare_owner(project: Project) -> None:
    """Have a first password ready for Argilla's launcher unless the owner was made before."""
    if project.settings.services.argilla_url:
        return
    if not (project.services_dir / "argilla" / _OWNER_MADE).exists():
        secrets.make_first_password(project)


def _prepare_external_argilla(project: Project, tell: _Tell) -> None:
    from storage import argilla_client

    if project.settings.services.argilla_url:
        tell("argilla", f"answers at {argilla_client.prepare(project).url}")


def _with_first_password(project: Project) -> Addresses:
    password = secrets.peek_first_password(project)
    if password is not None:
        (project.services_dir / "argilla" / _OWNER_MADE).touch()
        secrets.forget_first_password(project)
    return replace(addresses(project), first_password=password)


@contextmanager
def _only_one(project: Project, tell: _Tell, checkpoint: Callable[[], None] = lambda: None) -> Iterator[None]:
    """One `up` or `down` of a project at a time; the second waits for the first. Raises Conflict."""
    project.services_dir.mkdir(parents=True, exist_ok=True)
    with (project.services_dir / "up.lock").open("w") as stream:
        deadline = time.monotonic() + _LOCK_LIMIT_S
        waited = False
        while True:
            checkpoint()
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as fault:
                if time.monotonic() > deadline:
                    raise Conflict(
                        "Another `understudy up` or `down` of this project has not finished.",
                        next_step="Look for it with `ps`, end it, and try again.",
                    ) from fault
                if not waited:
                    tell("another start or stop", "waited for")
                    waited = True
                time.sleep(0.2)
        yield
