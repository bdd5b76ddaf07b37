"""The configuration that supervisord is given: one section per program, written at every `up`."""

from __future__ import annotations

import hashlib
import os
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from storage.errors import InvalidInput
from storage.project import Project
from storage.services.secrets import write_private

_STARTS_TRIED = 1_000_000
"""It never gives up, and waits a second longer each time: what a program needs (PostgreSQL, room on a disk)
may be away for long. With ten tries, a program that was killed ten times just after its start stayed down."""
_SOCKET_PATH_MAX_BYTES = 90  # the system allows 103 to 107; supervisord first binds "<path>.<pid>"


@dataclass(frozen=True)
class Program:
    """One process that supervisord keeps alive."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    user: str | None = None
    stop_signal: str = "TERM"
    stop_wait_s: int = 15
    stop_as_group: bool = True
    settle_s: int = 1
    """Seconds it must live to count as started; dying sooner delays its next start."""


def write(project: Project, programs: Sequence[Program]) -> None:
    """Write `services/supervisord.conf` (0600: it holds secrets in environments)."""
    _refuse_unwritable(str(project.root))
    logs_dir(project).mkdir(parents=True, exist_ok=True, mode=0o700)
    services = project.services_dir
    sections = [
        _section("unix_http_server", {"file": _escaped(str(socket_path(project))), "chmod": "0600"}),
        _section(
            "supervisord",
            {
                "pidfile": _escaped(str(services / "supervisord.pid")),
                "logfile": _escaped(str(logs_dir(project) / "supervisord.log")),
                "logfile_maxbytes": "2MB",
                "logfile_backups": "2",
                "childlogdir": _escaped(str(logs_dir(project))),
                "identifier": "understudy",
                **({"user": "root"} if os.geteuid() == 0 else {}),
            },
        ),
        _section(
            "rpcinterface:supervisor",
            {"supervisor.rpcinterface_factory": "supervisor.rpcinterface:make_main_rpcinterface"},
        ),
        *(_program_section(project, program) for program in programs),
    ]
    write_private(configuration_path(project), "\n".join(sections))


def socket_path(project: Project) -> Path:
    """The socket: in the project, or where that path is too long, in a private folder of this user."""
    path = project.services_dir / "supervisord.sock"
    if len(os.fsencode(path)) <= _SOCKET_PATH_MAX_BYTES:
        return path
    folder = Path(f"/tmp/understudy-{os.geteuid()}")  # noqa: S108 - short, and refused below unless ours
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.geteuid() or folder.stat().st_mode & 0o077:
        what = f"{folder} is not a private folder of yours."
        raise InvalidInput(what, next_step="Remove it, or move the project to a shorter path.")
    return folder / f"{hashlib.sha256(os.fsencode(project.root)).hexdigest()[:16]}.sock"


def logs_dir(project: Project) -> Path:
    """The services' logs, rotated by supervisord."""
    return project.services_dir / "logs"


def log_path(project: Project, name: str) -> Path:
    """The log of one program: its stdout and stderr together."""
    return logs_dir(project) / f"{name}.log"


def configuration_path(project: Project) -> Path:
    """The configuration file."""
    return project.services_dir / "supervisord.conf"


def _program_section(project: Project, program: Program) -> str:
    return _section(
        f"program:{program.name}",
        {
            "command": _escaped(shlex.join(program.command)),
            "environment": ",".join(
                f'{key}="{_escaped(_refuse_unwritable(value))}"' for key, value in program.environment.items()
            ),
            **({"user": program.user} if program.user else {"directory": _escaped(str(project.root))}),
            "autostart": "false",
            "autorestart": "true",
            "startsecs": str(program.settle_s),
            "startretries": str(_STARTS_TRIED),
            "stopsignal": program.stop_signal,
            "stopwaitsecs": str(program.stop_wait_s),
            "stopasgroup": str(program.stop_as_group).lower(),
            "killasgroup": "true",
            "redirect_stderr": "true",
            # supervisord expands this one twice
            "stdout_logfile": _escaped(_escaped(str(log_path(project, program.name)))),
            "stdout_logfile_maxbytes": "5MB",
            "stdout_logfile_backups": "3",
        },
    )


def _section(name: str, options: Mapping[str, str]) -> str:
    return "\n".join([f"[{name}]", *(f"{key} = {value}" for key, value in options.items()), ""])


def _escaped(text: str) -> str:
    return text.replace("%", "%%")


def _refuse_unwritable(text: str) -> str:
    """Raise InvalidInput for what the configuration cannot hold: quotes, line breaks, marks of a comment."""
    if re.search(r"""["\\\n\r]|'$|\s[;#]""", text):
        raise InvalidInput(
            f"{text!r} holds a quote, a backslash, a line break, ' ;' or ' #'; supervisord cannot take it.",
            next_step="Move the project to a plainer path.",
        )
    return text
