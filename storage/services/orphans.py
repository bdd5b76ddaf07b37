"""Processes of a project's services that nothing supervises any more.

When supervisord is killed with -9, PostgreSQL, Redis and Argilla live on and hold their ports
and files. They are known by the environment variable every service carries, and, for programs
that overwrite their environment to set a title, by the process number in their own pid files.
"""

from __future__ import annotations

import contextlib
import os
import signal
from pathlib import Path

import psutil

from storage.project import Project
from storage.services.supervision import SERVICE_OF

_PID_FILES = {
    # pid file below services/ -> the names the process may have
    "postgres/postmaster.pid": ("postgres",),
    "redis/redis.pid": ("redis-server", "valkey-server"),
}


def find(project: Project) -> list[psutil.Process]:
    """Every process of this project's services, supervised or not, this process's own line left out."""
    own_line = {os.getpid(), *(parent.pid for parent in psutil.Process().parents())}
    found = {process.pid: process for process in psutil.process_iter() if _belongs(process, project)}
    for name, titles in _PID_FILES.items():
        process = _of_pid_file(project.services_dir / name, titles)
        if process is not None:
            found[process.pid] = process
            with contextlib.suppress(psutil.Error):
                found |= {child.pid: child for child in process.children(recursive=True)}
    return [process for pid, process in sorted(found.items()) if pid not in own_line]


def stop(project: Project, limit_s: float = 15.0) -> int:
    """End every process that `find` names, politely and then by force. Returns how many there were."""
    processes = find(project)
    for process in processes:
        with contextlib.suppress(psutil.Error):
            # PostgreSQL waits for its clients on TERM; INT is its fast and clean stop
            process.send_signal(signal.SIGINT if process.name() == "postgres" else signal.SIGTERM)
    _, stubborn = psutil.wait_procs(processes, timeout=limit_s)
    for process in stubborn:
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(stubborn, timeout=5)
    return len(processes)


def _belongs(process: psutil.Process, project: Project) -> bool:
    try:
        return process.environ().get(SERVICE_OF) == str(project.root) and _is_live(process)
    except (psutil.Error, OSError):
        return False  # ended meanwhile, or another user's


def _of_pid_file(path: Path, titles: tuple[str, ...]) -> psutil.Process | None:
    """The process a pid file names, if it is still that program, working in that folder."""
    try:
        process = psutil.Process(int(path.read_text().split()[0]))
        ours = process.name() in titles and Path(process.cwd()) == path.parent and _is_live(process)
    except (OSError, ValueError, IndexError, psutil.Error):
        return None
    return process if ours else None


def _is_live(process: psutil.Process) -> bool:
    return process.status() != psutil.STATUS_ZOMBIE
