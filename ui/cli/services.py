"""`understudy init`, `up`, `down`, `status`: a project and the services it needs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ui.cli import interruption
from ui.cli.answering import JsonOption, ProjectOption, answer, opened, say, table, tell

if TYPE_CHECKING:
    from storage.project import Project
    from storage.services import Addresses, Event
    from ui.cli.interruption import Interruption

_WATCH_S = 2.0


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    for command in (init, up, down, status):
        app.command()(command)


def init(
    folder: Annotated[Path, typer.Argument(help="The folder to make, or one without a project.")],
    name: Annotated[str, typer.Option(help="The project's name; else the folder's.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Make a project folder."""
    from storage import project as projects

    derived = re.sub(r"[^a-z0-9_-]+", "-", folder.resolve().name.lower()).strip("-_")
    made = projects.create(folder, name or derived)
    answer(
        as_json,
        {"project": made.root, "name": made.name},
        f"Project {made.name} is in {made.root}.\nStart it with: understudy up --project {folder}",
    )


def up(
    project: ProjectOption = None,
    port: Annotated[int | None, typer.Option(help="The app's port, instead of understudy.toml's.")] = None,
    detach: Annotated[bool, typer.Option("--detach", "-d", help="Leave it running and return.")] = False,
    no_app: Annotated[bool, typer.Option("--no-app", help="Start the services without the web app.")] = False,
    no_workers: Annotated[bool, typer.Option("--no-workers", help="Start without workers for jobs.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Start everything and stay until Ctrl-C, which stops it all; what already runs is taken over."""
    from storage import services

    home = opened(project)
    with interruption.noticed() as interrupted:
        started = services.up(
            home, app=not no_app, workers=not no_workers, app_port=port, on_event=report,
            checkpoint=interrupted.check,
        )  # fmt: skip
        try:
            answer(as_json, _facts(home, started, no_app), lambda: welcome(home, started, no_app, detach))
            if not detach:
                watch(home, interrupted)
        except KeyboardInterrupt:
            tell("\nStopping …")
            services.down(home, on_event=report)


def down(project: ProjectOption = None, as_json: JsonOption = False) -> None:
    """Stop everything, in reverse order, and leave no process."""
    from storage import services

    home = opened(project)
    stopped = services.down(home, on_event=report)
    answer(as_json, {"stopped": stopped}, "Stopped." if stopped else "Nothing was running.")


def status(project: ProjectOption = None, as_json: JsonOption = False) -> None:
    """Show each service: whether it answers, where, and since when."""
    from storage import services

    found = services.status(opened(project))
    answer(
        as_json,
        {"services": found},
        lambda: (
            table(
                ("service", "status", "pid", "address", "since"),
                [(each.name, each.status, each.pid, each.address, each.since) for each in found],
            )
            + "".join(f"\n{each.name}: {each.detail}" for each in found if each.detail)
        ),
    )


def report(event: Event) -> None:
    """Print what happened to a service, and when."""
    tell(f"{event.seconds:6.1f} s  {event.service} {event.what}")


def _facts(project: Project, started: Addresses, no_app: bool) -> dict[str, Any]:
    return {
        "project": project.root,
        "app_url": None if no_app else started.app_url,
        "argilla_url": started.argilla_url,
        "owner": started.owner,
        "first_password": started.first_password,
    }


def welcome(project: Project, started: Addresses, no_app: bool, detach: bool) -> str:
    """Where everything answers, the first password, and how to stop."""
    lines = ["", f"  Understudy      {'not started' if no_app else started.app_url}",
             f"  Argilla's own   {started.argilla_url}"]  # fmt: skip
    if started.owner is None:
        lines += ["", "  Sign in with an account of that Argilla"]
    elif started.first_password:
        lines += ["", f"  Sign in as      {started.owner}",
                  f"  Password        {started.first_password}   (shown this once)"]  # fmt: skip
    else:
        lines += ["", f"  Sign in as      {started.owner}   (password lost? understudy people reset-password "
                  f"{started.owner})"]  # fmt: skip
    stop = f"understudy down --project {project.root}" if detach else "Ctrl-C"
    return "\n".join([*lines, "", f"  Stop with       {stop}", ""])


def watch(project: Project, interrupted: Interruption) -> None:
    """Return when the services were stopped by somebody else; a signal raises KeyboardInterrupt."""
    from storage.services import supervision

    while supervision.connect(project) is not None:
        interrupted.wait(_WATCH_S)
    say("The services were stopped.")
